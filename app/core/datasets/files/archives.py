"""Archives, looked into safely: unpacked into a private folder that is gone afterwards.

Nothing is believed that an archive says of itself: names must stay inside, links and devices are not made, and sizes
are limited as announced and as they come.
"""

import errno
import gzip
import io
import lzma
import os
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO

from app.core.datasets.content import Progress
from app.core.datasets.files.encodings import encoding_of_zip
from app.core.datasets.files.hdf5 import unpack_hdf5
from app.core.datasets.files.kinds import (
    ARCHIVE_ENDINGS,
    HDF5_START,
    HEAD_BYTES,
    FileKind,
    first_bytes,
    is_packed,
    is_system_file,
    kind_of_file,
    open_regular,
    open_unpacked,
)
from app.core.datasets.files.listing import MOST_FILES, Folder, LeftOutFiles, list_folder, readable
from app.core.errors import InputError, StudioError
from app.core.file_descriptions import describe_file
from app.core.file_writing import working_folder
from app.core.zip_files import TooManyMembersError, open_zip

MOST_BYTES = 8 * 1024**3
"""So much may come out of an archive, and of those in it: photographs of a large data set."""
USUAL_BYTES, MOST_TIMES = 256 * 1024**2, 200
"""More than the first only of what is not made to fill a drive: at most so many times what was packed."""

_BLOCK = 1024 * 1024
_LONGEST_NAME = 4_096
_IS_UTF8 = 0x800
"""The bit of a ZIP entry's flags."""
_LARGEST_READ = 16 * 1024 * 1024
_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    gzip.BadGzipFile,
    EOFError,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,
    ValueError,
    OverflowError,
    IndexError,
    struct.error,
)


@contextmanager
def unpacked(path: Path, left_out: LeftOutFiles, progress: Progress) -> Iterator[Path]:
    """Unpack an archive (zip, tar, HDF5, or one file packed with gzip, bzip2 or xz) into a folder for the block.

    Archives in it are unpacked, too, each into a folder called like it; those in them are not.

    Raises InputError (damaged, locked, unsafe, or too much in it) and StudioError (the disk is full).
    """
    with working_folder() as target:
        budget = _Budget(progress, path.stat().st_size)
        _unpack(path, target, path.name, budget, left_out)
        _unpack_inner(list_folder(target, LeftOutFiles()), budget, left_out)
        yield target


@contextmanager
def unpacked_all(folder: Folder, left_out: LeftOutFiles, progress: Progress) -> Iterator[Path]:
    """As `unpacked`, for all archives directly in `folder`: each becomes a folder called like it."""
    with working_folder() as target:
        archives = {name for name in folder.files if kind_of_file(folder.at(name)) is FileKind.ARCHIVE}
        budget = _Budget(progress, sum(Path(folder.at(name)).stat().st_size for name in archives))
        for name in folder.files:
            if name in archives:
                _unpack(Path(folder.at(name)), target / _stem(name), folder.shown(name), budget, left_out)
            else:
                left_out.add(folder.shown(name), "It lies beside the archive that was read.")
        _unpack_inner(list_folder(target, LeftOutFiles()), budget, left_out)
        yield target


def _unpack_inner(folder: Folder, budget: "_Budget", left_out: LeftOutFiles) -> None:
    """Unpack the archives in an unpacked folder, and remove them. A damaged one among others is left out."""
    found = [(inner, name) for inner in folder.walk() for name in inner.files if name.lower().endswith(ARCHIVE_ENDINGS)]
    is_alone = sum(len(inner.files) for inner in folder.walk()) == 1
    for inner, name in found:
        archive = Path(inner.at(name))
        try:
            _unpack(archive, Path(inner.at(_stem(name))), inner.shown(name), budget, left_out)
        except InputError as error:
            if budget.is_spent or is_alone:
                raise
            left_out.add(inner.shown(name), str(error))
        archive.unlink()


class _Budget:
    """How much may still be unpacked, of what is announced and of what comes, in archives and those in them together.

    `packed` is the size of the archives in bytes.
    """

    def __init__(self, progress: Progress, packed: int) -> None:
        self.files, self.announced, self.bytes, self._progress = 0, 0, 0, progress
        self.most = min(MOST_BYTES, max(USUAL_BYTES, MOST_TIMES * packed))
        self.is_spent = False

    def announce(self, size: int, source: str, done: int, total: int) -> None:
        """Take one file that says it has `size` bytes into account; so much of the archive is done."""
        self.files += 1
        self.announced += size
        if self.files > MOST_FILES:
            self._refuse(f"{source} holds more than {MOST_FILES:,} files; unpack it, and import a part of it.")
        if self.announced > self.most:
            self._refuse_size(source)
        self._progress(done, total)

    def check(self) -> None:
        """Tell whoever waits that the work goes on; it may end it."""
        self._progress(0, 1)

    def take(self, size: int, source: str) -> None:
        """Take so many bytes that came out of `source` into account."""
        self.bytes += size
        if self.bytes > self.most:
            self._refuse_size(source)

    def _refuse_size(self, source: str) -> None:
        size = f"{self.most >> 30} GB" if self.most == MOST_BYTES else f"{self.most >> 20} MB"
        self._refuse(f"{source} unpacks to more than {size}; unpack it, and import a part of it.")

    def _refuse(self, sentence: str) -> None:
        self.is_spent = True
        raise InputError(sentence)


def _unpack(path: Path, target: Path, source: str, budget: _Budget, left_out: LeftOutFiles) -> None:
    try:
        target.mkdir(exist_ok=True)
        with open_regular(str(path)) as file:
            head = file.read(HEAD_BYTES)
        if head.startswith(HDF5_START):
            size = unpack_hdf5(path, target, source, budget.most - budget.bytes, budget.check)
            budget.take(size, source)
        elif head[:2] == b"PK":
            _unpack_zip(path, target, source, budget, left_out)
        elif _is_tar(path):
            _unpack_tar(path, target, source, budget, left_out)
        elif is_packed(head):
            _unpack_single(path, target, source, budget)
        else:
            what = describe_file(head)
            raise InputError(f"{source} is {what.words if what else 'damaged'}, not an archive; get it again.")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StudioError(
                f"The disk with {tempfile.gettempdir()} is full; free some space, or unpack {source} elsewhere."
            ) from error
        raise InputError(f"{source} is damaged and cannot be unpacked; get it again.") from error
    except TooManyMembersError:
        raise InputError(f"{source} holds too many files; unpack it, and import a part of it.") from None
    except _DAMAGED as error:
        raise InputError(f"{source} is damaged and cannot be unpacked; get it again.") from error


def _unpack_zip(path: Path, target: Path, source: str, budget: _Budget, left_out: LeftOutFiles) -> None:
    with open_regular(str(path)) as file, open_zip(file) as archive:
        members = archive.infolist()
        names = _names(members)
        for number, info in enumerate(members):
            inside = _inside(names[number], source)
            if info.is_dir() or inside is None:
                continue
            if info.flag_bits & 1:
                raise InputError(f"{source} is locked with a password; unpack it first, and import the folder.")
            mode = info.external_attr >> 16
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                left_out.add(f"{source}/{inside}", "It is a link or a device, which is not unpacked.")
                continue
            budget.announce(info.file_size, source, number, len(members))
            with archive.open(info) as content:
                _write(content.read, target / inside, source, budget, info.file_size)


def _names(members: Sequence[zipfile.ZipInfo]) -> list[str]:
    """What the members are called: without a mark for UTF-8, Python takes names for those of American DOS."""
    names = [info.filename for info in members]
    unmarked = [number for number, info in enumerate(members) if not info.flag_bits & _IS_UTF8]
    with suppress(UnicodeError):
        written = [names[number].encode("cp437") for number in unmarked]
        encoding = encoding_of_zip(written)
        for number, name in zip(unmarked, written, strict=True):
            names[number] = name.decode(encoding, errors="replace")
    return names


class _Reader(io.BufferedIOBase):
    """Reads an unpacked stream for `tarfile`, which would read what a header claims in one piece."""

    def __init__(self, file: IO[bytes], source: str) -> None:
        self._file, self._source = file, source

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or not 0 <= size <= _LARGEST_READ:
            raise InputError(f"{self._source} is damaged and cannot be unpacked; get it again.")
        return self._file.read(size)

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)


def _is_tar(path: Path) -> bool:
    head = first_bytes(str(path))
    return head[257:262] == b"ustar" or (len(head) == 512 and ".tar" in path.name.lower() and _has_tar_sum(head))


def _has_tar_sum(head: bytes) -> bool:
    """Tell whether the first block of an old tar file carries its checksum."""
    try:
        return int(head[148:156].strip(b" \x00"), 8) == sum(head) - sum(head[148:156]) + 8 * 32
    except ValueError:
        return False


def _unpack_tar(path: Path, target: Path, source: str, budget: _Budget, left_out: LeftOutFiles) -> None:
    size = path.stat().st_size
    with (
        open_regular(str(path)) as packed,
        open_unpacked(packed) as file,
        tarfile.open(fileobj=_Reader(file, source), mode="r:", errorlevel=1) as archive,
    ):
        for member in archive:
            inside = _inside(member.name, source)
            archive.members = []  # type: ignore[attr-defined]  # or each of a million stays in memory
            if member.isdir() or inside is None:
                continue
            if not member.isreg() or member.issparse():
                left_out.add(f"{source}/{inside}", "It is a link or a device, which is not unpacked.")
                continue
            budget.announce(member.size, source, min(packed.tell(), size), size)
            content = archive.extractfile(member)
            if content is not None:
                with content:
                    _write(content.read, target / inside, source, budget, member.size)


def _unpack_single(path: Path, target: Path, source: str, budget: _Budget) -> None:
    """One packed file: its content, under its name without the ending."""
    name = path.stem if path.suffix.lower() in (".gz", ".bz2", ".xz") else path.name
    with open_regular(str(path)) as packed, open_unpacked(packed) as content:
        budget.announce(0, source, 0, 1)
        _write(content.read, target / name, source, budget, None)


def _inside(name: str, source: str) -> PurePosixPath | None:
    """Where a member belongs in the folder; None for what systems leave behind. Raises InputError (outside it)."""
    plain = PurePosixPath(name.replace("\\", "/"))
    is_drive = len(name) > 1 and name[1] == ":"
    if plain.is_absolute() or is_drive or ".." in plain.parts or "\x00" in name or len(name) > _LONGEST_NAME:
        raise InputError(
            f"{source} is not safe to unpack: a file in it ({readable(name)[:80]}) would lie outside its folder."
        )
    return None if not plain.parts or any(is_system_file(part) for part in plain.parts) else plain


def _write(read: Callable[[int], bytes], path: Path, source: str, budget: _Budget, announced: int | None) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("xb")
    except (FileExistsError, NotADirectoryError):
        return  # the same name twice, or a file that is a folder, too: the first one stays
    came = 0
    with file:
        while block := read(_BLOCK):
            came += len(block)
            if announced is not None and came > announced:
                raise InputError(f"{source} is damaged: a file in it is larger than announced; get it again.")
            budget.take(len(block), source)
            file.write(block)


def _stem(name: str) -> str:
    """The name of the folder that an archive becomes: without its endings."""
    stem = os.path.splitext(name)[0]  # noqa: PTH122
    return stem[:-4] if stem.lower().endswith(".tar") else stem or name
