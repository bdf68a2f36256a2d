"""Digits that people drew with a pen: as drawn, elsewhere on the canvas, tilted, and saved as pictures."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from app.core.imaging.drawing import Drawing
from app.core.imaging.pictures import Picture
from tests.bench.accuracy.data import absent, drawings
from tests.bench.accuracy.reading import DIGITS, answers, grey_picture, of_drawings, of_pictures, percent, right_share
from tests.bench.report import Figure, Skipped
from tests.written import rendered

SMALL = 0.15
TILTS_DEG = (10, 20, 30)
PENS_PX = (3, 10, 24)
EVERY = 6  # of the drawings is saved as a picture with each pen


def measure() -> Iterator[Figure | Skipped]:
    """The development drawings with the shipped digit reader."""
    people = drawings()
    if not people:
        yield absent("development drawings")
        return
    plain = [one.drawing for one in people]
    labels = np.array([one.label for one in people])
    said = answers(DIGITS, of_drawings(DIGITS, plain))
    reviewed = np.array([one.reviewed for one in people])
    yield percent("drawings: reviewed ones", float((said == labels)[reviewed].mean()), ">= 99.5")
    yield percent("drawings: all", float((said == labels).mean()), ">= 98.5")
    random = np.random.default_rng(1)
    moved = [transformed(drawing, SMALL, 0, tuple(random.uniform(0, 1, 2))) for drawing in plain]
    again = answers(DIGITS, of_drawings(DIGITS, moved))
    yield percent("drawings: all, small and anywhere on the canvas", float((again == labels).mean()), ">= 98.5")
    yield Figure("accuracy", "drawings: answers that differ when small", float((said != again).sum()), "drawings", "0")
    for tilt in TILTS_DEG:
        ways = random.choice((-1, 1), len(plain))
        tilted = [transformed(drawing, 1, way * tilt) for drawing, way in zip(plain, ways, strict=True)]
        share = right_share(DIGITS, of_drawings(DIGITS, tilted), labels)
        yield percent(f"drawings: all, tilted by {tilt} degrees", share)
    for pen in PENS_PX:
        images = of_pictures(DIGITS, [saved(drawing, pen) for drawing in plain[::EVERY]])
        share = right_share(DIGITS, images, labels[::EVERY])
        yield percent(f"drawings: saved as pictures with a pen of {pen} px", share)


def transformed(drawing: Drawing, scale: float, turn_deg: float, place: tuple[float, float] = (0.5, 0.5)) -> Drawing:
    """Turn and scale a drawing and put it on its canvas; `place` is 0..1 from the left and from the top."""
    points = np.concatenate([np.array(stroke)[:, :2] for stroke in drawing.strokes])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    angle = math.radians(turn_deg)
    matrix = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    turned = (points - middle) @ matrix.T
    room = np.array([drawing.width, drawing.height]) - np.ptp(turned, axis=0)
    offset = np.array(place) * room - turned.min(axis=0)
    strokes = tuple(
        tuple((float(x), float(y)) for x, y in (np.array(stroke)[:, :2] - middle) @ matrix.T + offset)
        for stroke in drawing.strokes
    )
    return replace(drawing, strokes=strokes)


def saved(drawing: Drawing, pen_px: float) -> Picture:
    """The drawing as a picture of its canvas, dark on white."""
    levels = rendered(drawing, round(drawing.width), round(drawing.height), pen_px)
    return grey_picture(levels)
