"""Forms that digits are written into, told from the writing: boxes, rings, combs, lines below, corners of a frame."""

import math
from collections.abc import Iterable, Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.morphology import Grey, Mask, blocks, connected_parts, enlarged, grown

Places = NDArray[np.int64]
_Kind = TypeVar("_Kind", bound=np.generic)

_SMALLEST_PICTURE = 40  # pixels of a side; below, there is no room for a form
_CELLS = 256  # along the longest side, in which forms are told from writing
_LEAST_INK = 0.002  # of a picture with writing
_PALE = 0.2  # of the strongest contrast: paler forms are told from ink by that
_FAINT = 0.08  # contrast that is no ink
_MOST_PARTS = 300  # of a form that is filled in
_SMALLEST = 12  # cells of a side of a frame
_MIDDLE = 0.15  # of a side at either end: corners may be round
_BULGE = 0.07  # of its lesser side: so far from straight, or round, is the side of a frame drawn by hand
_CLOSED = 0.85  # of a side is there
_CONTENT = 0.35  # of its height has what is written in a frame
_ROUND = 0.87  # of its box is within a ring; more is within a box
_WIDE = 1.3  # by high: a ring around a row of digits
_LINE = 0.16  # across by along: a slash through a 0, or a 1
_UPRIGHT_DEG = 20.0  # leans less: a 1 in a ring, where a slash leans more
_DIVIDER = 0.93  # of the height of a frame: lines from box to box
_UNEVEN = 1.6  # widest by narrowest cell
_NEAR = 2  # cells that such a line is from straight
_STUB = 0.14  # of the height of a frame: what is left of a line
_FLAT = 0.12  # high by wide: a line, not quite level
_LONG = 0.75  # of the digits' height, a line below them
_BESIDE = 0.75  # of its height: a digit beside a frame is lower, or has one, too
_GAP, _FAR = 0.05, 0.8  # of the digits' height, between them and a line below
_TOOTH = 0.6  # of the digits' height
_CORNER = 0.45  # of the digits' height


def without_forms(contrast: Grey) -> Grey:
    """Take away what is printed around writing.

    Args:
        contrast: (h, w) float32 in [0, 1], 0 = paper.

    """
    if min(contrast.shape) < _SMALLEST_PICTURE:
        return contrast
    cell = math.ceil(max(contrast.shape) / _CELLS)
    strongest = float(np.quantile(contrast[::2, ::2], 1 - _LEAST_INK))
    ink = blocks(contrast, cell).max(axis=(1, 3)) >= max(_PALE * strongest, _FAINT)
    form = printed(ink)
    if not form.any():
        return contrast
    soft_edge = grown(form) & ~(ink & ~form)
    return np.where(enlarged(soft_edge, cell, contrast.shape), np.float32(0), contrast)


def printed(ink: Mask) -> Mask:
    """Return what of the ink (h, w) is a form. Something is left unless there is nothing.

    A frame is a part that is closed at all four sides around other ink, even if the ink touches it.
    """
    form = np.zeros_like(ink)
    labels, count = connected_parts(ink)
    if not 1 <= count <= _MOST_PARTS:
        return form
    boxes = _boxes(labels, count)
    frames = dict(_frames(labels, boxes))
    for number, frame in frames.items():
        if not _stands_among_digits(number, frames, boxes, labels.shape):
            form |= frame
    labels, count = connected_parts(ink & ~form)
    if 1 < count <= _MOST_PARTS:
        for part in _lines_below(labels, _boxes(labels, count)):
            form |= part
    return form if (ink & ~form).any() else np.zeros_like(ink)


def _boxes(labels: Places, count: int) -> Places:
    """Top, bottom, left and right of each part, the ends included, (count + 1, 4)."""
    rows, columns = np.nonzero(labels)
    numbers = labels[rows, columns]
    boxes = np.tile(np.array([labels.shape[0], -1, labels.shape[1], -1]), (count + 1, 1))
    for at, (places, extreme) in enumerate(
        ((rows, np.minimum), (rows, np.maximum), (columns, np.minimum), (columns, np.maximum))
    ):
        extreme.at(boxes[:, at], numbers, places)
    return boxes


def _sides(boxes: Places) -> tuple[Places, Places]:
    """How high and how wide each part is."""
    return boxes[:, 1] - boxes[:, 0] + 1, boxes[:, 3] - boxes[:, 2] + 1


# Frames.


def _stands_among_digits(number: int, frames: Iterable[int], boxes: Places, shape: tuple[int, ...]) -> bool:
    """True for a frame with digits beside it that are as high and have no frame: it is a hollow 0, 6, 8 or 9 itself."""
    top, bottom, left, right = boxes.T
    high = bottom - top + 1
    is_beside = (right < left[number]) | (left > right[number])
    is_beside &= np.minimum(bottom, bottom[number]) - np.maximum(top, top[number]) > _BESIDE * high[number]
    is_beside &= (high > _BESIDE * high[number]) & (high[number] > _BESIDE * high)
    is_beside &= (top > 0) & (bottom < shape[0] - 1) & (left > 0) & (right < shape[1] - 1)
    for frame in frames:  # what is written in another frame tells nothing
        is_beside &= (left < left[frame]) | (right > right[frame]) | (top < top[frame]) | (bottom > bottom[frame])
        is_beside[frame] = False
    return bool(is_beside.any())


def _frames(labels: Places, boxes: Places) -> Iterator[tuple[int, Mask]]:
    """The numbers of the parts that are closed around writing, and what of the ink is the frame."""
    for number in range(1, len(boxes)):
        top, bottom, left, right = boxes[number].tolist()
        if min(bottom - top, right - left) < _SMALLEST:
            continue
        place = slice(top, bottom + 1), slice(left, right + 1)
        part = labels[place] == number
        line = _outline(part)
        if line is None:
            continue
        inside = _filled(part, line) & (labels[place] > 0) & ~line
        inside &= ~_dividers(inside, part)
        writing = _without_stubs(inside, bottom - top)
        if _is_writing(writing, part):
            found = np.zeros(labels.shape, np.bool_)
            found[place] = part & ~writing
            yield number, found


def _outline(part: Mask) -> Mask | None:
    """The line around a part, as wide as it is where it is thin; None if it is not closed."""
    lesser = min(part.shape)
    sides = [_first_run(way) for way in _from_all_sides(part)]
    if not all(_is_closed(start, lesser) for start, _ in sides):
        return None
    reach = round(1.5 * float(np.median(np.concatenate([_middle(length) for _, length in sides])))) + 1
    line = np.zeros_like(part)
    for found, (start, length) in zip(_from_all_sides(line), sides, strict=True):
        along = np.arange(found.shape[1])
        near = start <= _hull(start) + max(2.0, 2 * _BULGE * lesser)
        end = start + np.minimum(length, reach) * near
        np.logical_or(found, (along >= start[:, None]) & (along < end[:, None]), out=found)
    return line


def _from_all_sides(part: Mask) -> tuple[Mask, ...]:
    """Views whose rows begin at the left, at the right, at the top and at the bottom."""
    return part, part[:, ::-1], part.T, part.T[:, ::-1]


def _first_run(part: Mask) -> tuple[Places, Places]:
    """Where each row's first ink begins, and how long it goes on."""
    along = np.arange(part.shape[1])
    start = part.argmax(axis=1)
    after = ~part & (along > start[:, None])
    end = np.where(after.any(axis=1), after.argmax(axis=1), part.shape[1])
    return start, end - start


def _middle(values: NDArray[_Kind]) -> NDArray[_Kind]:
    away = round(_MIDDLE * len(values))
    return values[away : len(values) - away]


def _is_closed(start: Places, lesser: int) -> bool:
    is_near = start - _hull(start) <= max(2.0, _BULGE * lesser)
    return float(_middle(is_near).mean()) >= _CLOSED


def _hull(start: Places) -> NDArray[np.float64]:
    """The convex hull of a side, seen from outside (Andrew 1979)."""
    kept: list[tuple[int, int]] = []
    for point in enumerate(start.tolist()):
        while len(kept) > 1 and _turns_in(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    places, values = zip(*kept, strict=True)
    return np.asarray(np.interp(np.arange(len(start)), places, values))


def _turns_in(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) <= 0


def _filled(part: Mask, line: Mask) -> Mask:
    """All that lies between the first and the last of the line, in its row and in its column."""
    across = np.maximum.accumulate(line, axis=1) & np.maximum.accumulate(line[:, ::-1], axis=1)[:, ::-1]
    down = np.maximum.accumulate(line, axis=0) & np.maximum.accumulate(line[::-1], axis=0)[::-1]
    return np.asarray(across & down | part)


def _dividers(inside: Mask, part: Mask) -> Mask:
    """The lines of a frame from its upper side to its lower one."""
    start, _ = _first_run(part)
    rows = np.arange(len(start))
    side, lag = _middle(start), len(start) // 4
    slope = float(np.median((side[lag:] - side[:-lag]) / lag))
    shift = np.rint(slope * (rows - len(rows) / 2)).astype(np.int64)
    columns = (np.arange(part.shape[1]) + shift[:, None]).clip(0, part.shape[1] - 1)
    straight, filled = (np.take_along_axis(mask, columns, axis=1) for mask in (part, _filled(part, part)))
    near = range(-_NEAR, _NEAR + 1)
    seen = np.logical_or.reduce([np.roll(straight, away, axis=1) for away in near])
    is_divider = (seen & filled).sum(axis=0) >= _DIVIDER * np.maximum(filled.sum(axis=0), 1)
    if not _are_even(is_divider):
        return np.zeros_like(part)
    found = np.zeros_like(part)
    np.put_along_axis(found, columns, np.broadcast_to(is_divider, part.shape), axis=1)
    return found & inside


def _are_even(is_divider: NDArray[np.bool_]) -> bool:
    """True if a frame is divided into cells of one width: what divides it otherwise is a 1 that touches it."""
    edges = np.flatnonzero(np.diff(is_divider.astype(int), prepend=0, append=0))
    middles = [0.0, *(edges[::2] + edges[1::2]) / 2, float(len(is_divider))]
    inner = np.diff(middles[1:-1] if is_divider[:1].any() or is_divider[-1:].any() else middles)
    return not len(inner) or float(inner.max()) <= _UNEVEN * float(inner.min())


def _without_stubs(inside: Mask, height: int) -> Mask:
    labels, count = connected_parts(inside)
    if not count:
        return inside
    boxes = _boxes(labels, count)
    sides = np.maximum(boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2]) + 1
    large = sides >= _STUB * height
    large[0] = False
    return np.asarray(large[labels])


def _is_writing(writing: Mask, part: Mask) -> bool:
    """Tell digits in a frame from what is within a 0 or an 8."""
    rows, columns = np.nonzero(writing)
    height, width = part.shape
    if not len(rows) or np.ptp(rows) < _CONTENT * height:
        return False
    if _share_within(part) > _ROUND:
        return True
    points = np.column_stack([columns, rows]).astype(np.float64)
    away = points - points.mean(axis=0)
    values, ways = np.linalg.eigh(away.T @ away / len(points))
    is_line = values[0] < _LINE * _LINE * values[1]
    x, y = ways[:, 1]
    lean_deg = np.degrees(np.arctan2(abs(x), abs(y)))
    is_row = width > _WIDE * height and lean_deg > 90 - _UPRIGHT_DEG
    return not is_line or is_row or (width > 0.85 * height and lean_deg < _UPRIGHT_DEG)


def _share_within(part: Mask) -> float:
    """How much of the rectangle around it a frame encloses, though both are tilted."""
    filled = _filled(part, part)
    columns = np.arange(part.shape[1])
    top, bottom = filled.argmax(axis=0), len(filled) - filled[::-1].argmax(axis=0)
    slope = np.polyfit(_middle(columns), _middle(top + bottom) / 2, 1)[0]
    level_top, level_bottom = top - slope * columns, bottom - slope * columns
    return float(filled.sum() / ((level_bottom.max() - level_top.min()) * len(columns)))


# Lines below digits, combs, and the corners of frames.


def _lines_below(labels: Places, boxes: Places) -> Iterator[Mask]:
    top, bottom, left, right = boxes.T
    high, wide = _sides(boxes)
    high[0] = wide[0] = 0
    height = float(np.quantile(high[high >= 0.5 * high.max()], 0.75))
    tall = [number for number in range(1, len(boxes)) if high[number] > 0.5 * height]
    corners: list[tuple[int, int]] = []
    for number in range(1, len(boxes)):
        over = [
            each
            for each in tall
            if each != number and min(right[each], right[number]) - max(left[each], left[number]) > 0.5 * wide[each]
        ]
        is_below = bool(over) and all(top[each] < top[number] or bottom[each] < bottom[number] for each in over)
        if is_below and wide[number] > _LONG * height:
            nearest = top[number] - max(bottom[each] for each in over)
            reaches_out = all(left[number] < left[each] and right[number] > right[each] for each in over)
            is_flat = high[number] <= max(3.0, _FLAT * wide[number])
            is_off = nearest >= (_GAP * height if len(over) == 1 else 0)  # below several, it is no base of a digit
            if is_flat and reaches_out and is_off and nearest <= _FAR * height:
                yield labels == number
                continue
            place = slice(top[number], bottom[number] + 1), slice(left[number], right[number] + 1)
            comb = _comb(labels[place] == number, _TOOTH * height)
            if comb is not None:
                found = np.zeros(labels.shape, np.bool_)
                found[place] = comb
                yield found
                continue
        if max(high[number], wide[number]) <= _CORNER * height and min(high[number], wide[number]) > 0.05 * height:
            place = slice(top[number], bottom[number] + 1), slice(left[number], right[number] + 1)
            corner = _corner(labels[place] == number)
            corners += [(number, corner)] if corner is not None else []
    kinds = [sum(corner == kind for _, corner in corners) for kind in range(4)]
    if min(kinds) and max(kinds) - min(kinds) <= 1:
        for number, _ in corners:
            yield labels == number


def _comb(part: Mask, highest: float) -> Mask | None:
    """What of a part is a straight line along its lower side with narrow teeth on it, one at either end.

    Digits may touch it: what is wider than a tooth is one of them, perhaps with the tooth that should be there.
    """
    start, length = _first_run(part[::-1].T)
    columns = np.arange(len(start))
    off = start - np.polyval(np.polyfit(columns, start, 1), columns)
    width = float(np.median(length))
    if float((np.abs(off) <= 2.0).mean()) < 0.95 or width > 0.5 * len(part):
        return None
    reach = round(1.5 * width) + 1
    along = np.arange(len(part))
    line = ((along >= start[:, None]) & (along < (start + np.minimum(length, reach))[:, None])).T[::-1]
    labels, count = connected_parts(part & ~line)
    high, wide = _sides(_boxes(labels, count))
    is_tooth = (wide <= 2.5 * width + 2) & (high <= highest)
    is_tooth[0] = False
    teeth = np.flatnonzero(is_tooth)
    middles = [float(np.flatnonzero((labels == number).any(axis=0)).mean()) for number in teeth.tolist()]
    ends = 3 * width + 2
    if not middles or min(middles) > ends or max(middles) < part.shape[1] - 1 - ends:
        return None
    comb = line | is_tooth[labels]
    if len(teeth) < count:
        tall = along[:, None] > (len(part) - 1 - start) - reach - float(np.median(high[teeth]))
        comb |= part & tall & _at_steps(columns, middles, width)
    return comb


def _at_steps(columns: Places, middles: list[float], width: float) -> Mask:
    """Which columns are as far from each other as the teeth, or so near to one of these that they are a tooth's."""
    first, last = min(middles), max(middles)
    step = float(np.diff(sorted(middles)).min(initial=last - first))
    step = (last - first) / max(round((last - first) / max(step, 1.0)), 1)
    return np.asarray(np.abs((columns - first + step / 2) % step - step / 2) <= width / 2 + 1)


def _corner(part: Mask) -> int | None:
    """Which corner of a frame a part is, counted by rows; None for what is none."""
    area = part.mean()
    for number, way in enumerate((part, part[:, ::-1], part[::-1], part[::-1, ::-1])):
        (top, down), (left, across) = _first_run(way.T), _first_run(way)
        width = float(np.median(np.concatenate([down, across])))
        near = max(float(np.quantile(side, 0.85)) for side in (top, left)) <= 1 + width
        if (
            near
            and area < 0.75
            and width <= 0.45 * min(part.shape)
            and not way[round(2 * width) :, round(2 * width) :].any()
        ):
            return number
    return None
