"""Every advice of the coach has a button, which makes the change in the form."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.core.config.config import TrainingConfig
from app.core.config.notation import layers_text, parse_layers
from app.core.datasets.types import Dataset
from app.core.recipes import find_recipe
from app.core.runs.coach import Evidence, Finding, advise
from app.core.runs.events import CheckedUp, DataFacts, EndReason, EpochDone, RunEnded, RunTested
from app.ui.train.page import TrainPage
from app.ui.train.stage import Stage
from tests.ui.hand import button, click

pytestmark = pytest.mark.usefixtures("tensorflow")

CONFIG = find_recipe("quickstart-mnist").config
SIGMOIDS = parse_layers("dense 64 sigmoid, dense 64 sigmoid")
NORMALIZED = parse_layers("dense 64, batch_normalization")
DONE = RunEnded(EndReason.COMPLETED, "", 3, 3, 3.0)
NAN = RunEnded(EndReason.FAILED, "The loss became NaN in epoch 1; ...", 0, None, 1.0)


def epochs(*losses: tuple[float, float], accuracy: float = 0.9, rate: float = 0.001) -> list[EpochDone]:
    best, made = 1e9, []
    for number, (loss, val_loss) in enumerate(losses, 1):
        made.append(EpochDone(number, loss, accuracy, val_loss, accuracy, rate, val_loss < best, 1.0, number))
        best = min(best, val_loss)
    return made


GOOD = epochs((0.5, 0.4), (0.3, 0.3), (0.2, 0.25))
GUESSING = epochs((2.31, 2.31), (2.30, 2.30), accuracy=0.1)
UNEVEN = DataFacts((("cat", 600), ("newt", 40)), 0, 300)


def run(
    values: dict[str, Any], done: Sequence[EpochDone] = GOOD, found: CheckedUp | None = None, **known: Any
) -> Evidence:
    return Evidence(CONFIG.changed(**values), done, (found,) if found else (), **known)


def look(**found: Any) -> CheckedUp:
    return CheckedUp(3, **({"first_gradient": 0.4, "last_gradient": 0.3} | found))


SEEN: dict[Finding, tuple[Evidence, dict[str, object]]] = {
    Finding.MEMORISING: (
        run({}, epochs((0.5, 0.4), (0.3, 0.3), (0.2, 0.36), (0.1, 0.37))),
        {"early_stopping_patience": 3},
    ),
    Finding.DEAD_UNITS: (
        run({}, found=look(dead_share=0.9, dead_layer=0)),
        {"layers": "dense 128 leaky_relu, dropout 0.2"},
    ),
    Finding.EXPLODING: (run({}, [], ended=NAN), {"global_clipnorm": 1.0}),
    Finding.VANISHING: (
        run({"layers": SIGMOIDS}, GUESSING, look(first_gradient=1e-6)),
        {"layers": "dense 64 relu he_normal, dense 64 relu he_normal"},
    ),
    Finding.FAILED_RATE_HIGH: (run({"learning_rate": 10}, [], ended=NAN), {"learning_rate": 0.001}),
    Finding.GUESSING_RATE_HIGH: (run({"learning_rate": 1}, GUESSING), {"learning_rate": 0.001}),
    Finding.GUESSING_RATE_LOW: (run({"learning_rate": 1e-6}, GUESSING), {"learning_rate": 0.001}),
    Finding.GUESSING: (run({}, GUESSING), {"epochs": 10}),
    Finding.JUMPING: (run({}, epochs((0.5, 0.4), (0.3, 0.3), (0.5, 0.5))), {"learning_rate": 0.0003}),
    Finding.RATE_HIGH: (
        run({"learning_rate": 0.05}, epochs((0.9, 0.9), (0.88, 0.9), (0.87, 0.9), rate=0.05)),
        {"learning_rate": 0.001},
    ),
    Finding.RATE_LOW: (
        run({"schedule": "exponential"}, epochs((2.0, 2.0), (1.8, 1.8), (1.7, 1.7), accuracy=0.5, rate=1e-6)),
        {"schedule": "constant"},
    ),
    Finding.UNSETTLED: (
        run({"layers": NORMALIZED, "batch_size": 2}, found=look(statistics_shift=1.9)),
        {"batch_size": 32},
    ),
    Finding.UNSURE: (run({"validation_split": 0.02}, checked_with=40), {"validation_split": 0.2}),
    Finding.IMBALANCE: (run({}, found=look(rare_recall=0.2), data=UNEVEN, classes=2), {"balance_classes": True}),
    Finding.TEST_COPIES: (run({}, [], data=DataFacts((), 30, 200)), {"drop_test_copies": True}),
    Finding.TEST_WORSE: (
        run({}, ended=DONE, tested=RunTested(0.5, 0.7, 0.7, 0.7, 300, 0.1, np.diag([210, 90]))),
        {"shift_px": 2.0, "rotate_deg": 10.0, "zoom": 0.1},
    ),
    Finding.UNCHECKED: (
        run({"validation_split": 0}, [replace(done, val_loss=None) for done in GOOD], checked_with=0),
        {"validation_split": 0.1},
    ),
    Finding.IMPROVING: (run({"epochs": 3}), {"epochs": 6}),
    Finding.LEVELLED_OFF: (
        run({}, epochs((0.5, 0.4), (0.3, 0.3), (0.3, 0.3), (0.3, 0.3), (0.3, 0.301))),
        {"early_stopping_patience": 3},
    ),
}
ADVICE = set(Finding) - {Finding.NOTHING_YET, Finding.STOPPED_EARLY, Finding.FAILED, Finding.TEST_AS_GOOD}


def test_every_advice_is_clicked_here() -> None:
    assert set(SEEN) == ADVICE


@pytest.fixture
def page(qtbot: QtBot, bars: Dataset) -> TrainPage:
    made = TrainPage(load=lambda _name, _variant: bars)
    qtbot.addWidget(made)
    made.resize(1184, 646)
    made.show()
    return made


@pytest.mark.parametrize("finding", SEEN)
def test_the_button_makes_the_change_in_the_form(page: TrainPage, finding: Finding) -> None:
    evidence, expected = SEEN[finding]
    page.use_config(evidence.config.changed(seed=7))  # what was changed since the run stays
    page._view.coach.advice.show_run(evidence)
    row = [advice.finding for advice in advise(evidence)].index(finding)
    click(page._view.coach, f"remedy_{row}")
    config = page._setup.config()
    assert {name: setting_in(config, name) for name in expected} == expected
    assert config.seed == 7
    made = button(page._view.coach, f"remedy_{row}")
    assert (made.isEnabled(), made.text()) == (False, "✓ In the form")
    assert not page._setup.problem


def setting_in(config: TrainingConfig, name: str) -> object:
    return layers_text(config.layers) if name == "layers" else getattr(config, name)


def test_nothing_is_changed_while_a_run_goes_on(page: TrainPage) -> None:
    evidence, _ = SEEN[Finding.DEAD_UNITS]
    page._set_stage(Stage.TRAINING)
    page._view.coach.advice.show_run(evidence)
    waiting = button(page._view.coach, "remedy_0")
    assert waiting.isVisible()
    assert not waiting.isEnabled()
    assert "when it has ended" in waiting.toolTip()
    assert not page.use_config(evidence.config)
    assert page._setup._error.text() == f"✗ {waiting.toolTip()}"
    page._set_stage(Stage.IDLE)
    assert not page._setup._error.text()
    assert page.use_config(evidence.config)
    assert waiting.isEnabled()
    assert waiting.toolTip() == "Put into the form: activation leaky_relu"


def test_two_changes_are_made_one_after_the_other(page: TrainPage) -> None:
    evidence = Evidence(
        CONFIG.changed(layers=SIGMOIDS, learning_rate=1),
        GUESSING,
        (look(first_gradient=1e-6),),
        DataFacts((), 30, 200),
    )
    page.use_config(evidence.config)
    page._view.coach.advice.show_run(evidence)
    shown = [each for each in page._view.coach.findChildren(QPushButton) if each.isVisible()]
    assert len(shown) == 3
    for each in shown:
        click(page._view.coach, each.objectName())
    config = page._setup.config()
    assert (config.learning_rate, config.drop_test_copies) == (0.001, True)
    assert "relu he_normal" in layers_text(config.layers)
