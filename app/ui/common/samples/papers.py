"""Between the paper and samples: what lies there as an original, and back. Knows no Qt."""

import numpy as np

from app.core.datasets.originals import LoadedPicture, Original, Pixels
from app.core.imaging.drawing import Drawing
from app.core.imaging.paper import Paper
from app.core.imaging.preprocess import example_picture, prepare_example
from app.core.inference.multi_digit import Digit


def original_of(paper: Paper) -> Original:
    """What is kept of the paper. An example of a data set, drawn on or not, stays the pixels it is."""
    if paper.picture is None:
        return paper.drawing
    if paper.example_of:
        return Pixels(np.rint(prepare_example(paper.picture).image * 255).astype(np.uint8))
    return LoadedPicture(paper.picture, paper.invert)


def original_of_digit(digit: Digit) -> Original:
    """What is kept of one digit of a number: the pixels that the network saw."""
    return Pixels(np.rint(digit.shown.image * 255).astype(np.uint8))


def paper_of(original: Original, preprocessing: str) -> Paper:
    """A paper with the original on it; `preprocessing` is that of its set."""
    match original:
        case Drawing():
            return Paper(original)
        case Pixels(image):
            nothing = Drawing(float(len(image)), float(len(image)))
            return Paper(nothing, example_picture(image), invert=True, example_of=preprocessing)
        case LoadedPicture(picture, invert):
            height, width = picture.rgb.shape[:2]
            return Paper(Drawing(float(width), float(height)), picture, invert)
