"""The text of a table, whatever it is packed in and however its characters are written: blocks of whole lines."""

import bz2
import codecs
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from app.core.datasets.files.encodings import encoding_in_words, guessed_encoding
from app.core.datasets.tables.records import dense_blocks, json_lines
from app.core.errors import InputError, translate_errors
from app.core.zip_files import open_zip

BLOCK_BYTES = 4 * 1024 * 1024
LONGEST_LINE = 4 * 1024 * 1024
"""Room for a colour picture of 256 x 256 pixels, each with 20 characters."""
MAX_TEXT = 16 << 30
"""As much as a million pictures take with 20 characters for a pixel; a packed file can hold more than it shows."""

MOST_LINES = 4_000_000
"""Four for each of a million pictures; a line of nothing takes sixty bytes of memory, and none in a packed file."""

_PACKED: dict[bytes, Callable[[Path, str], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"\xfd7zXZ\x00": lzma.open,
    b"BZh": bz2.open,
}
JSON_SUFFIXES = (".json", ".jsonl", ".ndjson")
_PACKINGS = (".gz", ".xz", ".bz2", ".zip")
_COPY = re.compile(r"( ?\(\d+\)| - copy)+$")  # as browsers and Windows call it, behind the ending
_ZIP = b"PK\x03\x04"
_NO_TABLES = {
    b"<!doc": "a web page",
    b"<html": "a web page",
    b"%pdf": "a PDF",
    b"version https://git-lfs": "a pointer to a file that was not downloaded (Git LFS)",
    b"par1": "a Parquet file; save it as CSV or npz (in Python: pandas.read_parquet(...).to_csv(...))",
    b"\xd0\xcf\x11\xe0": "a spreadsheet; save it as CSV",
    b"\x89hdf": "an HDF5 file; save its arrays as npz",
    b"matlab 5.0": "a MATLAB file; save its arrays as CSV or npz (in Python: scipy.io.loadmat and numpy.savez)",
}
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def line_blocks(path: Path, size: int | None = None) -> Iterator[bytes]:
    r"""Yield the text of `path` in blocks of whole lines, each ending with \n, of about `size` bytes.

    gzip, xz, bzip2 and a zip with one file are told by their content, and unpacked. UTF-16 becomes UTF-8; what else
    there is stays as it is, without a byte order mark. JSON and sparse ARFF become the rows that they stand for.

    Raises InputError (no text, damaged, or too much of it) and OSError (the file cannot be read).
    """
    size = size or BLOCK_BYTES
    ending = ending_of(path.name)
    if ending in JSON_SUFFIXES:
        yield from _json_blocks(path, size)
    else:
        yield from dense_blocks(_text_blocks(path, size)) if ending == ".arff" else _rows_of(_text_blocks(path, size))


def ending_of(name: str) -> str:
    """How a name ends in lower case, below what packs it and without what browsers and Windows add to a copy."""
    path = Path(_COPY.sub("", name.lower()))
    return Path(path.stem).suffix if path.suffix in _PACKINGS else path.suffix


def _json_blocks(path: Path, size: int) -> Iterator[bytes]:
    with _opened(path) as file:
        head = file.read(4096)
        _check_is_table(head, path.name)
        encoding = _wide_encoding(head) or "utf-8-sig"
    with _opened(path) as file:
        text, lines, count = io.TextIOWrapper(file, encoding, errors="replace"), list[bytes](), 0
        for line in json_lines(text, path.name):
            lines.append(line.encode(errors="replace"))
            count += len(lines[-1])
            if count > size:
                yield b"".join(lines)
                lines, count = [], 0
        if lines:
            yield b"".join(lines)


_OPENED = re.compile(rb'(?:^|[,;\t|])\s*"[^"]*$')
_CLOSED = re.compile(rb'^[^"]*"\s*(?:[,;\t|]|$)')
_MOST_JOINED = 2_000


def _rows_of(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Blocks in which no cell in quotes goes over lines: they are joined, and leave empty lines behind.

    Lines keep their numbers, as those are told.
    """
    rest = b""
    for block in blocks:
        text, rest = rest + block, b""
        if b'"' not in text:
            yield text
            continue
        lines, done = text.split(b"\n")[:-1], list[bytes]()
        at = 0
        while at < len(lines):
            end = _end_of_row(lines, at)
            if end is None and len(lines) - at <= _MOST_JOINED:
                rest = b"\n".join(lines[at:]) + b"\n"  # it may be closed in the next block
                break
            end = at if end is None else end
            done += [b" ".join(lines[at : end + 1]), *[b""] * (end - at)]
            at = end + 1
        if done:
            yield b"\n".join(done) + b"\n"
    if rest:
        yield rest


def _end_of_row(lines: Sequence[bytes], at: int) -> int | None:
    """The line in which a row ends that begins at `at`; None if a cell in it stays open."""
    if lines[at].count(b'"') % 2 == 0 or not _OPENED.search(lines[at]):
        return at
    for end in range(at + 1, min(len(lines), at + _MOST_JOINED)):
        if lines[end].count(b'"') % 2:
            return end if _CLOSED.match(lines[end]) else at
    return None


def _text_blocks(path: Path, size: int) -> Iterator[bytes]:
    with _opened(path) as file:
        head = file.read(size)
        _check_is_table(head, path.name)
        encoding = _wide_encoding(head) or _old_encoding(head)
        errors = "strict" if encoding.startswith("utf") else "replace"
        decoder = codecs.getincrementaldecoder(encoding)(errors) if encoding else None
        rest, total, lines = b"", 0, 0
        while head:
            text = decoder.decode(head).encode() if decoder else head
            if not total:
                text = text.removeprefix(codecs.BOM_UTF8)
            total += len(text)
            if total > MAX_TEXT:
                raise InputError(f"{path.name} holds more than {MAX_TEXT >> 30} GB of text; use a smaller data set.")
            if b"\0" in text:
                raise InputError(f"{path.name} is not a table: it holds bytes that are no text.")
            text = rest + text
            if b"\r" in text:
                text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            lines += text.count(b"\n")
            if lines > MOST_LINES:
                raise InputError(f"{path.name} has more than {MOST_LINES:,} lines; use a smaller data set.")
            end = text.rfind(b"\n") + 1
            if len(text) - end > LONGEST_LINE:
                raise InputError(f"{path.name} is not a table: a line is longer than {LONGEST_LINE >> 20} MB.")
            if end:
                yield text[:end]
            rest = text[end:]
            head = file.read(size)
        if rest:
            yield rest + b"\n"


def encoding_of(path: Path) -> str:
    """What people should know of how the characters are written; empty for plain UTF-8, or where a guess may be.

    Raises InputError (damaged) and OSError (the file cannot be read).
    """
    with _opened(path) as file:
        head = file.read(4096)
    if head.startswith(codecs.BOM_UTF8):
        return "UTF-8 with a byte order mark"
    return "UTF-16" if _wide_encoding(head) else ""


def guessed_encoding_of(path: Path) -> str:
    """What the characters were taken for, in words, where they are no UTF-8; else empty. Errors as `encoding_of`."""
    with _opened(path) as file:
        head = file.read(BLOCK_BYTES)
    found = "" if _wide_encoding(head) else _old_encoding(head)
    return encoding_in_words(found) if found else ""


def decoded(text: bytes) -> str:
    """As UTF-8 where it is, else as what Western Windows writes; no byte is refused."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("cp1252", errors="replace")


def _old_encoding(head: bytes) -> str:
    """In which of the old encodings it is; empty for UTF-8, which may be cut in the middle of a letter."""
    try:
        head[: head.rfind(b"\n") + 1 or len(head)].decode()
    except UnicodeDecodeError:
        return guessed_encoding(head)
    return ""


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    damaged = (EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError, zipfile.BadZipFile, UnicodeDecodeError)
    with translate_errors(damaged, lambda _: InputError(_damaged(path))):
        with path.open("rb") as plain:
            head = plain.read(8)
        if head.startswith(_ZIP):
            with open_zip(path) as archive, _member(archive, path) as file:
                yield file
            return
        opener = next((opener for magic, opener in _PACKED.items() if head.startswith(magic)), None)
        with opener(path, "rb") if opener else path.open("rb") as file:
            yield file


def _damaged(path: Path) -> str:
    kind = {".gz": "gzip file", ".zip": "zip file", ".xz": "xz file", ".bz2": "bzip2 file"}
    return f"{path.name} is a damaged {kind.get(path.suffix.lower(), 'file')}; get it again."


def _member(archive: zipfile.ZipFile, path: Path) -> BinaryIO:
    """The one file in an archive; what systems hide in it does not count."""
    names = [name for name in archive.namelist() if not name.endswith("/") and "__MACOSX" not in name]
    if any(name.startswith("xl/") for name in names):
        raise InputError(f"{path.name} is a spreadsheet; save it as CSV.")
    if len(names) != 1:
        raise InputError(f"{path.name} holds {len(names)} files; unpack it, and choose one of them.")
    if archive.getinfo(names[0]).flag_bits & 1:
        raise InputError(f"{path.name} is locked with a password; unpack it first.")
    return cast(BinaryIO, archive.open(names[0]))


def _check_is_table(head: bytes, name: str) -> None:
    if not head:
        raise InputError(f"{name} is empty.")
    start = head.lstrip()[:64].lower()
    what = next((said for magic, said in _NO_TABLES.items() if start.startswith(magic)), None)
    if what is not None:
        raise InputError(f"{name} is {what}{'' if ';' in what else '; get the table itself'}.")


def _wide_encoding(head: bytes) -> str:
    """UTF-16, by its mark or by zeros in every second byte; empty for what is written in single bytes."""
    if head[:2] in _UTF16:
        return "utf-16"
    sample = head[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) <= len(sample) // 4:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"
