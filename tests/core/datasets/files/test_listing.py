import os
import sys
from pathlib import Path

import pytest

from app.core.datasets.files import listing
from app.core.datasets.files.listing import LeftOutFiles, list_folder
from app.core.errors import InputError


def _touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_all_files_in_order_and_nothing_that_systems_leave_behind(tmp_path: Path) -> None:
    _touch(tmp_path, "b", "a", "in/c", "in/deep/d")
    _touch(tmp_path, ".DS_Store", "in/Thumbs.db", "desktop.ini", "__MACOSX/in/._c", ".git/config")
    left_out = LeftOutFiles()
    found = [folder.shown(name) for folder in list_folder(tmp_path, left_out).walk() for name in folder.files]
    assert found == ["a", "b", "in/c", "in/deep/d"]
    assert not left_out.count


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of Unix")
def test_what_is_no_file_is_left_out_and_never_opened(tmp_path: Path) -> None:
    _touch(tmp_path, "in/file")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    (tmp_path / "in" / "round").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "link").symlink_to(tmp_path / "in" / "file")
    left_out = LeftOutFiles()
    folder = list_folder(tmp_path, left_out)
    assert folder.files == ("link",)
    assert {one.source: one.why for one in left_out.listed} == {
        "pipe": "It is no file, but a device or a pipe.",
        "nowhere": "It is a link that leads nowhere.",
        "self": "It is a link that leads nowhere.",
        "in/round": "It is a link to a folder that it lies in.",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="links of Unix")
def test_folders_that_link_to_each_other_are_looked_through_a_few_times(tmp_path: Path) -> None:
    for number in range(8):
        _touch(tmp_path, f"{number}/file")
        for other in range(8):
            (tmp_path / f"{number}" / f"to{other}").symlink_to(tmp_path / f"{other}")
    visits: list[int] = []
    folder = list_folder(tmp_path, LeftOutFiles(), lambda *_: visits.append(1))
    assert len(visits) <= 1 + 8 + 8, "each once as itself and once through a link"
    assert {inner.steps for inner in folder.walk()} >= {(f"{number}",) for number in range(8)}


def test_whoever_waits_may_end_it(tmp_path: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list_folder(tmp_path, LeftOutFiles(), stop)


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _touch(tmp_path, "a", "b", "c")
    monkeypatch.setattr(listing, "MOST_FILES", 2)
    with pytest.raises(InputError, match="more than 2 files"):
        list_folder(tmp_path, LeftOutFiles())


def test_the_list_of_what_is_left_out_has_an_end_but_the_count_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_LISTED", 2)
    left_out = LeftOutFiles()
    for number in range(5):
        left_out.add(f"{number}", "why")
    assert (len(left_out.listed), left_out.count) == (2, 5)


def test_names_are_text_that_can_be_shown() -> None:
    assert listing.readable(os.fsdecode(b"a\xff")) == "a\\xff"
    assert listing.readable("e\u0301") == "\u00e9"
