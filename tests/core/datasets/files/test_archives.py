"""Archives from strangers: what is in them comes out, and nothing else happens."""

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from app.core.datasets.content import no_progress
from app.core.datasets.files import archives
from app.core.datasets.files.archives import unpacked
from app.core.datasets.files.listing import LeftOutFiles
from app.core.errors import InputError

Files = Mapping[str, bytes]
FILES = {"set/a": b"first", "set/in/b": b"second"}


def zipped(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files: Files) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where archives are unpacked; it must be empty at the end of each test."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def unpack(tmp_path: Path, content: bytes, name: str = "data.zip") -> tuple[Files, LeftOutFiles]:
    """What came out, by name, and what did not."""
    (tmp_path / name).write_bytes(content)
    left_out = LeftOutFiles()
    with unpacked(tmp_path / name, left_out, no_progress) as folder:
        assert folder.stat().st_mode & 0o077 == 0 or os.name == "nt"
        found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert not list((tmp_path / "temporary").iterdir())
    return found, left_out


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("data.zip", zipped),
        ("Archive (4).ZIP", zipped),
        ("data.tar", tarred),
        ("data.tgz", lambda files: gzip.compress(tarred(files))),
        ("data.tar.bz2", lambda files: bz2.compress(tarred(files))),
        ("data.tar.xz", lambda files: lzma.compress(tarred(files))),
        ("download", lambda files: gzip.compress(tarred(files))),
    ],
)
def test_all_kinds(tmp_path: Path, name: str, pack: Callable[[Files], bytes]) -> None:
    litter = {"__MACOSX/set/._a": b"?", "set/.DS_Store": b"?", "set/Thumbs.db": b"?"}
    found, left_out = unpack(tmp_path, pack({**FILES, **litter}), name)
    assert found == FILES
    assert not left_out.count


def test_one_packed_file(tmp_path: Path) -> None:
    assert unpack(tmp_path, gzip.compress(b"table"), "numbers.csv.gz")[0] == {"numbers.csv": b"table"}


def test_archives_in_an_archive_become_folders_but_those_in_them_do_not(tmp_path: Path) -> None:
    inner = zipped({"c": b"third", "deeper.zip": zipped(FILES)})
    found, _ = unpack(tmp_path, zipped({"train.zip": inner, "test.tar.gz": gzip.compress(tarred(FILES))}))
    assert found == {
        "train/c": b"third",
        "train/deeper.zip": zipped(FILES),
        "test/set/a": b"first",
        "test/set/in/b": b"second",
    }


@pytest.mark.parametrize("name", ["../out", "set/../../out", "/out", "C:/out", "C:out", "..\\out", "\\\\host\\out"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_nothing_is_written_outside(tmp_path: Path, name: str, pack: Callable[[Files], bytes]) -> None:
    with pytest.raises(InputError, match="not safe to unpack"):
        unpack(tmp_path, pack({"a": b"", name: b"gotcha"}))
    assert not list((tmp_path / "temporary").iterdir())


def test_links_and_devices_are_not_made(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind in (("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("pipe", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        archive.addfile(tarfile.TarInfo("file"))
    found, left_out = unpack(tmp_path, buffer.getvalue(), "a.tar")
    assert found == {"file": b""}
    assert [one.source for one in left_out.listed] == ["a.tar/link", "a.tar/hard", "a.tar/pipe"]

    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive_zip:
        archive_zip.writestr(link, "/etc/passwd")
    found, left_out = unpack(tmp_path, buffer.getvalue())
    assert (dict(found), left_out.count) == ({}, 1)


@pytest.mark.parametrize("pack", [zipped, tarred, lambda files: gzip.compress(tarred(files))])
def test_too_much_is_refused_before_it_fills_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[Files], bytes]
) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 100_000)
    with pytest.raises(InputError, match="unpacks to more than"):
        unpack(tmp_path, pack({"a": bytes(60_000), "b": bytes(60_000)}), "bomb")
    monkeypatch.setattr(archives, "MOST_FILES", 1)
    with pytest.raises(InputError, match="more than 1 files"):
        unpack(tmp_path, pack(FILES), "many")


def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 1_000_000)
    with pytest.raises(InputError, match="unpacks to more than"):
        unpack(tmp_path, gzip.compress(bytes(5_000_000)), "a.gz")
    bomb = zipped({"zeros": bytes(900_000)})
    with pytest.raises(InputError, match="unpacks to more than"):
        unpack(tmp_path, zipped({"1.zip": bomb, "2.zip": bomb}), "outer.zip")


def test_what_is_packed_twice_is_counted_over_all_levels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "USUAL_BYTES", 1_000_000)
    bomb = zipped({"zeros": bytes(900_000)})  # each of them would do
    outer = zipped({f"{number}.zip": bomb for number in range(8)})
    with pytest.raises(InputError, match="unpacks to more than"):
        unpack(tmp_path, outer, "outer.zip")
    packed = zipped({"few": os.urandom(20_000), "zeros": bytes(1_500_000)})  # packs well, as tables do
    found, _ = unpack(tmp_path, zipped({"table.zip": packed}), "outer.zip")
    assert len(found["table/zeros"]) == 1_500_000


def test_a_file_that_is_larger_than_announced(tmp_path: Path) -> None:
    content = bytearray(zipped({"a": bytes(100_000)}))
    place = content.rindex(b"PK\x01\x02") + 24
    content[place : place + 4] = struct.pack("<I", 10)  # what the directory says
    with pytest.raises(InputError, match="damaged"):
        unpack(tmp_path, bytes(content))


def test_a_tar_whose_header_asks_for_gigabytes_of_memory(tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 5 * 1024**3
    with pytest.raises(InputError, match="damaged"):
        unpack(tmp_path, info.tobuf(tarfile.USTAR_FORMAT) + bytes(10_000), "a.tar")


def test_damaged_and_locked(tmp_path: Path) -> None:
    for content in (b"PK\x03\x04nonsense", zipped(FILES)[:-30], gzip.compress(tarred(FILES))[:60], b"\x1f\x8bnonsense"):
        with pytest.raises(InputError, match=r"data\.zip is damaged and cannot be unpacked"):
            unpack(tmp_path, content)
    locked = bytearray(zipped({"a": b"secret"}))
    locked[6] |= 1
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InputError, match="locked with a password"):
        unpack(tmp_path, bytes(locked))


def test_stopping_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    (tmp_path / "a.zip").write_bytes(zipped(FILES))
    with pytest.raises(KeyboardInterrupt), unpacked(tmp_path / "a.zip", LeftOutFiles(), stop):
        pass
    assert not list((tmp_path / "temporary").iterdir())


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp437", "Fünf zwölf"),
        ("cp850", "três não dezoito"),
        ("cp866", "ноль один два три"),
        ("cp932", "零 一 二 三 四 五 六 七 八 九"),
        ("cp932", "シャツ ズボン セーター ドレス コート サンダル スニーカー バッグ ブーツ 表"),
        ("gbk", "衬衫 裤子 套头衫 连衣裙 外套 凉鞋 运动鞋 包 靴子"),
        ("cp949", "셔츠 바지 스웨터 드레스 코트 샌들 운동화 가방 부츠"),
        ("utf-8", "シャツ café ноль"),
    ],
)
def test_names_that_do_not_say_how_they_are_written(tmp_path: Path, encoding: str, names: str) -> None:
    content = zipped({f"{'x' * len(name.encode(encoding))}{number}": b"7" for number, name in enumerate(names.split())})
    for number, name in enumerate(names.split()):
        raw = name.encode(encoding)
        content = content.replace(f"{'x' * len(raw)}{number}".encode(), raw + str(number).encode())
    found, _ = unpack(tmp_path, content)
    assert set(found) == {f"{name}{number}" for number, name in enumerate(names.split())}
