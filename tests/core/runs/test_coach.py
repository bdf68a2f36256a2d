from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.core.config.config import TrainingConfig
from app.core.config.notation import parse_layers
from app.core.networks.summary import check_network
from app.core.recipes import find_recipe
from app.core.runs.coach import Advice, Evidence, Finding, advise
from app.core.runs.events import CheckedUp, DataFacts, EndReason, EpochDone, RunEnded, RunTested
from app.core.runs.remedies import Remedy, remedied

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


def coached(epochs: Sequence[EpochDone], config: TrainingConfig = CONFIG, **known: Any) -> Advice:
    """The first thing that is said."""
    return advise(Evidence(config, epochs, **known))[0]


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
    assert coached(epochs(*losses), CONFIG).finding is finding


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
    assert coached(epochs(*losses), CONFIG).finding is Finding.LEVELLED_OFF


def test_a_long_run_that_falls_a_little_in_every_epoch_still_improves() -> None:
    falling = [(0.99**number, 0.99**number) for number in range(60)]
    assert coached(epochs(*falling), CONFIG.changed(epochs=200)).finding is Finding.IMPROVING
    flat = [*falling, *((0.55, 0.55 - number / 10_000) for number in range(30))]
    assert coached(epochs(*flat), CONFIG.changed(epochs=200)).finding is Finding.LEVELLED_OFF


@pytest.mark.parametrize(
    ("rate", "finding", "sensible"),
    [
        (10.0, Finding.GUESSING_RATE_HIGH, 0.001),
        (0.001, Finding.GUESSING, 0.0003),
        (1e-6, Finding.GUESSING_RATE_LOW, 0.001),
    ],
)
def test_a_loss_near_chance_is_guessing(rate: float, finding: Finding, sensible: float) -> None:
    config = CONFIG.changed(learning_rate=rate)
    advice = coached(epochs((2.30, 2.31), (2.30, 2.31), accuracy=0.1), config)
    assert (advice.finding, advice.rate) == (finding, sensible)
    assert advice.guess_loss == pytest.approx(2.3026, abs=1e-4)
    assert coached(epochs((2.30, 2.31), accuracy=0.1), config.changed(optimizer="sgd", learning_rate=10)).rate == 0.01


def test_a_loss_that_has_begun_to_fall_is_no_guessing() -> None:
    assert coached(epochs((2.29, 2.28), (2.20, 2.18), accuracy=0.15)).finding is Finding.IMPROVING
    fallen_to_guessing = epochs((90.0, 50.0), (2.31, 2.31), accuracy=0.1)
    assert coached(fallen_to_guessing, CONFIG.changed(learning_rate=10)).finding is Finding.GUESSING_RATE_HIGH


def test_a_run_that_failed_is_not_under_way() -> None:
    failed = ended(EndReason.FAILED)
    assert coached([], CONFIG.changed(learning_rate=10), ended=failed).finding is Finding.FAILED_RATE_HIGH
    assert coached([], CONFIG, ended=failed).finding is Finding.FAILED
    assert coached([], CONFIG, ended=ended(EndReason.STOPPED)).finding is Finding.STOPPED_EARLY


def test_a_test_far_below_training_is_said_and_chance_is_not() -> None:
    unchecked = epochs((0.3, None), (0.01, None), accuracy=1.0)
    over = ended(EndReason.COMPLETED, 2)
    worse = coached(unchecked, CONFIG, tested=read_right(8, 13), ended=over)
    assert worse.finding is Finding.TEST_WORSE
    assert (worse.train_accuracy, worse.right, worse.samples) == (1.0, 8, 13)
    assert coached(unchecked, CONFIG, tested=read_right(12, 13), ended=over).finding is Finding.TEST_AS_GOOD


def test_advice_names_the_best_epoch_and_what_early_stopping_does() -> None:
    worse = epochs((0.5, 0.4), (0.3, 0.3), (0.2, 0.36), (0.1, 0.37))
    stopping = CONFIG.changed(early_stopping_patience=2, epochs=4)
    advice = coached(worse, stopping)
    assert (advice.epoch, advice.best, advice.patience, advice.at_end, advice.is_over) == (4, 2, 2, True, False)
    over = coached(worse, stopping, ended=ended(EndReason.EARLY_STOPPED, 2))
    assert (over.finding, over.is_over, over.stopped_early, over.keeps) == (Finding.MEMORISING, True, True, True)


def test_a_handful_of_validation_pictures_proves_no_memorising() -> None:
    worse = epochs((0.5, 0.4), (0.3, 0.3), (0.2, 0.36), (0.1, 0.37))
    assert Finding.MEMORISING not in said(worse, checked_with=4)
    assert coached(worse, CONFIG, checked_with=400).finding is Finding.MEMORISING


# What the curves alone do not show.

GOOD = epochs((0.5, 0.4), (0.3, 0.3), (0.2, 0.25))
STUCK = epochs((2.31, 2.31), (2.30, 2.30), (2.30, 2.30), accuracy=0.1)


def said(epochs: Sequence[EpochDone], config: TrainingConfig = CONFIG, **known: Any) -> dict[Finding, Advice]:
    return {advice.finding: advice for advice in advise(Evidence(config, epochs, **known))}


def looked(epoch: int = 3, first: float = 0.4, last: float = 0.3, **found: Any) -> tuple[CheckedUp, ...]:
    return (CheckedUp(0, 1.0, 1.0), CheckedUp(epoch, first, last, **found))


def layers(text: str, **values: Any) -> TrainingConfig:
    return CONFIG.changed(layers=parse_layers(text), **values)


def test_a_good_run_has_no_fault() -> None:
    facts = DataFacts((("0", 400), ("1", 380)), 0, 1000)
    found = said(GOOD, checkups=looked(dead_share=0.3, dead_layer=0, statistics_shift=1.2), data=facts)
    assert list(found) == [Finding.IMPROVING]
    assert not found[Finding.IMPROVING].is_fault


@pytest.mark.parametrize(
    ("values", "remedy"),
    [
        ({"learning_rate": 0.1}, Remedy.USUAL_RATE),
        ({"layers": parse_layers("dense 64 relu zeros")}, Remedy.HE_NORMAL),
        ({}, Remedy.LEAKY_RELU),
    ],
)
def test_dead_units(values: dict[str, Any], remedy: Remedy) -> None:
    config = CONFIG.changed(**values)
    found = said(GOOD, config, checkups=looked(dead_share=0.88, dead_layer=0))[Finding.DEAD_UNITS]
    assert (found.share, found.layer, found.remedy) == (0.88, 0, remedy)
    assert Finding.DEAD_UNITS not in said(GOOD, config, checkups=looked(dead_share=0.5, dead_layer=0))
    assert Finding.DEAD_UNITS not in said(GOOD, config, checkups=looked(dead_share=0.9, dead_layer=7)), "damaged"
    assert Finding.DEAD_UNITS not in said([], config, checkups=(CheckedUp(0, 1.0, 1.0, 0.9, 0),)), "not begun"


@pytest.mark.parametrize(
    ("network", "remedy"),
    [
        ("dense 64 sigmoid, dense 64 sigmoid", Remedy.RELU),
        ("dense 64, dense 64", Remedy.NORMALIZE),
        ("dense 64 relu random_normal, batch_normalization", Remedy.HE_NORMAL),
    ],
)
def test_a_gradient_that_vanishes(network: str, remedy: Remedy) -> None:
    found = said(STUCK, layers(network), checkups=looked(first=1e-5, last=0.2))
    assert (found[Finding.VANISHING].share, found[Finding.VANISHING].remedy) == (1e-5, remedy)
    assert Finding.GUESSING not in found, "the cause is known"
    assert Finding.VANISHING not in said(GOOD, layers(network), checkups=looked(first=1e-5, last=0.2)), "it learns"
    assert Finding.VANISHING in said([], layers(network), checkups=(CheckedUp(0, 1e-6, 0.2),)), "at once"
    assert Finding.VANISHING not in said(STUCK, layers(network), checkups=looked(first=0.0, last=0.0))


def test_a_gradient_that_explodes() -> None:
    found = said(GOOD, checkups=looked(first=4000.0, last=50.0))[Finding.EXPLODING]
    assert (found.share, found.remedy) == (4000.0, Remedy.CLIP)
    clipped = CONFIG.changed(global_clipnorm=1)
    assert said(GOOD, clipped, checkups=looked(first=4000.0))[Finding.EXPLODING].remedy is Remedy.LOWER_RATE
    diverged = RunEnded(EndReason.FAILED, "The loss became NaN in epoch 1; ...", 0, None, 1.0)
    assert list(said([], ended=diverged)) == [Finding.EXPLODING]
    assert list(said([], CONFIG.changed(learning_rate=1), ended=diverged)) == [Finding.FAILED_RATE_HIGH]


def test_a_rate_that_is_too_high_or_too_low_for_what_is_learned() -> None:
    high = epochs((0.9, 0.9), (0.88, 0.9), (0.87, 0.9), accuracy=0.6)
    of_high = [replace(done, learning_rate=0.05) for done in high]
    assert coached(of_high, CONFIG.changed(learning_rate=0.05)).finding is Finding.RATE_HIGH
    assert coached(high).finding is Finding.LEVELLED_OFF
    falling = epochs((2.0, 2.0), (1.8, 1.8), (1.65, 1.65), accuracy=0.5)
    slow = [replace(done, learning_rate=1e-5) for done in falling]
    advice = coached(slow, CONFIG.changed(learning_rate=1e-5))
    assert (advice.finding, advice.remedy, advice.rate) == (Finding.RATE_LOW, Remedy.USUAL_RATE, 0.001)
    fallen = coached(slow, CONFIG.changed(schedule="exponential"))
    assert (fallen.finding, fallen.remedy) == (Finding.RATE_LOW, Remedy.CONSTANT_RATE)
    assert coached(falling).finding is not Finding.RATE_LOW
    fast = [replace(done, learning_rate=1e-5) for done in epochs((2.0, 2.0), (1.0, 1.0), (0.5, 0.5))]
    assert coached(fast, CONFIG.changed(learning_rate=1e-5)).finding is Finding.IMPROVING


def test_batch_normalization_that_has_not_settled() -> None:
    config = layers("dense 64, batch_normalization", batch_size=2)
    found = said(GOOD, config, checkups=looked(statistics_shift=1.9))[Finding.UNSETTLED]
    assert (found.share, found.samples, found.remedy) == (1.9, 2, Remedy.LARGER_BATCHES)
    large = config.changed(batch_size=64)
    assert Finding.UNSETTLED not in said(GOOD, large, checkups=looked(statistics_shift=1.9))
    apart = [replace(done, val_accuracy=0.6) for done in GOOD]
    assert said(apart, large, checkups=looked(statistics_shift=2.5))[Finding.UNSETTLED].remedy is Remedy.LOWER_RATE
    assert Finding.UNSETTLED not in said(apart, checkups=looked(statistics_shift=2.5)), "no layer normalizes"


def test_a_validation_part_too_small_to_tell() -> None:
    even = [replace(done, val_accuracy=accuracy) for done, accuracy in zip(GOOD, (0.85, 0.9, 0.875), strict=True)]
    config = CONFIG.changed(validation_split=0.02)
    found = said(even, config, checked_with=40)[Finding.UNSURE]
    assert (found.right, found.samples, found.remedy) == (35, 40, Remedy.MORE_VALIDATION)
    assert (round(found.low, 2), round(found.high, 2)) == (0.74, 0.95)
    assert Finding.UNSURE not in said(even, config, checked_with=400)
    learning = [replace(done, val_accuracy=accuracy) for done, accuracy in zip(GOOD, (0.3, 0.5, 0.9), strict=True)]
    assert Finding.UNSURE not in said(learning, config, checked_with=40), "so large a difference is none of chance"


def test_classes_that_are_rare_and_read_badly() -> None:
    facts = DataFacts((("cat", 600), ("dog", 590), ("newt", 40)), 0, 300)
    checkups = looked(rare_recall=0.3)
    found = said(GOOD, checkups=checkups, data=facts, classes=3, checked_with=400)[Finding.IMBALANCE]
    assert (found.classes, found.right, found.samples, found.share) == (("newt",), 40, 600, 0.3)
    assert found.remedy is Remedy.BALANCE
    confusion = np.array([[98, 1, 1], [0, 99, 1], [50, 20, 30]])
    tested = RunTested(0.5, 227 / 300, 0.8, 0.76, 300, 0.1, confusion)
    assert Finding.IMBALANCE in said(GOOD, tested=tested, data=facts, classes=3)
    others: tuple[dict[str, Any], ...] = (
        {"checkups": looked(rare_recall=0.85), "data": facts},
        {"checkups": checkups, "data": replace(facts, class_counts=(("cat", 600), ("newt", 200)))},
        {"checkups": checkups, "data": facts, "checked_with": 100},  # of which some three are of the rare class
    )
    for well in others:
        assert Finding.IMBALANCE not in said(GOOD, classes=3, **({"checked_with": 400} | well))


def test_data_that_is_in_the_test_part_already() -> None:
    found = said([], data=DataFacts((), 30, 200))
    assert list(found) == [Finding.TEST_COPIES], "before the first epoch ends"
    advice = found[Finding.TEST_COPIES]
    assert (advice.right, advice.samples, advice.remedy) == (30, 200, Remedy.LEAVE_OUT_COPIES)
    assert Finding.TEST_COPIES not in said([], data=DataFacts((), 9, 1000)), "as in Fashion-MNIST"


def test_one_change_that_mends_two_faults_is_offered_once() -> None:
    found = advise(
        Evidence(
            CONFIG.changed(learning_rate=1),
            STUCK,
            looked(dead_share=1.0, dead_layer=0),
            ended=ended(EndReason.COMPLETED),
        )
    )
    assert [(advice.finding, advice.remedy) for advice in found] == [
        (Finding.GUESSING_RATE_HIGH, Remedy.USUAL_RATE),
        (Finding.DEAD_UNITS, None),
    ]


def test_the_gravest_comes_first_and_no_more_than_three() -> None:
    facts = DataFacts((("0", 600), ("1", 30)), 30, 200)
    checkups = looked(first=1e-6, last=0.2, dead_share=0.9, dead_layer=0, rare_recall=0.1)
    config = CONFIG.changed(learning_rate=0.1)
    found = [a.finding for a in advise(Evidence(config, STUCK, checkups, facts, checked_with=400))]
    assert found == [Finding.GUESSING_RATE_HIGH, Finding.VANISHING, Finding.TEST_COPIES]


@pytest.mark.parametrize("remedy", Remedy)
@pytest.mark.parametrize("recipe", ["quickstart-mnist", "fast-cnn", "lab-functional-mnist", "textbook-perceptron"])
def test_what_a_remedy_makes_can_be_trained(remedy: Remedy, recipe: str) -> None:
    config = find_recipe(recipe).config
    changed = remedied(remedy, config, 200)
    check_network(changed, 10)
    assert not changed.early_stopping_patience or changed.validation_split


def test_validation_grows_to_what_is_enough() -> None:
    config = CONFIG.changed(validation_split=0.02)
    assert remedied(Remedy.MORE_VALIDATION, config, 20).validation_split == 0.3
    assert remedied(Remedy.MORE_VALIDATION, config, 200).validation_split == 0.04
    assert remedied(Remedy.MORE_VALIDATION, config.changed(validation_split=0)).validation_split == 0.1
    own_part = config.changed(validation_split=0)
    assert remedied(Remedy.MORE_VALIDATION, own_part, 30) == own_part
