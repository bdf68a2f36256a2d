"""Waiting for a storage that does not answer, but not for one that never will."""

import pytest

from app.core.errors import InputError, StudioError
from app.core.search import storage as patience
from app.core.search.storage import retry


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE_S", 0.0)


class Storage:
    """Refuses so many times before it answers."""

    def __init__(self, refusals: int, error: type[StudioError] = StudioError) -> None:
        self.asked, self._refusals, self._error = 0, refusals, error

    def ask(self) -> str:
        self.asked += 1
        if self.asked <= self._refusals:
            raise self._error("not now")
        return "answer"


def test_what_answers_in_the_end_is_waited_for() -> None:
    assert retry(Storage(3).ask) == "answer"


def test_waiting_ends() -> None:
    storage = Storage(10_000)
    with pytest.raises(StudioError, match="not now"):
        retry(storage.ask)
    assert storage.asked == patience.TRIES + 1


def test_nobody_waits_who_is_to_stop() -> None:
    storage = Storage(3)
    with pytest.raises(StudioError):
        retry(storage.ask, lambda: storage.asked == 2)
    assert storage.asked == 2


def test_bad_input_gets_no_better_by_waiting() -> None:
    storage = Storage(3, InputError)
    with pytest.raises(InputError):
        retry(storage.ask)
    assert storage.asked == 1
