import bz2
import contextlib
import gzip
import hashlib
import lzma
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.core.datasets.idx import idx_sha256, parse_idx, read_idx, write_idx
from app.core.errors import InputError

IMAGES = np.arange(3 * 28 * 28, dtype=np.uint32).astype(np.uint8).reshape(3, 28, 28)
# By hand, from the format's description: not from the code under test.
PLAIN = bytes([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 28, 0, 0, 0, 28]) + IMAGES.tobytes()


@pytest.mark.parametrize("data", [PLAIN, gzip.compress(PLAIN, mtime=0)], ids=["plain", "gzip"])
def test_reads_plain_and_packed_files_whatever_they_are_called(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "any-name").write_bytes(data)
    np.testing.assert_array_equal(read_idx(tmp_path / "any-name"), IMAGES)


def test_what_is_written_is_the_published_format(tmp_path: Path) -> None:
    write_idx(tmp_path / "images", IMAGES)
    assert (tmp_path / "images").read_bytes() == PLAIN
    assert idx_sha256(IMAGES) == hashlib.sha256(PLAIN).hexdigest()


def test_hash_does_not_depend_on_the_layout_in_memory() -> None:
    assert idx_sha256(np.asfortranarray(IMAGES)) == idx_sha256(IMAGES)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not an IDX file"),
        (b"\x89PNG\r\n\x1a\n", "not an IDX file"),
        (PLAIN[:2] + b"\x0d" + PLAIN[3:], "holds >f4 values"),
        (PLAIN[:2] + b"\x0a" + PLAIN[3:], "not an IDX file"),  # no type has this number
        (PLAIN[:10], "not an IDX file"),
        (PLAIN[:-1], "truncated or damaged"),
        (PLAIN + b"x", "truncated or damaged"),
        (gzip.compress(PLAIN, mtime=0)[:-100], "truncated or damaged"),
        (gzip.compress(PLAIN, mtime=0)[:-1], "truncated or damaged"),
        (gzip.compress(PLAIN[:-1], mtime=0), "truncated or damaged"),
        (gzip.compress(PLAIN + b"x" * 100_000, mtime=0), "truncated or damaged"),
        (gzip.compress(PLAIN, mtime=0)[:-8] + bytes(8), "damaged gzip"),  # wrong checksum
        (b"\x1f\x8bnonsense", "damaged gzip"),
        (bytes([0, 0, 8, 3]) + struct.pack(">3I", 2**31, 28, 28), "more than 800 MB"),
    ],
)
def test_unusable_content_is_one_sentence(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_idx(data, "images")


@pytest.mark.parametrize("length", range(1, 12))
def test_packed_files_that_end_early_are_told(tmp_path: Path, length: int) -> None:
    path = tmp_path / "labels.gz"
    path.write_bytes(gzip.compress(b"\0\0\x08\x01\0\0\0\x01\x05")[:length])
    with pytest.raises(InputError):
        read_idx(path)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_files_that_are_damaged_are_told(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "labels.gz"
    content = bytearray(pack(b"\0\0\x08\x01\0\0\0\x01\x05"))
    for place in range(len(content)):
        content[place] ^= 0x55
        path.write_bytes(content)
        content[place] ^= 0x55
        with contextlib.suppress(InputError):
            read_idx(path)
