import numpy as np
import pytest

from app.core.config.config import TrainingConfig
from app.core.recipes import find_recipe
from app.core.runs.coach import Finding, advise
from app.core.runs.events import EndReason, EpochDone, RunEnded, RunTested

CONFIG = find_recipe("quickstart-mnist").config.changed(epochs=3)

Losses = tuple[float, float | None]


def epochs(*losses: Losses, accuracy: float = 0.9) -> list[EpochDone]:
    """Epochs with (training, validation) losses; the best are marked as the trainer marks them."""
    best, made = float("inf"), []
    for number, (loss, val_loss) in enumerate(losses, 1):
        judged = loss if val_loss is None else val_loss
        made.append(EpochDone(number, loss, accuracy, val_loss, accuracy, 0.001, judged < best, 1.0, number))
        best = min(best, judged)
    return made


def ended(reason: EndReason, weights_epoch: int | None = None) -> RunEnded:
    return RunEnded(reason, "", 1, 1, 1.0, weights_epoch=weights_epoch)


def read_right(right: int, of: int) -> RunTested:
    return RunTested(0.5, right / of, right / of, right / of, of, 0.1, np.diag([right, of - right]))


@pytest.mark.parametrize(
    ("losses", "finding"),
    [
        ([], Finding.NOTHING_YET),
        ([(0.5, 0.4)], Finding.IMPROVING),
        ([(0.5, 0.4), (0.3, 0.3)], Finding.IMPROVING),
        ([(0.5, 0.4), (0.3, 0.398)], Finding.LEVELLED_OFF),
        ([(0.5, 0.4), (0.3, 0.3), (0.2, 0.36), (0.1, 0.37)], Finding.MEMORISING),
        ([(0.5, 0.4), (0.3, 0.3), (0.5, 0.5)], Finding.JUMPING),
        ([(0.5, None)], Finding.UNCHECKED),
    ],
)
def test_findings(losses: list[Losses], finding: Finding) -> None:
    assert advise(epochs(*losses), CONFIG).finding is finding


@pytest.mark.parametrize(
    "losses",
    [
        [(0.5, 0.4), (0.3, 0.3), (0.2, 0.36)],  # one worse epoch
        [(0.5, 0.4), (0.3, 0.3), (0.2, 0.36), (0.1, 0.31)],  # up and down
        [(0.9, 0.4), (0.8, 0.3), (0.7, 0.36), (0.6, 0.37)],  # training is not ahead of validation at all
        [(0.5, 0.4), (0.3, 0.3), (0.01, 0.36), (0.02, 0.31)],  # a tiny loss that doubles
        [(1.6, 0.4), (0.09, 0.3), (0.2, 0.31)],  # up and down far below where it began, as with few pictures
    ],
)
def test_what_may_be_noise_is_neither_memorising_nor_a_jump(losses: list[Losses]) -> None:
    assert advise(epochs(*losses), CONFIG).finding is Finding.LEVELLED_OFF


@pytest.mark.parametrize(
    ("rate", "finding", "sensible"),
    [
        (10.0, Finding.GUESSING_RATE_HIGH, 0.001),
        (0.001, Finding.GUESSING, 0.0003),
        (1e-6, Finding.GUESSING_RATE_LOW, 0.001),
    ],
)
def test_a_loss_near_chance_is_guessing(rate: float, finding: Finding, sensible: float) -> None:
    config: TrainingConfig = CONFIG.changed(learning_rate=rate)
    advice = advise(epochs((2.30, 2.31), accuracy=0.1), config)
    assert (advice.finding, advice.rate) == (finding, sensible)
    assert advice.guess_loss == pytest.approx(2.3026, abs=1e-4)
    assert advise(epochs((2.30, 2.31), accuracy=0.1), config.changed(optimizer="sgd", learning_rate=10)).rate == 0.01


def test_a_run_that_failed_is_not_under_way() -> None:
    failed = ended(EndReason.FAILED)
    assert advise([], CONFIG.changed(learning_rate=10), ended=failed).finding is Finding.FAILED_RATE_HIGH
    assert advise([], CONFIG, ended=failed).finding is Finding.FAILED
    assert advise([], CONFIG, ended=ended(EndReason.STOPPED)).finding is Finding.STOPPED_EARLY


def test_a_test_far_below_training_is_said_and_chance_is_not() -> None:
    unchecked = epochs((0.3, None), (0.01, None), accuracy=1.0)
    over = ended(EndReason.COMPLETED, 2)
    worse = advise(unchecked, CONFIG, tested=read_right(8, 13), ended=over)
    assert worse.finding is Finding.TEST_WORSE
    assert (worse.train_accuracy, worse.test_right, worse.test_samples) == (1.0, 8, 13)
    assert advise(unchecked, CONFIG, tested=read_right(12, 13), ended=over).finding is Finding.TEST_AS_GOOD


def test_advice_names_the_best_epoch_and_what_early_stopping_does() -> None:
    worse = epochs((0.5, 0.4), (0.3, 0.3), (0.2, 0.36), (0.1, 0.37))
    stopping = CONFIG.changed(early_stopping_patience=2, epochs=4)
    advice = advise(worse, stopping)
    assert (advice.epoch, advice.best, advice.patience, advice.at_end, advice.is_over) == (4, 2, 2, True, False)
    over = advise(worse, stopping, ended=ended(EndReason.EARLY_STOPPED, 2))
    assert (over.finding, over.is_over, over.stopped_early, over.keeps) == (Finding.MEMORISING, True, True, True)


def test_a_handful_of_validation_pictures_proves_no_memorising() -> None:
    worse = epochs((0.5, 0.4), (0.3, 0.3), (0.2, 0.36), (0.1, 0.37))
    assert advise(worse, CONFIG, checked_with=4).finding is Finding.LEVELLED_OFF
    assert advise(worse, CONFIG, checked_with=400).finding is Finding.MEMORISING
