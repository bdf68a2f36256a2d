"""Commas, points and slashes between digits: what the network takes for a 1, its place beside its neighbours shows."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.segmentation.pieces import Box
from app.core.imaging.segmentation.sign_shapes import axes

_LOW = 0.5  # of the digits' height: marks are lower
_NARROW = 0.3  # of the digits' height: marks are narrower
_DOT = 0.18  # of the digits' height: what is no larger is a point, whatever its shape
_RAISED = 0.42  # of the digits' height: what is no larger, and above their middle, is an apostrophe or a degree sign
_DIGIT = 0.6  # of the highest neighbour: what is as high is a digit to compare with
_THIN = 0.15  # across a line by along it: ink that is straight
_BENT = 0.6  # the same of a comma, which has a hook
_LEAN_DEG = 18.0  # to the right from upright, as slashes do; few 1s do so much
_LYING_DEG = 70.0  # what lies is a bar
_REACH = 0.05  # of the digits' height: what a slash stands out at both ends
_LONGER = 1.27  # times their height in all
_FLAT_LEAN_DEG = 36.0  # what leans so much is a slash, however long


def is_sign(points: NDArray[np.float64], box: Box, others: Sequence[Box]) -> bool:
    """Tell whether ink among digits is a comma, a point, an apostrophe or a slash.

    Args:
        points: (n, 2) places on it, y down.
        box: around it, in the same units.
        others: the boxes of all else in its row.

    """
    highest = max((other.height for other in others), default=0.0)
    digits = [other for other in others if other.height >= _DIGIT * highest]
    left = max((other for other in digits if _middle(other) < _middle(box)), key=_middle, default=None)
    right = min((other for other in digits if _middle(other) >= _middle(box)), key=_middle, default=None)
    beside = [box for box in (left, right) if box is not None]
    if not beside:
        return False
    top, bottom = (sum(ends) / len(beside) for ends in zip(*((each.top, each.bottom) for each in beside), strict=True))
    height = bottom - top
    across, along, lean_deg = axes(points)
    middle = (top + bottom) / 2
    if max(box.height, box.width) < _RAISED * height and box.bottom < middle:
        return True
    if box.height < _LOW * height and box.width < _NARROW * height:
        is_beside = box.top > middle or box.bottom < middle
        return is_beside and (across < _BENT * along or max(box.width, box.height) < _DOT * height)
    if left is None or right is None:
        return False  # at an end, a slanted 1 is more likely than a slash
    rise = left.top + left.bottom - right.top - right.bottom  # a line that falls leans what is written on it
    lean_deg += math.degrees(math.atan2(rise / 2, _middle(right) - _middle(left)))
    stands_out = box.top < top - _REACH * height and box.bottom > bottom + _REACH * height
    is_long = stands_out and box.height > _LONGER * height
    return across < _THIN * along and lean_deg > (_LEAN_DEG if is_long else _FLAT_LEAN_DEG) and lean_deg < _LYING_DEG


def _middle(box: Box) -> float:
    return (box.left + box.right) / 2
