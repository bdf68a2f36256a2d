"""Signs that no digit looks like, told by their shape: + - × ÷ = * ( ) [ ] % $ ¥ # ! ?, whatever a network says."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.segmentation.pieces import MOST_PIECES, TOUCHING, Box, Piece, digit_height, distance, joined

_SMALL = 0.55  # of the digits' height: the rings of a percent sign
_RING = 0.12  # of the digits' height
_HOLE = 0.2  # of a ring: so far is its ink from its middle
_DOT = 0.2  # of the digits' height
_FLAT = 0.25  # of the digits' height: bars, and what is drawn of them
_TALL = 0.6  # of the digits' height: what is as high is compared with
_MIDDLE = (0.3, 0.72)  # of a digit: there bars stand beside it
_NEAR = 1.5  # digits' heights
_APART = 0.04  # of the digits' height: nearer ink is of the same figure
_STAR = 0.82  # of the digits' height: stars are lower, 4s higher
_EVEN = 0.6  # of its longer side, the shorter one of a star
_STROKE = 0.13  # of a shape's size: how far from its middle line the ink of a straight stroke may lie
_ARM = 0.5  # of the longest arm of a star
_OUTER = 0.35  # of its reach, from where on the arms of a star are apart
_BETWEEN_ARMS_DEG = 24.0
_THIN = 0.15  # across a line by along it
_ROUND = 0.12  # of its height: how far a bracket that stands alone bulges; curved 1s do less
_ROUND_PAIR = 0.07
_SQUARE = 0.5  # the bow of a square bracket
_WIDE = 0.17  # of its height: a square bracket at least; 1s with flag and base are narrower
_PARENTHESIS = 0.07  # of its height: how far the ink of a parenthesis is from its curve
_LEAN = 0.12  # of half its height: how far the ends of a parenthesis are from being one above the other
_HIGH = 0.8  # of the digits' height: brackets are no lower
_OVER = 0.98  # of the digits' height: a dollar sign is as high, and more
_TIP = 0.08  # of its height: its line stands out so much at both ends
_TIP_WIDTH = 0.15  # of its height
_TIP_LEAN = 0.22  # of its height
_SIDES = 0.11  # of its height: how far the figure reaches from its line, at both sides
_LINES = 0.55  # of the digits' height: what crosses a figure is no lower
_ENDS = 0.14  # of a shape: there the ends of its lines are
_TWO = 0.15  # of a shape's height: so far are two lines apart
_WAIST = 0.16  # of its height: where the arms of a yen sign meet, and its foot, are no wider
_BAR = 0.09  # of its height: how far its bars stand out at both sides of the foot
_UPRIGHT = 0.05  # of its height: how far its line leans then
_TURNS_DEG = (0, -5, 5, -10, 10)  # of a square bracket
_ROUND_MATE = 0.03  # of its height: how far a bracket bulges whose mate is a plain one


def with_signs(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, of which those that make up a sign are one, marked as such."""
    if not 1 < len(pieces) <= MOST_PIECES:
        return list(pieces)
    height = digit_height(pieces)
    left = list(pieces)
    found: list[Piece] = []
    for groups in (_percents, _crossed, _touching, _square_brackets, _dotted, _bars):
        for group in groups(left, height):
            if all(piece in left for piece in group):
                left = [piece for piece in left if piece not in group]
                found.append(replace(joined(group), is_sign=True))
    alone = [replace(piece, is_sign=_is_sign(piece, pieces, height)) for piece in left]
    return _with_brackets([*found, *alone], height)


def _is_sign(piece: Piece, pieces: Sequence[Piece], height: float) -> bool:
    return _is_alone(piece, pieces, height) and any(is_shape(piece, height) for is_shape in _SHAPES)


def _percents(pieces: Sequence[Piece], height: float) -> list[list[Piece]]:
    """A slash with a ring at its upper left, which may be of one stroke with it, and a small one at its lower right."""
    rings = [piece for piece in pieces if _is_ring(piece, height)]
    found = []
    for slash in pieces if rings else ():
        lower = slash.points[slash.points[:, 1] > _middle(slash.box)[1]]
        if slash.box.height < _TALL * height or not _is_line(lower) or not 5 < axes(lower)[2] < 75:
            continue
        near = [piece for piece in rings if abs(_middle(piece.box)[0] - _middle(slash.box)[0]) < height]
        above = [piece for piece in near if _side(piece, slash) == (True, True)]
        below = [piece for piece in near if _side(piece, slash) == (False, False)]
        is_ringed = bool(above) == _is_line(slash.points)
        if below and is_ringed:
            found.append([slash, *above, *below])
    return found


def _is_ring(piece: Piece, height: float) -> bool:
    low, high = sorted((piece.box.width, piece.box.height))
    if low < _RING * height or high > _SMALL * height:
        return False
    return bool(np.hypot(*(piece.points - _middle(piece.box)).T).min() > _HOLE * low)


def _crossed(pieces: Sequence[Piece], height: float) -> list[list[Piece]]:
    """A figure and the lines that cross it from above to below."""
    lines = [piece for piece in pieces if piece.box.height > _LINES * height and _is_line(piece.points)]
    found = []
    for figure in pieces if lines else ():
        box = figure.box
        crossing = [
            line
            for line in lines
            if line is not figure
            and box.left < line.box.left
            and line.box.right < box.right
            and distance(line, figure) < TOUCHING * height
        ]
        if crossing and any(is_shape(joined([figure, *crossing]), height) for is_shape in _SHAPES):
            found.append([figure, *crossing])
    return found


def _touching(pieces: Sequence[Piece], height: float) -> list[list[Piece]]:
    """Lines that touch each other, and what they are joined to, as far as all of it is one sign."""
    left, found = list(pieces), []
    while left:
        group = [left.pop()]
        for one in group:
            beside = [other for other in left if _boxes_touch(one.box, other.box, 2 * TOUCHING * height)]
            near = [other for other in beside if distance(one, other) < 2 * TOUCHING * height]
            left = [other for other in left if other not in near]
            group += near
        whole = joined(group)
        if len(group) > 1 and (is_yen(whole, height) or is_hash(whole, height) or abs(bow(whole, height)) == _SQUARE):
            found.append(group)
    return found


def _boxes_touch(box: Box, other: Box, within: float) -> bool:
    across = max(other.left - box.right, box.left - other.right)
    return max(across, other.top - box.bottom, box.top - other.bottom) < within


def _side(piece: Piece, slash: Piece) -> tuple[bool, bool]:
    """Whether a piece is left of the slash as it is there, and above its middle."""
    x, y = _middle(piece.box)
    box = slash.box
    here = box.left + box.width * np.clip((box.bottom - y) / max(box.height, 1e-6), 0, 1)
    return x < here, y < (box.top + box.bottom) / 2


def _dotted(pieces: Sequence[Piece], height: float) -> list[list[Piece]]:
    """A figure that ends above a dot."""
    dots = [piece for piece in pieces if max(piece.box.width, piece.box.height) < _DOT * height]
    found = []
    for dot in dots:
        over = [
            piece
            for piece in pieces
            if piece.box.height > 2 * _DOT * height
            and _is_over(dot.box, piece.box, (_DOT if _is_line(piece.points) else _APART) * height)
            and piece.box.bottom + _APART * height < dot.box.top < piece.box.bottom + 2 * _DOT * height
        ]
        found += [[over[0], dot]] if len(over) == 1 else []
    return found


def _square_brackets(pieces: Sequence[Piece], height: float) -> list[list[Piece]]:
    """An upright line with a short bar at either end, both to one side."""
    bars = [piece for piece in pieces if piece.box.height < _FLAT * height and piece.box.width < _SMALL * height]
    found = []
    for line in pieces if len(bars) > 1 else ():
        if line.box.height > _HIGH * height and _is_line(line.points):
            near = [bar for bar in bars if bar is not line and distance(line, bar) < 3.5 * _APART * height]
            if len(near) == 2 and abs(bow(joined([line, *near]), height)) == _SQUARE:
                found.append([line, *near])
    return found


def _bars(pieces: Sequence[Piece], height: float) -> list[list[Piece]]:
    """Bars beside the middle of a digit, not over or under it; with the dots of a division sign."""
    tall = [piece.box for piece in pieces if piece.box.height > _TALL * height]
    apart = _APART * height

    def is_free(box: Box) -> bool:
        return all(box.right + apart < other.left or box.left - apart > other.right for other in tall)

    def is_bar(box: Box) -> bool:
        beside = [
            _MIDDLE[0] < (_middle(box)[1] - other.top) / other.height < _MIDDLE[1]
            for other in tall
            if max(other.left - box.right, box.left - other.right) < _NEAR * height
        ]
        return (
            box.height < _FLAT * height
            and box.width > max(1.5 * box.height, _DOT * height)
            and any(beside)
            and all(beside)
        )

    low = [piece for piece in pieces if piece.box.height < _FLAT * height and is_free(piece.box)]
    return [[piece for piece in low if _is_over(piece.box, bar.box, apart)] for bar in low if is_bar(bar.box)]


def is_star(piece: Piece, height: float) -> bool:
    """Four or more straight arms from one middle, as a plus, a multiplication sign or an asterisk has."""
    box = piece.box
    size = max(box.width, box.height)
    if not 0.15 * height < size < _STAR * height or min(box.width, box.height) < _EVEN * size:
        return False
    points = (piece.points - _middle(box)) / size
    centres = points[np.abs(points).max(axis=1) < 0.2]
    if not len(centres):
        return False
    return any(_has_arms(points - centre) for centre in (centres.mean(axis=0), np.median(points, axis=0)))


def _has_arms(points: NDArray[np.float64]) -> bool:
    far = np.hypot(*points.T)
    reach = float(far.max())
    outer = points[far > _OUTER * reach]
    angles = np.degrees(np.arctan2(outer[:, 1], outer[:, 0]))
    order = np.argsort(angles)
    steps = np.diff(angles[order], append=angles.min() + 360)
    last = np.flatnonzero(steps > _BETWEEN_ARMS_DEG)
    if len(last) < 4:
        return False
    arms = np.split(np.roll(outer[order], -1 - last[-1], axis=0), last[:-1] + len(order) - last[-1])
    return all(_is_arm(arm, reach) for arm in arms)


def _is_arm(arm: NDArray[np.float64], reach: float) -> bool:
    middle = arm.mean(axis=0)
    along = middle / max(float(np.hypot(*middle)), 1e-9)
    off = np.abs(arm @ np.array([-along[1], along[0]]))
    return float(off.max()) < _STROKE and float((arm @ along).max()) > _ARM * reach


def is_dollar(piece: Piece, height: float) -> bool:
    """An upright line that stands out above and below a figure with ink at both of its sides, high and low."""
    box = piece.box
    if box.height < _OVER * height or box.width < 0.3 * box.height:
        return False
    x, y = (piece.points - (box.left, box.top)).T / box.height
    top, bottom = x[y < _TIP], x[y > 1 - _TIP]
    lean = float(bottom.mean() - top.mean())
    if max(np.ptp(top), np.ptp(bottom)) > _TIP_WIDTH or abs(lean) > _TIP_LEAN:
        return False
    off = x - float(top.mean()) - lean * y
    sides = off[(y > 0.1) & (y < 0.4)], off[(y > 0.68) & (y < 0.92)]
    return all(float(side.min(initial=1)) < -_SIDES and float(side.max(initial=-1)) > _SIDES for side in sides)


def is_hash(piece: Piece, height: float) -> bool:
    """Two lines that end above and below, and two that end at the left and at the right."""
    box = piece.box
    if box.height < _LINES * height or not 0.4 < box.width / box.height < 1.2:
        return False
    x, y = ((piece.points - (box.left, box.top)) / (box.width, box.height)).T
    ends = (x[y < _ENDS], x[y > 1 - _ENDS], y[x < _ENDS], y[x > 1 - _ENDS])
    middles = (x[(y > 0.42) & (y < 0.58)], y[(x > 0.42) & (x < 0.58)])
    return all(_runs(end) == 2 for end in ends) and all(_runs(middle) >= 2 for middle in middles)


def is_yen(piece: Piece, height: float) -> bool:
    """Two arms that meet above the middle, on a foot with bars."""
    box = piece.box
    if box.height < _HIGH * height or box.width < 0.3 * box.height:
        return False
    x, y = (piece.points - (box.left, box.top)).T / box.height
    foot, arms = x[y > 0.88], x[y < _ENDS]
    levels = [x[(y > at) & (y < at + 0.08)] for at in (0.36, 0.4, 0.44, 0.48)]
    narrow = min((level for level in levels if len(level)), key=np.ptp, default=foot)
    if max(np.ptp(foot), np.ptp(narrow)) > _WAIST or _runs(arms) != 2:
        return False
    waist = float(narrow.mean())
    bars = (y > 0.54) & (y < 0.85)
    off = x[bars] - waist - (float(foot.mean()) - waist) * (y[bars] - 0.45) / 0.5
    is_between = arms.min() + _TWO / 2 < waist < arms.max() - _TWO / 2
    return bool(is_between and off.min(initial=1) < -_BAR and off.max(initial=-1) > _BAR)


def _runs(places: NDArray[np.float64]) -> int:
    """How many groups there are of places with gaps between them."""
    return int((np.diff(np.sort(places)) > _TWO).sum()) + 1 if len(places) else 0


_SHAPES: tuple[Callable[[Piece, float], bool], ...] = (is_star, is_dollar, is_hash, is_yen)


def _with_brackets(pieces: list[Piece], height: float) -> list[Piece]:
    """The pieces with their brackets marked: less of a bow is enough for two that belong together."""
    bows = {
        number: bow(piece, height)
        for number, piece in enumerate(pieces)
        if not piece.is_sign and _is_alone(piece, pieces, height)
    }
    opening = {number: -bulge for number, bulge in bows.items() if bulge < -_ROUND_MATE}
    closing = {number: bulge for number, bulge in bows.items() if bulge > _ROUND_MATE}
    pairs = [
        (first, second)
        for first, one in opening.items()
        for second, other in closing.items()
        if (min(one, other) > _ROUND_PAIR or max(one, other) > _ROUND)
        and pieces[first].box.right < pieces[second].box.left
        and abs(_middle(pieces[first].box)[1] - _middle(pieces[second].box)[1]) < height
    ]
    around = {number for pair in pairs if _are_around_something(pieces, *pair) for number in pair}
    empty = {number for pair in pairs for number in pair} - around  # the halves of a 0
    alone = {number for number, bulge in bows.items() if abs(bulge) > _ROUND} - empty
    return [replace(piece, is_sign=piece.is_sign or number in around | alone) for number, piece in enumerate(pieces)]


def _are_around_something(pieces: Sequence[Piece], first: int, second: int) -> bool:
    left, right = (_middle(pieces[number].box)[0] for number in (first, second))
    return any(left < _middle(piece.box)[0] < right for piece in pieces)


def bow(piece: Piece, height: float) -> float:
    """How far a bracket bulges to the right, of its height; negative to the left, 0 for what is no bracket.

    Square ones count as half a height.
    """
    box = piece.box
    if box.height < _HIGH * height or box.width > 0.45 * box.height or box.width < 0.05 * box.height:
        return 0.0
    points = (piece.points - (box.left, box.top)) / box.height
    for turn_deg in _TURNS_DEG:
        if side := _square_side(points, math.radians(turn_deg)):
            return side
    x, y = points.T
    middle = 2 * y - 1
    curve = np.polyfit(middle, x, 2)
    if float(np.quantile(np.abs(np.polyval(curve, middle) - x), 0.95)) > _PARENTHESIS or abs(curve[1]) > _LEAN:
        return 0.0
    return -float(curve[0])


def _square_side(points: NDArray[np.float64], turn: float) -> float:
    """On which side a square bracket that is turned so far has its line, or 0."""
    turned = points @ np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    x, y = (turned - turned.min(axis=0)).T / max(float(np.ptp(turned[:, 1])), 1e-9)
    wide = float(x.max())
    for side, off, away in ((-_SQUARE, x, wide - x), (_SQUARE, wide - x, x)):
        edge = np.minimum(np.minimum(off, y), 1 - y)
        bars = [float(away[near].min(initial=1.0)) for near in (y < 0.15, y > 0.85)]
        ends = [float(off[part].mean()) for part in ((y > 0.15) & (y < 0.4), (y > 0.6) & (y < 0.85)) if part.any()]
        if (
            wide > _WIDE + abs(turn) / 4
            and np.ptp(ends or [1, 0]) < _UPRIGHT
            and float(np.quantile(edge, 0.97)) < 0.1
            and max(bars) < 0.08
        ):
            return side
    return 0.0


def _is_over(box: Box, other: Box, beyond: float) -> bool:
    """True if the middle of one is over or under the other, or hardly beyond its ends."""
    return other.left - beyond < _middle(box)[0] < other.right + beyond


def _is_alone(piece: Piece, pieces: Sequence[Piece], height: float) -> bool:
    """True if no ink is so near that it may be of the same figure."""
    return all(distance(piece, other) > _APART * height for other in pieces if other.parts != piece.parts)


def _is_line(points: NDArray[np.float64]) -> bool:
    if len(points) < 2:
        return False
    across, along, _ = axes(points)
    return across < _THIN * along


def _middle(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def axes(points: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the spread across the main axis, that along it, and its lean to the right, -90..90 degrees."""
    away = points - points.mean(axis=0)
    values, ways = np.linalg.eigh(away.T @ away / len(points))
    across, along = np.sqrt(np.maximum(values, 0))
    x, y = ways[:, 1]
    return float(across), float(along), math.degrees(math.atan2(-x * np.sign(y), abs(y)))
