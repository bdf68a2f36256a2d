"""What accuracy is measured on: the full sets, and other people's drawings and photographs, wherever they are here."""

import csv
import gzip
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.core.datasets.sources import find_full, load_dataset
from app.core.datasets.types import Dataset
from app.core.imaging.drawing import Drawing
from app.core.imaging.pictures import Picture, load_picture
from tests.bench.report import Skipped

VARIABLE = "SOFTMAX_STUDIO_DEVELOPMENT_DATA"
"""The folder with the development data; beside the checkout it is found as ../shared/data."""


@dataclass(frozen=True)
class LabelledDrawing:
    """A digit that somebody drew. `reviewed`: looked at, and plainly legible."""

    drawing: Drawing
    label: int
    reviewed: bool
    writer: str


@dataclass(frozen=True)
class LabelledPicture:
    """A picture of a digit; `kind` says how it was made."""

    picture: Picture
    label: int
    kind: str
    name: str


@cache
def full_set(name: str) -> Dataset | None:
    """The whole set, from the program's own places or the development folder."""
    if find_full(name):
        return load_dataset(name, "full")
    beside = development_folder() / name
    return load_dataset(name, str(beside)) if beside.is_dir() else None


@cache
def drawings() -> tuple[LabelledDrawing, ...]:
    """The development drawings; none if they are not here."""
    path = development_folder() / "dev-drawings" / "drawings.json.gz"
    if not path.is_file():
        return ()
    content = json.loads(gzip.decompress(path.read_bytes()))
    width, height = content["canvas"]
    return tuple(
        LabelledDrawing(
            Drawing(width, height, _strokes(item["strokes"])), item["label"], item["reviewed"], item.get("writer", "")
        )
        for item in content["items"]
    )


@cache
def pictures() -> tuple[LabelledPicture, ...]:
    """The development photographs and canvas pictures; none if they are not here."""
    path = development_folder() / "dev-photos" / "manifest.csv"
    if not path.is_file():
        return ()
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        LabelledPicture(load_picture(path.with_name(row["file"])), int(row["label"]), row["kind"], row["file"])
        for row in rows
    )


def absent(what: str) -> Skipped:
    """Say that a part of the data is not here."""
    return Skipped("accuracy", what, f"not on this machine; {VARIABLE} names the folder that holds it")


def development_folder() -> Path:
    """Where the development data lies, if it is here."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else Path(__file__).resolve().parents[4] / "shared" / "data"


def _strokes(strokes: list[list[list[float]]]) -> tuple[tuple[tuple[float, ...], ...], ...]:
    return tuple(tuple(tuple(point) for point in stroke) for stroke in strokes)
