import numpy as np
import pytest

from app.core.runs.events import BatchesDone, EpochDone, ProbePredicted
from app.core.runs.progress import PredictionHistory, Progress, epoch_position, metric_text, seconds_left, short_power


def epoch(number: int, epoch_s: float = 2.0) -> EpochDone:
    return EpochDone(number, 0.5, 0.8, 0.6, 0.7, 0.001, True, epoch_s, number * epoch_s)


def predicted(*probabilities: float) -> ProbePredicted:
    return ProbePredicted(1, 1, np.array(probabilities, np.float32))


def test_progress_after_half_of_the_second_of_four_epochs() -> None:
    done = BatchesDone(2, 50, 100, 0.1, 0.9, 1000.0, 3.0, 32, 0.001)
    progress = Progress.after(done, epochs=4, past=(epoch(1),))
    assert (progress.epoch, progress.batch, progress.share) == (2, 50, 0.375)
    assert progress.left_s == pytest.approx(5.0)


def test_nobody_can_tell_how_long_it_takes_in_the_first_second() -> None:
    assert seconds_left(0.01, 5, 0.4, ()) is None
    assert seconds_left(0.5, 5, 2.0, ()) == pytest.approx(18.0)


def test_position_on_the_axis_of_epochs() -> None:
    assert epoch_position(3, 50, 100) == 2.5
    assert epoch_position(1, 0, 0) == 0


def test_a_prediction_is_the_most_probable_class() -> None:
    found = predicted(0.25, 0.5, 0.25)
    assert (found.label, found.confidence) == (1, 0.5)


def test_a_long_history_is_thinned_out_but_keeps_its_order() -> None:
    history = PredictionHistory(limit=8)
    for step in range(100):
        history.add(predicted(step / 100, 1 - step / 100))
    shares = [float(row[0]) for row in history.rows]
    assert len(shares) <= 8
    assert shares == sorted(shares)
    assert shares[-1] > 0.8
    history.clear()
    assert len(history.rows) == 0


def test_figures_stay_short_however_large() -> None:
    assert [metric_text(value, 3) for value in (0.43541, 2.3, 1e30, -1.24e5)] == ["0.435", "2.300", "1e30", "-1.2e5"]
    assert [short_power(text) for text in ("2.0e+30", "1.5e-06", "10")] == ["2e30", "1.5e-6", "10"]
