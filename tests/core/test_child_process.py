"""A process of its own: its answer, its refusals, and what becomes of one that goes beyond its limits."""

import os
import sys
import time
from pathlib import Path

import pytest

from app.core import child_process
from app.core.child_process import Answer, ChildDiedError, Limits, run_in_child
from app.core.errors import InputError, StudioError

SMALL = Limits(memory_mib=1024)


def answer(word: str) -> Answer:
    return {"word": word}, (b"one", b"")


def refuse() -> Answer:
    raise InputError("No.")


def fail() -> Answer:
    raise KeyError("bug")


def crash() -> Answer:
    os.abort()


def never_end() -> Answer:
    while True:
        time.sleep(1)


def count_for_ever() -> Answer:
    while True:
        pass


def take_memory() -> Answer:
    return {"length": len(bytearray(4 * 2**30))}, ()


def write(path: Path) -> Answer:
    path.write_bytes(b"x" * 1000)
    return {}, ()


def test_facts_and_bytes_come_back() -> None:
    assert run_in_child(answer, "yes", what="It") == ({"word": "yes"}, [b"one", b""])


def test_a_refusal_is_the_same_refusal_here() -> None:
    with pytest.raises(InputError, match=r"^No\.$"):
        run_in_child(refuse, what="It")


def test_a_bug_is_ours() -> None:
    with pytest.raises(StudioError, match="KeyError: 'bug'") as error:
        run_in_child(fail, what="It")
    assert not isinstance(error.value, InputError)


def test_a_crash_takes_only_the_process_along() -> None:
    with pytest.raises(ChildDiedError, match="'x' made the program that tried it crash"):
        run_in_child(crash, what="'x'")


def test_what_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "_PATIENCE", 3)
    with pytest.raises(ChildDiedError, match="still not read after 1 seconds"):
        run_in_child(never_end, what="It", limits=Limits(seconds=1))


@pytest.mark.skipif(sys.platform == "win32", reason="only the clock counts there")
def test_the_time_of_the_processor_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "_PATIENCE", 600)
    with pytest.raises(ChildDiedError, match="still not read after 1 seconds"):
        run_in_child(count_for_ever, what="It", limits=Limits(seconds=1))


def test_whoever_asked_may_think_better_of_it() -> None:
    def check() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        run_in_child(never_end, what="It", check=check)


@pytest.mark.skipif(sys.platform == "darwin", reason="memory is watched there, not limited")
def test_memory_is_limited() -> None:
    with pytest.raises(InputError, match="needs more than 1 GB of memory"):
        run_in_child(take_memory, what="It", limits=SMALL)


@pytest.mark.skipif(sys.platform == "win32", reason="files cannot be limited there")
def test_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(StudioError):
        run_in_child(write, tmp_path / "file", what="It", limits=SMALL)
    assert not (tmp_path / "file").exists() or (tmp_path / "file").stat().st_size == 0
