"""Pictures of a data set, read one after the other into one array; those that cannot be read are left out and named.

Small pictures that all have one size are what data sets are made of, and are delivered as they are, like an array in
any other file. All others are drawings, photographs and scans: each is made ready for a network by itself.
"""

from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.datasets.choices import NO_CHOICES, ImportChoices, Polarity
from app.core.datasets.content import Progress, RawData, no_progress
from app.core.datasets.files.kinds import open_regular
from app.core.datasets.files.listing import LeftOutFiles
from app.core.datasets.files.parts import Part
from app.core.datasets.originals import LoadedPicture, Original, load_original, network_image
from app.core.datasets.pictures.found import PictureFiles
from app.core.datasets.registry import kind_of
from app.core.datasets.types import IMAGE_SIZE, DataKind, LabelledImages
from app.core.errors import InputError
from app.core.imaging.background import is_light_on_dark
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import Preprocessing, whole_frame

_LARGEST_PIXELS = 64  # a side of a picture that is made of pixels, not of what a camera or a scanner saw
_LOOKED_AT = 200
_MOST_OF = 0.9
_NOTHING_FOUND = "Nothing was found on it."

Grey = NDArray[np.uint8]


def read_pictures(
    found: PictureFiles,
    left_out: LeftOutFiles,
    choices: ImportChoices = NO_CHOICES,
    progress: Progress = no_progress,
) -> RawData:
    """Read all pictures of `found`. What cannot be read, or comes out empty, is left out.

    A network that learned to call blank paper a class would be the worse for it.

    Raises InputError (more than half of the pictures cannot be used; the message tells why the first one cannot).
    """
    reader = _reader_for(found, choices)
    total = len(found.paths)
    images = np.zeros((total, *reader.shape), np.uint8)
    kept = np.zeros(total, np.bool_)
    bad = list[tuple[str, str]]()
    filled = bad_count = 0
    for number, path in enumerate(found.paths):
        progress(number, total)
        try:
            images[filled] = reader.read(path)
        except InputError as error:
            why = str(error)
        else:
            why = _NOTHING_FOUND if reader.is_blank(images[filled]) else ""
        if why:
            bad_count += 1
            left_out.add(found.shown(number), why)
            bad = bad or [(found.shown(number), why)]
            _check_most(bad_count, total, *bad[0])
            continue
        kept[number] = True
        filled += 1
    reader.check_files(len(found.class_names))
    return _as_raw(found, images, kept, reader)


def _check_most(bad: int, total: int, first: str, why: str) -> None:
    """Raise InputError if more than half of the pictures are bad."""
    if 2 * bad <= total and bad < total:
        return
    if why == _NOTHING_FOUND:
        raise InputError(
            f"Nothing was found on any picture, or on most: {first} and others; choose pictures with more contrast, or "
            "take the pixels as they are (polarity: as-is)."
        )
    raise InputError(f"More than half of the {total:,} pictures cannot be used. {first}: {why}")


def _as_raw(found: PictureFiles, images: NDArray[np.uint8], kept: NDArray[np.bool_], reader: "_Reader") -> RawData:
    splits = dict[Part, LabelledImages]()
    start = filled = 0
    for part in Part:
        count = found.counts.get(part, 0)
        if count:
            used = kept[start : start + count]
            amount = int(used.sum())
            labels = found.labels[start : start + count][used]
            splits[part] = LabelledImages(images[filled : filled + amount], labels)
            filled += amount
            start += count
    if not len(splits[Part.TRAIN]):
        raise InputError("None of the pictures to train with can be used; see what is wrong with them.")
    test, validation = splits.get(Part.TEST), splits.get(Part.VALIDATION)
    return RawData(
        splits[Part.TRAIN],
        test if test is not None and len(test) else None,
        found.class_names,
        reader.preprocessing,
        (*found.notes, *reader.notes()),
        validation=validation if validation is not None and len(validation) else None,
        are_files=True,
        is_prepared=reader.is_prepared,
    )


def load_labelled(path: Path) -> Original:
    """Read a drawing or a picture; every class may have a file of that name, so an InputError tells its folder, too."""
    try:
        return load_original(path)
    except InputError as error:
        raise InputError(f"In {path.parent}, {error}") from error


class _Reader:
    """How each file becomes an array of `shape`."""

    shape: tuple[int, int] = (IMAGE_SIZE, IMAGE_SIZE)
    is_prepared = False
    preprocessing: Preprocessing | None = None

    def __init__(self) -> None:
        self._read, self._noted, self._note = 0, 0, ""

    def read(self, path: str) -> Grey:
        raise NotImplementedError

    def load(self, path: str) -> Original:
        """What is in a file; what was left out of it, such as further pages, is kept for the notes."""
        original = load_original(Path(path))
        self._read += 1
        if isinstance(original, LoadedPicture) and original.picture.note:
            self._noted += 1
            self._note = self._note or original.picture.note
        return original

    def check_files(self, classes: int) -> None:
        """Raise InputError if all the pictures of a class seem to be the pages of a file, or frames."""
        if 0 < self._noted <= classes == self._read:
            raise InputError(
                f"{self._note.removesuffix('.')}, and there are no more files of its class; save each page as a "
                "picture of its own."
            )

    def is_blank(self, image: Grey) -> bool:
        return bool(image.max() == image.min())

    def notes(self) -> tuple[str, ...]:
        others = f" ({self._noted - 1:,} more files are like it)" if self._noted > 1 else ""
        return (f"{self._note.removesuffix('.')}{others}.",) if self._noted else ()


class _PixelReader(_Reader):
    """Takes the pixels as they are, grey; what has another size is scaled."""

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__()
        self.shape, self._other = size, 0

    def read(self, path: str) -> Grey:
        original = self.load(path)
        if isinstance(original, LoadedPicture):
            grey = grey_bytes(original.picture)
        else:
            grey = network_image(original, Preprocessing.DIGITS)
        if grey.shape != self.shape:
            self._other += 1
            return np.rint(whole_frame(grey.astype(np.float32), self.shape)).clip(0, 255).astype(np.uint8)
        return grey

    def notes(self) -> tuple[str, ...]:
        if not self._other:
            return super().notes()
        height, width = self.shape
        pictures = "1 picture" if self._other == 1 else f"{self._other:,} pictures"
        return *super().notes(), f"{pictures} of another size became {width} x {height} pixels, all that is on them."


class _ReadyReader(_Reader):
    """Makes each ready for a network, exactly as it is later shown when it is to be read."""

    is_prepared = True

    def __init__(self, preprocessing: Preprocessing, invert: bool | None) -> None:
        super().__init__()
        self.preprocessing, self._invert = preprocessing, invert

    def read(self, path: str) -> Grey:
        original = self.load(path)
        if isinstance(original, LoadedPicture) and original.invert is None:
            original = LoadedPicture(original.picture, self._invert)
        return network_image(original, self.preprocessing or Preprocessing.DIGITS)

    def is_blank(self, image: Grey) -> bool:
        return not image.any()


def _reader_for(found: PictureFiles, choices: ImportChoices) -> _Reader:
    looked_at = [found.paths[place] for place in np.linspace(0, len(found.paths) - 1, _LOOKED_AT).astype(int)]
    sizes = Counter(size for path in dict.fromkeys(looked_at) if (size := _size(path)) is not None)
    common, count = sizes.most_common(1)[0] if sizes else ((0, 0), 0)
    is_small = all(max(size) <= _LARGEST_PIXELS for size in sizes)
    is_made = any(path.lower().endswith((".28x28.png", ".drawing.json")) for path in looked_at)
    one_size = bool(sizes) and is_small and not is_made and count >= _MOST_OF * sizes.total() and min(common) > 1
    if one_size and found.preprocessing is None:
        return _PixelReader((common[1], common[0]))
    if choices.polarity is Polarity.AS_IS:
        return _PixelReader((IMAGE_SIZE, IMAGE_SIZE))
    is_clothing = DataKind.CLOTHES in (choices.kind, kind_of(found.class_names))
    usual = Preprocessing.CLOTHES if is_clothing else Preprocessing.DIGITS
    invert = {Polarity.DARK_INK: False, Polarity.LIGHT_INK: True}.get(choices.polarity) if choices.polarity else None
    if invert is None and sizes and is_small and not is_made:
        invert = _most_light_on_dark(looked_at)
    return _ReadyReader(found.preprocessing or usual, invert)


def _size(path: str) -> tuple[int, int] | None:
    """Width and height, from the head of the file; None if it is no picture, or a very large one."""
    try:
        with open_regular(path) as file, Image.open(file) as image:
            return image.size
    except Exception:  # Pillow raises almost anything for a damaged file; reading it tells what is wrong
        return None


def _most_light_on_dark(paths: list[str]) -> bool:
    """Tell the polarity of small pictures, which say little each, for all of them."""
    votes = list[bool]()
    for path in dict.fromkeys(paths):
        try:
            original = load_original(Path(path))
        except InputError:
            continue
        if isinstance(original, LoadedPicture):
            votes.append(is_light_on_dark(original.picture.grey))
    return 2 * sum(votes) > len(votes)


def grey_bytes(picture: Picture) -> Grey:
    """The luminance of a picture, (h, w) uint8; exactly its pixels if it is grey."""
    red, green, blue = (picture.rgb[:, :, channel] for channel in range(3))
    if (red == green).all() and (red == blue).all():
        return red
    return np.rint(picture.grey * 255).astype(np.uint8)
