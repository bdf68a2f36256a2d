"""Coloured ink: looked at through the filter in which it is darkest."""

import numpy as np
from PIL import Image

from app.core.imaging.background import Grey, plain_background, without_light
from app.core.imaging.pictures import Picture

_WORK_SIDE = 192
_SMALLEST = 100  # pixels of a side; smaller pictures are no photographs
_COLOURED = 24  # of 255 between the channels
_SHARE = 0.001  # of the picture at least is ink
_BETTER = 1.5  # times the contrast of the luminance, so that good pictures stay as they are


def readable_grey(picture: Picture) -> Grey:
    """Return the picture in grey, (h, w) float32 in [0, 1]: its luminance, or the channel that shows pale ink better.

    Yellow on white is nearly as light as the paper, but in the blue channel it is black.
    """
    grey = picture.grey
    if min(grey.shape) < _SMALLEST:
        return grey
    small = Image.fromarray(picture.rgb).reduce(max(1, max(grey.shape) // _WORK_SIDE))
    channels = np.asarray(small, np.float32) / np.float32(255)
    if float(np.quantile(np.ptp(channels, axis=2), 1 - _SHARE)) * 255 < _COLOURED:
        return grey
    strengths = [_strength(np.ascontiguousarray(channels[..., channel])) for channel in range(3)]
    best = int(np.argmax(strengths))
    if strengths[best] <= 0 or strengths[best] < _BETTER * _strength(
        np.asarray(small.convert("L"), np.float32) / np.float32(255)
    ):
        return grey
    return np.asarray(picture.rgb[..., best], np.float32) / np.float32(255)


def _strength(grey: Grey) -> float:
    """Return how much the strongest contrast rises above the usual one, the paper's grain."""
    level = plain_background(grey)
    if level is not None:  # no grain, and what is on it may be larger than any stroke
        return float(np.quantile(np.abs(grey - np.float32(level)), 1 - 4 * _SHARE))
    contrast = without_light(grey)[0]
    return float(np.quantile(contrast, 1 - 4 * _SHARE)) - 4 * float(np.median(contrast))
