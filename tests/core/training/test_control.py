"""What a user does to a run is seen by the thread that trains."""

import threading
from collections.abc import Callable

import pytest

from app.core.training.control import RunControl


@pytest.mark.parametrize("end", [lambda control: control.give_way(False), RunControl.stop])
def test_a_run_waits_while_somebody_draws(end: Callable[[RunControl], None]) -> None:
    control, waited = RunControl(), list[float]()
    control.give_way(True)
    training = threading.Thread(target=lambda: waited.append(control.wait_while_giving_way()))
    training.start()
    training.join(0.02)
    assert training.is_alive()
    end(control)
    training.join()
    assert waited[0] > 0


def test_a_run_does_not_wait_for_nobody() -> None:
    assert RunControl().wait_while_giving_way() == 0


def test_a_pen_that_stays_down_does_not_hold_up_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.core.training.control.LONGEST_WAY_S", 0.01)
    control = RunControl()
    control.give_way(True)
    control.wait_while_giving_way()  # or it would never return
