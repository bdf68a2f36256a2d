import pytest

from app.core.models.config import TrainingConfig
from app.core.models.recipes import find_recipe
from app.core.training.coach import Finding, advise
from app.core.training.events import EpochDone

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


@pytest.mark.parametrize(
    ("losses", "finding"),
    [
        ([], Finding.NOTHING_YET),
        ([(0.5, 0.4)], Finding.IMPROVING),
        ([(0.5, 0.4), (0.3, 0.3)], Finding.IMPROVING),
        ([(0.5, 0.4), (0.3, 0.398)], Finding.LEVELLED_OFF),
        ([(0.5, 0.4), (0.3, 0.3), (0.2, 0.36)], Finding.MEMORISING),
        ([(0.5, 0.4), (0.3, 0.3), (0.5, 0.5)], Finding.JUMPING),
        ([(0.5, None)], Finding.UNCHECKED),
    ],
)
def test_findings(losses: list[Losses], finding: Finding) -> None:
    assert advise(epochs(*losses), CONFIG).finding is finding


@pytest.mark.parametrize(("rate", "finding"), [(1.0, Finding.GUESSING_RATE_HIGH), (1e-6, Finding.GUESSING_RATE_LOW)])
def test_a_loss_near_chance_is_guessing(rate: float, finding: Finding) -> None:
    config: TrainingConfig = CONFIG.changed(learning_rate=rate)
    advice = advise(epochs((2.30, 2.31), accuracy=0.1), config)
    assert advice.finding is finding
    assert advice.guess_loss == pytest.approx(2.3026, abs=1e-4)


def test_advice_names_the_best_epoch_and_what_early_stopping_will_do() -> None:
    advice = advise(epochs((0.5, 0.4), (0.3, 0.3), (0.2, 0.36)), CONFIG.changed(early_stopping_patience=2))
    assert (advice.epoch, advice.best, advice.patience, advice.at_end) == (3, 2, 2, True)


def test_a_handful_of_validation_pictures_proves_no_memorising() -> None:
    worse = epochs((0.5, 0.4), (0.3, 0.3), (0.2, 0.36))
    assert advise(worse, CONFIG, checked_with=4).finding is Finding.LEVELLED_OFF
    assert advise(worse, CONFIG, checked_with=400).finding is Finding.MEMORISING
