"""The fuzzing command sees what it is for."""

import os
import time
from pathlib import Path

import pytest

from app.core.errors import InputError
from tests.fuzz.reader import Inputs, Reader
from tests.fuzz.readers import READERS
from tests.fuzz.worker import Result, fuzz


def reads_numbers(path: Path) -> None:
    match path.read_bytes():
        case b"refused":
            raise InputError("It is refused.")
        case b"unclean":
            raise InputError("\x1b[2J")
        case b"raises":
            raise KeyError("x")
        case b"dies":
            os.abort()
        case b"waits":
            time.sleep(600)
        case b"writes":
            Path("/proc/self/comm").write_text("mine")


def tried(content: bytes, count: int = 3, in_child: bool = False) -> Result:
    """What becomes of a reader that is given the same every time."""
    reader = Reader(
        "made-up", "tests", "x", lambda: [b"good"], reads_numbers, (lambda *_: content,), runs_in_child=in_child
    )
    return fuzz(reader, 1, 60, count)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"raises", "KeyError in the reader's row"),
        (b"dies", "crash: SIGABRT"),
        (b"unclean", "a sentence that is none"),
        (b"writes", "did something it must not: writes /proc/self/comm"),
    ],
)
def test_what_must_not_happen_is_a_finding(content: bytes, what: str) -> None:
    result = tried(content)
    assert [(finding.what, finding.number, finding.count) for finding in result.findings.values()] == [(what, 0, 3)]
    assert result.tried == 3


def test_what_is_well() -> None:
    assert (tried(b"good").state.read, tried(b"refused").state.refused) == (3, 3)
    assert not tried(b"good").findings
    assert not tried(b"refused").findings


def test_a_crash_is_contained_where_the_program_has_a_child() -> None:
    result = tried(b"dies", in_child=True)
    assert (result.state.contained, result.tried, result.findings) == (3, 3, {})


def test_one_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.worker._STUCK_S", 0.3)
    assert list(tried(b"waits", 1).findings) == ["never ends"]


def test_inputs_depend_on_their_number_alone() -> None:
    first, again = Inputs(READERS["opened-models"], 5), Inputs(READERS["opened-models"], 5)
    assert [first.input(number) for number in range(9)] == [again.input(number) for number in range(8, -1, -1)][::-1]


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_every_reader_reads_what_is_good_and_survives_a_few(name: str) -> None:
    result = fuzz(READERS[name], 7, 60, 10)
    assert (result.findings, result.tried) == ({}, 10)
