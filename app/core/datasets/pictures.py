"""A folder of pictures for each class, perhaps inside a `train` and a `test` folder."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from app.core.datasets.content import MAX_CLASSES, MIN_CLASSES, RawData
from app.core.datasets.types import IMAGE_SIZE, LabelledImages
from app.core.errors import InputError

MAX_PICTURES = 200_000
MAX_PIXELS = 50_000_000

_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff"}
_FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "GIF", "TIFF")
_TRAIN, _TEST = {"train", "training"}, {"test", "testing", "t10k"}


def read_pictures(folder: Path) -> RawData | None:
    """Read the pictures of `folder`, one subfolder for each class; a class is called by its folder, in order of name.

    Every picture becomes grey, is fitted into 28 x 28 and centred. If the borders are mostly bright, all are inverted:
    ink is 255.

    Returns:
        None if no subfolder holds a picture.

    Raises:
        InputError: a picture cannot be read or is too large, too many classes or pictures, or train and test differ.
        OSError: the folder cannot be read.

    """
    parts = {child.name.lower(): child for child in _subfolders(folder)}
    train = next((path for name, path in parts.items() if name in _TRAIN), None)
    test = next((path for name, path in parts.items() if name in _TEST), None)
    train_files = _files_by_class(train or folder)
    if not train_files:
        return None
    names = tuple(train_files)
    if not MIN_CLASSES <= len(names) <= MAX_CLASSES:
        raise InputError(f"{folder.name} has {len(names)} classes; it must have {MIN_CLASSES} to {MAX_CLASSES}.")
    if train is None or test is None:
        return RawData(_polarised([_read(train_files, names)])[0], None, names)
    test_files = _files_by_class(test)
    if unknown := [name for name in test_files if name not in names]:
        raise InputError(f"The class {unknown[0]} is in {test.name} but not in {train.name}; give both the same ones.")
    if not test_files:
        return RawData(_polarised([_read(train_files, names)])[0], None, names)
    both = _polarised([_read(train_files, names), _read(test_files, names)])
    return RawData(both[0], both[1], names)


def fitted_grey(path: Path) -> NDArray[np.uint8]:
    """One picture as (28, 28) uint8 grey: turned as the camera says, on white where transparent, scaled, centred.

    Raises:
        InputError: not a picture in a known format, damaged, or above `MAX_PIXELS`.

    """
    try:
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise InputError(f"{path} has more than {MAX_PIXELS // 1_000_000} million pixels; make it smaller.")
            image.draft("L", (IMAGE_SIZE, IMAGE_SIZE))
            upright = ImageOps.exif_transpose(image)
            if upright.has_transparency_data:
                rgba = upright.convert("RGBA")
                upright = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
            grey = upright.convert("L")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InputError(f"{path} is not a picture that can be read; remove it or save it again as PNG.") from error
    if grey.size != (IMAGE_SIZE, IMAGE_SIZE):
        paper = int(np.median(_border(np.asarray(grey)[np.newaxis])))
        grey = ImageOps.pad(grey, (IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.BOX, color=paper)
    return np.array(grey, np.uint8)


def _subfolders(folder: Path) -> list[Path]:
    """In order of name, numbers as numbers; without what systems and archives hide."""
    found = [child for child in folder.iterdir() if child.is_dir() and not child.name.startswith((".", "__"))]
    return sorted(
        found, key=lambda path: (not path.name.isdecimal(), int(path.name) if path.name.isdecimal() else 0, path.name)
    )


def _files_by_class(folder: Path) -> dict[str, list[Path]]:
    found = {
        child.name: sorted(
            file for file in child.iterdir() if file.suffix.lower() in _SUFFIXES and not file.name.startswith(".")
        )
        for child in _subfolders(folder)
    }
    return {name: files for name, files in found.items() if files}


def _read(files: dict[str, list[Path]], names: tuple[str, ...]) -> LabelledImages:
    paths = [(path, names.index(name)) for name, members in files.items() for path in members]
    if len(paths) > MAX_PICTURES:
        raise InputError(f"There are {len(paths):,} pictures; at most {MAX_PICTURES:,} can be used.")
    images = np.stack([fitted_grey(path) for path, _ in paths])
    return LabelledImages(images, np.array([label for _, label in paths], np.uint8))


def _polarised(parts: list[LabelledImages]) -> list[LabelledImages]:
    """Ink becomes bright. Decided for the whole set: a single shirt may well touch the border all around."""
    brightness = np.mean([_border(part.images).mean() for part in parts])
    return [LabelledImages(255 - part.images, part.labels) for part in parts] if brightness > 127 else parts


def _border(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the outermost pixels of (n, height, width) pictures, (n, m)."""
    edges = (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1])
    return np.concatenate(edges, axis=1)
