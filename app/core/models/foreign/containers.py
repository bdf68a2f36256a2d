"""What lies in a file or folder that somebody gives: which kind of model, found by its content and not by its name."""

import io
import lzma
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath

from app.core.datasets.files.kinds import HDF5_START, open_regular
from app.core.errors import InputError
from app.core.file_descriptions import HEAD_BYTES, describe_file
from app.core.models.foreign.limits import MOST_FILE_BYTES, refuse
from app.core.paths import read_regular
from app.core.zip_files import open_zip


class Format(StrEnum):
    """Kinds of models that are taken in."""

    KERAS = "Keras (.keras)"
    H5 = "Keras (.h5)"
    LITERT = "TensorFlow Lite (.tflite)"
    TFJS = "TensorFlow.js"
    SAVED_MODEL = "SavedModel"

    @property
    def says_training(self) -> bool:
        """Whether such a file tells what its layers do in training alone."""
        return self not in {Format.LITERT, Format.SAVED_MODEL}


@dataclass(frozen=True)
class Container:
    """The files of one model, by what they are called; `labels` are the classes that a file beside it names."""

    format: Format
    files: Mapping[str, bytes]
    labels: tuple[str, ...] = field(default=())
    is_teachable_machine: bool = False

    @property
    def content(self) -> bytes:
        """The one file of formats that have one."""
        return next(iter(self.files.values()))


BROKEN_ZIP = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, LookupError, NotImplementedError,
    OSError, OverflowError, RuntimeError, ValueError,
)  # fmt: skip
"""What Python's zipfile raises for one that is damaged, locked, or packed in a way that it does not know."""
OWN_CARD = "card.json"
MODEL_SUFFIXES = (".zip", ".keras", ".h5", ".hdf5", ".tflite", ".pb")
"""How the files that are read usually end, for dialogs."""
SAVED_MODEL_FILE = "saved_model.pb"
_H5 = (".h5", ".hdf5")
_NETWORKS = (".keras", *_H5, ".tflite", ".onnx")
_MARKS_OF_KERAS = (
    b"model_config", b"keras_version", b"layer_names", b"model_weights", b"_layer_checkpoint_dependencies", b"vars\0",
)  # fmt: skip
_BEGIN_BYTES = 2**20
"""Names and what is said of them come before the numbers."""
_UNPACKED = {"keras_model.h5", "model_unquant.tflite"}
"""What Teachable Machine calls its networks, whose pixels are -1 to 1."""
_MOST_ENTRIES = 2_000
_MOST_LABEL_BYTES = 2**16
_KERAS_ENTRIES = {"config.json", "model.weights.h5"}
_OTHERS = (
    ("PyTorch", (".pt", ".pth", ".safetensors", ".ckpt"), b""),
    ("ONNX", (".onnx",), b""),
    ("pickle", (".pkl", ".pickle", ".joblib", ".sav"), b"\x80"),
    ("Core ML", (".mlmodel", ".mlpackage"), b""),
    ("Caffe", (".caffemodel",), b""),
    ("a frozen TensorFlow graph", (".pb",), b""),
)
"""What people have besides, by how its files end or begin."""
_CHECKPOINT = re.compile(r"(^|/)checkpoint$|\.index$|\.data-\d{5}-of-\d{5}$")
_WANTED = (
    "Choose a .keras, .h5 or .tflite file, a SavedModel, a download of Teachable Machine, or a model that "
    "Softmax Studio exported."
)


def is_own(path: Path) -> bool:
    """True for a model of this program: a folder or a zip file with its card. Never raises."""
    return OWN_CARD in _files_in(path)


def holds_model(path: Path) -> bool:
    """True for a file, a zip file or a folder that is a network or names one, whoever made it. Never raises.

    An HDF5 file may be a network or data: what it holds decides.
    """
    files = _files_in(path) | ({} if os.path.isdir(path) else {path.name: partial(_begin_of, path)})  # noqa: PTH112
    return any(
        name in {OWN_CARD, SAVED_MODEL_FILE, "model.json"}
        or (name.lower().endswith(_NETWORKS) and not (name.lower().endswith(_H5) and _is_data(begin())))
        for name, begin in files.items()
    )


def _files_in(path: Path) -> dict[str, Callable[[], bytes]]:
    """What lies in a zip file, or at the top of a folder, by its last name, and how to read how it begins."""
    try:
        if path.is_dir():
            with os.scandir(path) as entries:
                return {entry.name: partial(_begin_of, path / entry.name) for entry in islice(entries, _MOST_ENTRIES)}
        if not path.is_file():
            return {}
        with open_zip(path) as packed:
            names = packed.namelist()[:_MOST_ENTRIES]
        return {PurePosixPath(name).name: partial(_begin_in_zip, path, name) for name in names}
    except BROKEN_ZIP:
        return {}


def _begin_of(path: Path) -> bytes:
    """The first bytes of a plain file; none if it cannot be read, or has no content of its own."""
    try:
        with open_regular(str(path)) as file:
            return file.read(_BEGIN_BYTES)
    except (OSError, ValueError):
        return b""


def _begin_in_zip(path: Path, name: str) -> bytes:
    try:
        with open_zip(path) as packed, packed.open(name) as file:
            return file.read(_BEGIN_BYTES)
    except BROKEN_ZIP:
        return b""


def _is_data(begin: bytes) -> bool:
    """Whether an HDF5 file that begins so says nothing of what Keras writes first: its layers, or their weights."""
    return begin.startswith(HDF5_START) and not any(mark in begin for mark in _MARKS_OF_KERAS)


def open_container(path: Path) -> Container:
    """The model at a path. Raises InputError if there is none, or it is of a kind that is not taken in."""
    if path.name == SAVED_MODEL_FILE and path.with_name("variables").is_dir():
        path = path.parent
    if os.path.isdir(path):  # noqa: PTH112 - of a name that is too long, pathlib raises OSError
        return _of_names(path.name, _FolderFiles(path))
    content = _plain_content(path, MOST_FILE_BYTES)
    if not content:
        raise refuse("the file is empty")
    if content.startswith(b"PK"):
        try:
            with open_zip(io.BytesIO(content)) as packed:
                return _of_names(path.name, _ZipFiles(packed), content)
        except BROKEN_ZIP:
            raise refuse("the file is damaged, or a zip file that needs a password") from None
    if content.startswith(HDF5_START):
        return _alone(Format.H5, path, content)
    if content[4:8] == b"TFL3":
        return _alone(Format.LITERT, path, content)
    raise _other(path, content)


def _alone(kind: Format, path: Path, content: bytes) -> Container:
    """One file; of a download of Teachable Machine that was unpacked, with the labels beside it."""
    if path.name not in _UNPACKED:
        return Container(kind, {path.name: content})
    beside = path.with_name("labels.txt")
    text = _plain_content(beside, _MOST_LABEL_BYTES) if beside.is_file() else b""
    return Container(kind, {path.name: content}, labels_in(text.decode("utf-8-sig", "replace")), True)


def _plain_content(path: Path, most_bytes: int) -> bytes:
    try:
        return read_regular(path, most_bytes)
    except (OSError, ValueError) as error:
        raise refuse(f"{path.name} cannot be read ({getattr(error, 'strerror', '') or error})") from None


class _ZipFiles:
    """Files of a zip, none of which is unpacked: a name is only a name here."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        entries = [entry for entry in packed.infolist() if not entry.is_dir()]
        if len(entries) > _MOST_ENTRIES:
            raise refuse(f"it holds more than {_MOST_ENTRIES:,} files")
        for entry in entries:
            parts = re.split(r"[/\\]", entry.filename)
            is_link = stat.S_ISLNK(entry.external_attr >> 16)
            if ".." in parts or entry.filename.startswith(("/", "\\")) or ":" in parts[0] or is_link:
                raise refuse(f"it holds {entry.filename[:80]!r}, which points outside the file")
        self.names = [entry.filename for entry in entries if not entry.filename.startswith("__MACOSX/")]
        self._left = MOST_FILE_BYTES

    def read(self, name: str, most: int = MOST_FILE_BYTES) -> bytes:
        """One file, no larger than it may be, whatever the zip announces."""
        most = min(most, self._left)
        too_large = refuse(f"{name[:80]!r} in it unpacks to more than {most / 2**20:g} MB")
        if self._packed.getinfo(name).file_size > most:
            raise too_large
        with self._packed.open(name) as stream:
            content = stream.read(most + 1)
        if len(content) > most:
            raise too_large
        self._left -= len(content)
        return content


class _FolderFiles:
    """Files of a folder and of those inside it; links are left out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.names: list[str] = []
        try:
            for at, folders, files in os.walk(folder):
                folders[:] = sorted(each for each in folders if not (Path(at) / each).is_symlink())
                self.names += [(Path(at) / file).relative_to(folder).as_posix() for file in sorted(files)]
                if len(self.names) > _MOST_ENTRIES:
                    raise refuse(f"the folder holds more than {_MOST_ENTRIES:,} files")
        except (OSError, ValueError) as error:
            raise refuse(f"the folder cannot be read ({error})") from None
        self._left = MOST_FILE_BYTES

    def read(self, name: str, most: int = MOST_FILE_BYTES) -> bytes:
        """One file, no larger than it may be."""
        if (self._folder / name).is_symlink():
            raise refuse(f"{name[:80]!r} in it is a link to another place")
        content = _plain_content(self._folder / name, min(most, self._left))
        self._left -= len(content)
        return content


def _of_names(title: str, files: _ZipFiles | _FolderFiles, whole: bytes = b"") -> Container:
    """Which model the names of several files speak of."""
    by_last: dict[str, list[str]] = {}
    for name in files.names:
        by_last.setdefault(PurePosixPath(name).name.lower(), []).append(name)
    if whole and set(files.names) >= _KERAS_ENTRIES:
        return Container(Format.KERAS, {title: whole})
    labels = _labels(by_last, files.read)
    found = [
        (kind, name)
        for name in files.names
        for kind, ending in ((Format.H5, (".h5", ".hdf5")), (Format.KERAS, (".keras",)), (Format.LITERT, (".tflite",)))
        if name.lower().endswith(ending)
    ]
    if "saved_model.pb" in by_last:
        return Container(Format.SAVED_MODEL, _saved_model(by_last["saved_model.pb"], files), labels)
    if len(found) > 1:
        named = ", ".join(sorted(PurePosixPath(name).name for _, name in found)[:5])
        raise refuse(f"{title} holds several ({named}); choose one of them")
    if found:
        kind, name = found[0]
        return Container(kind, {PurePosixPath(name).name: files.read(name)}, labels, bool(labels))
    if "model.json" in by_last:
        before = by_last["model.json"][0].rpartition("/")[0]
        packed = {name: files.read(name) for name in files.names if name.endswith(".bin")}
        weights = {name.removeprefix(f"{before}/" if before else ""): data for name, data in packed.items()}
        model = files.read(by_last["model.json"][0])
        return Container(Format.TFJS, {"model.json": model, **weights}, labels, bool(labels))
    maker = "PyTorch" if any(name.endswith("data.pkl") for name in files.names) else _maker_of(title)
    if maker:
        raise InputError(f"{title} is a model of {maker}, which this program cannot take in. {_WANTED}")
    if any(map(_CHECKPOINT.search, files.names)):
        raise _weights_alone(title)
    raise InputError(f"No model was found in {title}. {_WANTED}")


def _maker_of(title: str, content: bytes = b"") -> str:
    """Which other program's model it is, by its ending or how it begins; empty if that is not known."""
    known = (maker for maker, ends, begins in _OTHERS if title.lower().endswith(ends) or _begins(content, begins))
    return next(known, "")


def _begins(content: bytes, begin: bytes) -> bool:
    return bool(begin) and content.startswith(begin)


def _weights_alone(title: str) -> InputError:
    return InputError(
        f"{title} has the weights of a TensorFlow checkpoint alone, and not the network; in Python, load them into the "
        "network that they belong to, save that with model.save('model.keras'), and import it."
    )


def _saved_model(places: list[str], files: _ZipFiles | _FolderFiles) -> dict[str, bytes]:
    if len(places) > 1:
        raise refuse("it holds several SavedModels; choose one of them")
    before = places[0].removesuffix("saved_model.pb")
    wanted = re.compile(r"(saved_model\.pb|variables/variables\.(index|data-\d{5}-of-\d{5}))")
    names = {name.removeprefix(before): name for name in files.names if name.startswith(before)}
    return {inside: files.read(name) for inside, name in names.items() if wanted.fullmatch(inside)}


def _labels(by_last: Mapping[str, list[str]], read: Callable[[str, int], bytes]) -> tuple[str, ...]:
    """Teachable Machine's labels.txt ("0 Cat"), or the names in its metadata.json."""
    if "labels.txt" in by_last:
        return labels_in(read(by_last["labels.txt"][0], _MOST_LABEL_BYTES).decode("utf-8-sig", "replace"))
    if "metadata.json" in by_last and "model.json" in by_last:
        from app.core.models.foreign.keras_config import parse_config

        text = read(by_last["metadata.json"][0], _MOST_LABEL_BYTES).decode("utf-8", "replace")
        labels = parse_config(text).get("labels")
        return labels_in("\n".join(str(label) for label in labels)) if isinstance(labels, list) else ()
    return ()


def labels_in(text: str) -> tuple[str, ...]:
    """Classes, one a line. Numbers before all of them, counted from 0, are left out."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    parts = [re.fullmatch(r"(\d+)[ :,]+(.+)", line) for line in lines]
    if all(part is not None and int(part[1]) == number for number, part in enumerate(parts)):
        return tuple(part[2] for part in parts if part is not None)
    return tuple(lines)


def _other(path: Path, content: bytes) -> InputError:
    """What it may be instead."""
    if _CHECKPOINT.search(path.name):
        return _weights_alone(path.name)
    if content.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")) or content[257:262] == b"ustar":
        return InputError(f"{path.name} is an archive that is not looked into; unpack it, and choose what is in it.")
    if maker := _maker_of(path.name, content):
        return InputError(f"{path.name} is a model of {maker}, which this program cannot take in. {_WANTED}")
    begin = content[:_MOST_LABEL_BYTES]
    if begin.lstrip()[:1] == b"{" and b"weightsManifest" in content:
        return InputError(f"{path.name} names the files of a TensorFlow.js model; choose the folder with all of them.")
    if begin.lstrip()[:1] == b"{" and b'"class_name"' in begin and b'"layers"' in begin:
        return InputError(
            f"{path.name} describes a network, and does not have its weights; in Python, save the whole with "
            "model.save('model.keras'), and import that."
        )
    what = describe_file(content[:HEAD_BYTES])
    if what is not None and what.words.startswith(("a ", "an ")):
        return InputError(f"{path.name} is {what.words}, not a model. {_WANTED}")
    return InputError(f"{path.name} is not a model that this program knows. {_WANTED}")
