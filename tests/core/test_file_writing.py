"""Files that are there whole or not at all, and what becomes of those that a killed process was writing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.errors import StudioError
from app.core.file_writing import put_in_place, tidy_up, unfinished, working_folder, write_whole, written_beside

_KILLED = """
import os, sys
from pathlib import Path
from app.core.file_writing import put_in_place, unfinished
home, elsewhere = map(Path, sys.argv[1:])
for folder in (home / "models", elsewhere):
    new = unfinished(folder).__enter__()
    new.mkdir()
    (new / "half").write_text("half")
Path.replace = lambda *_: os.kill(os.getpid(), 9)  # as the older set has stepped aside
put_in_place(new, elsewhere / "set", replace=True)
"""

_DIES_UNPACKING = """
import os
from app.core.file_writing import working_folder
ours = working_folder()
ours.__enter__()
os.kill(os.getpid(), 9)
"""


def killed(home: Path, elsewhere: Path) -> None:
    """Let a process begin a model, an export and the replacement of a set, and be killed in the middle of all."""
    for folder in (home / "models", elsewhere / "set"):
        folder.mkdir(parents=True)
    (elsewhere / "set" / "kept").write_text("kept")
    assert subprocess.run([sys.executable, "-c", _KILLED, home, elsewhere], check=False).returncode == -9


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_a_killed_process_was_writing_is_removed_wherever_it_lies(home: Path, tmp_path: Path) -> None:
    killed(home, tmp_path / "elsewhere")
    assert len(left(home / "models")) == 1
    assert len(left(tmp_path / "elsewhere")) == 2
    tidy_up()
    assert left(home / "models") == []
    assert left(tmp_path / "elsewhere") == ["set"], "the older set is back"
    assert left(tmp_path / "elsewhere" / "set") == ["kept"]
    assert left(home / "writing") == []


def test_a_working_folder_is_private_and_does_not_survive_its_program(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    for folder in (home, temporary):
        folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with working_folder() as ours:
        assert ours.stat().st_mode & 0o077 == 0
        subprocess.run(
            [sys.executable, "-c", _DIES_UNPACKING], check=False, env={**os.environ, "TMPDIR": str(temporary)}
        )
        assert len(left(temporary)) == 2
        tidy_up()
        assert left(temporary) == [ours.name]
    assert left(temporary) == []


def test_where_no_working_folder_can_be_made(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(StudioError, match="No temporary folder can be made"), working_folder():
        pass


def test_whoever_writes_next_tidies_up_first(home: Path, tmp_path: Path) -> None:
    killed(home, tmp_path / "elsewhere")
    write_whole(tmp_path / "file", b"content")
    assert left(home / "models") == []


def test_what_a_living_process_writes_stays(home: Path) -> None:
    home.mkdir()
    with unfinished(home) as new:
        new.write_bytes(b"half")
        subprocess.run([sys.executable, "-c", "from app.core import file_writing as f; f.tidy_up()"], check=True)
        assert new.read_bytes() == b"half"
    assert left(home) == ["writing"]


def test_what_nobody_claims_is_removed_after_a_day(home: Path) -> None:
    fresh, stale, set_aside = (home / "models" / ".new-aaaaaaaa", home / "models" / ".new-bbbbbbbb", home / "data")
    set_aside /= ".mnist-00000000.old.part"
    for folder in (fresh, stale, set_aside):
        folder.mkdir(parents=True)
        (folder / "content").touch()
    for folder in (stale, set_aside):
        os.utime(folder, (1e9, 1e9))
    tidy_up()
    assert left(home / "models") == [".new-aaaaaaaa"]
    assert left(home / "data") == ["mnist"], "a set that an older version was replacing is back"


def test_a_full_folder_is_replaced_only_if_it_may_be(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "old").touch()
    with pytest.raises(OSError, match="not empty"), written_beside(target) as new:
        new.mkdir()
    assert left(target) == ["old"]
    with unfinished(tmp_path) as new:
        new.mkdir()
        (new / "new").touch()
        put_in_place(new, target, replace=True)
    assert left(target) == ["new"]
    assert left(tmp_path) == ["target"]


def test_where_nothing_can_be_noted_files_are_written_all_the_same(home: Path, tmp_path: Path) -> None:
    home.write_text("a file where the folder should be")
    write_whole(tmp_path / "file", b"content")
    assert left(tmp_path) == ["file", "home"]
