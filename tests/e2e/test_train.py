"""The Train page with real clicks, a real thread and a real, tiny network."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.core.datasets.types import Dataset
from app.core.errors import InputError
from app.core.models.store import find_model
from app.core.runs.history import RunHistory
from app.ui.common.messages import Messages
from app.ui.train.stage import Stage
from tests.e2e.train_helpers import (
    IMPORT_MS,
    RUN_MS,
    MakePage,
    headline,
    label_text,
    load_stripes,
    stripes,
    train,
    wait_for,
)
from tests.ui.closing import end_work
from tests.ui.hand import click
from tests.ui.ways import Ways


def test_a_run_trains_tests_and_saves(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    saving: list[tuple[bool, bool]] = []
    Ways.of(page).went.connect(lambda _name: saving.append((page.is_saving, page.is_training)))
    page.show_preview(QImage(28, 28, QImage.Format.Format_Grayscale8))
    image = stripes(1, 3).images[0].astype(np.float32) / 255
    page.show_input(lambda _preprocessing: image)
    with qtbot.waitSignals([Messages.of(page).status_changed, Ways.of(page).went], timeout=IMPORT_MS):
        train(qtbot, page, 3)
    wait_for(qtbot, page, Stage.IDLE)
    assert saving == [(True, False)]
    assert not page.is_saving
    assert len(page._view.epochs) == 3
    assert "Test accuracy" in page._view.progress.text
    assert "100 pictures" in page._view.progress.text
    assert find_model("quickstart-mnist-epochs-3").card.epochs_done == 3
    assert len(page._view.curves.run.loss.batches) > 0
    assert page._view.live.answer in set("0123456789")
    assert not page._view.curves.is_animating
    name, run = "quickstart-mnist-epochs-3", RunHistory().runs()[0].id
    for button in ("try_it", "evaluate", "show_run"):
        click(page, button)
    ways = [("model_trained", name), ("use_model", name), ("evaluate_model", name), ("show_runs", (run,))]
    assert Ways.of(page).taken == ways
    click(page, "compare")
    assert label_text(page, "setup_error") == "✗ There is no earlier run to compare with."


class ShownWindows(QObject):
    """Notes every window that is shown, however briefly."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


def test_making_the_page_shows_no_window_but_its_own(qtbot: QtBot, make_page: MakePage) -> None:
    shown = ShownWindows()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(shown)
    make_page()
    app.removeEventFilter(shown)
    assert shown.seen == ["TrainPage"]


def test_stop_in_the_middle_and_keep(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    train(qtbot, page, 1000)
    qtbot.waitUntil(lambda: len(page._view.epochs) > 1, timeout=IMPORT_MS)
    click(page, "stop")
    wait_for(qtbot, page, Stage.UNDECIDED)
    assert "Stopped" in headline(page)
    assert page.has_undecided
    assert not page.is_training
    again = page.findChild(QPushButton, "train")
    assert again is not None
    assert not again.isEnabled()
    assert again.toolTip() == "Keep or discard the stopped model first"
    page.train(page._setup.config(), None)
    assert page.has_undecided
    page._setup._name.setText("half way")
    with qtbot.waitSignal(Ways.of(page).went, timeout=RUN_MS):
        click(page, "keep")
    wait_for(qtbot, page, Stage.IDLE)
    assert not page.has_undecided
    assert again.isEnabled()
    assert find_model("half way").card.ended == "stopped"
    assert "half way" in page._view.progress.text


def test_stop_and_discard(qtbot: QtBot, make_page: MakePage, tmp_path: Path) -> None:
    page = make_page()
    train(qtbot, page, 1000)
    qtbot.waitUntil(lambda: len(page._view.epochs) > 0, timeout=IMPORT_MS)
    click(page, "stop")
    wait_for(qtbot, page, Stage.UNDECIDED)
    click(page, "discard")
    assert page._stage is Stage.IDLE
    assert list((tmp_path / "models").iterdir()) == []
    assert len(page._view.epochs) > 0


def test_a_name_that_is_taken_can_be_changed_before_keeping(qtbot: QtBot, make_page: MakePage, tmp_path: Path) -> None:
    (tmp_path / "models" / "taken").mkdir(parents=True)
    page = make_page()
    page._setup._name.setText("taken")
    click(page, "train")
    assert "taken" in page._setup._error.text()
    assert not page.is_training


def test_pause_and_resume(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    train(qtbot, page, 1000)
    qtbot.waitUntil(lambda: len(page._view.epochs) > 0, timeout=IMPORT_MS)
    click(page, "pause")
    wait_for(qtbot, page, Stage.PAUSED)
    batches = len(page._view.curves.run.loss.batches)
    qtbot.wait(150)
    assert len(page._view.curves.run.loss.batches) == batches
    assert headline(page) == "Paused"
    click(page, "pause")
    wait_for(qtbot, page, Stage.TRAINING)
    qtbot.waitUntil(lambda: len(page._view.curves.run.loss.batches) > batches, timeout=RUN_MS)
    click(page, "stop")
    wait_for(qtbot, page, Stage.UNDECIDED)


def test_stop_while_paused(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    train(qtbot, page, 1000)
    wait_for(qtbot, page, Stage.TRAINING)
    click(page, "pause")
    wait_for(qtbot, page, Stage.PAUSED)
    click(page, "stop")
    wait_for(qtbot, page, Stage.UNDECIDED)


def test_data_that_cannot_be_loaded_is_a_sentence_and_the_next_run_works(qtbot: QtBot, make_page: MakePage) -> None:
    failures = [InputError("The data is damaged; import it again."), ValueError("odd")]

    def load(name: str, data: str) -> Dataset:
        if failures:
            raise failures.pop(0)
        return load_stripes(name, data)

    page = make_page(load)
    train(qtbot, page, 1)
    qtbot.waitUntil(lambda: "✗ Failed" in headline(page), timeout=IMPORT_MS)
    assert page._view.progress.text == "✗ Failed The data is damaged; import it again."
    click(page, "train")
    qtbot.waitUntil(lambda: "ValueError" in page._view.progress.text, timeout=RUN_MS)
    with qtbot.waitSignal(Ways.of(page).went, timeout=RUN_MS):
        click(page, "train")
    wait_for(qtbot, page, Stage.IDLE)


def test_a_loss_that_is_no_number_ends_the_run(
    qtbot: QtBot, make_page: MakePage, monkeypatch: pytest.MonkeyPatch, tensorflow: None
) -> None:
    from app.core.inference.metrics import Totals
    from app.core.training.engines import TrainingLoop

    honest = TrainingLoop.run

    def diverge(loop: TrainingLoop, indices: NDArray[np.int32], compiled: bool) -> Totals:
        totals = honest(loop, indices, compiled)
        return totals if page._view.epochs == () else Totals(float("nan"), 0.0, totals.samples)

    page = make_page()
    monkeypatch.setattr(TrainingLoop, "run", diverge)
    train(qtbot, page, 300)
    qtbot.waitUntil(lambda: not page.is_training, timeout=IMPORT_MS)
    assert "smaller learning rate" in page._view.progress.text
    assert headline(page).startswith("✗")
    assert not page.has_undecided  # nobody wants to keep a network without numbers
    assert len(page._view.curves.run.loss.batches) > 0
    monkeypatch.undo()


def test_a_second_run_starts_with_empty_curves(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    for _ in range(2):
        with qtbot.waitSignal(Ways.of(page).went, timeout=IMPORT_MS):
            train(qtbot, page, 2)
        wait_for(qtbot, page, Stage.IDLE)
        assert [epoch.epoch for epoch in page._view.epochs] == [1, 2]
    assert find_model("quickstart-mnist-epochs-2 2").card.epochs_done == 2


def test_shut_down_during_training_ends_the_thread(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    train(qtbot, page, 1000)
    wait_for(qtbot, page, Stage.TRAINING)
    end_work(page, qtbot, RUN_MS)
    assert not page._view.curves.is_animating


def test_stop_before_tensorflow_and_the_data_are_loaded(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    train(qtbot, page, 1000)
    click(page, "stop")
    qtbot.waitUntil(lambda: not page.is_training or page._stage is Stage.UNDECIDED, timeout=IMPORT_MS)


def test_disabled_buttons_say_why(make_page: MakePage) -> None:
    page = make_page()
    for name in ("pause", "stop"):
        button = page.findChild(QPushButton, name)
        assert button is not None
        assert not button.isEnabled()
        assert button.toolTip()


def test_a_network_that_cannot_be_kept_says_so_and_can_still_be_discarded(
    qtbot: QtBot, make_page: MakePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = make_page()
    train(qtbot, page, 1000)
    wait_for(qtbot, page, Stage.TRAINING)
    click(page, "stop")
    wait_for(qtbot, page, Stage.UNDECIDED)

    def fail() -> None:
        raise OSError("gone")

    monkeypatch.setattr("app.ui.train.worker._import_runs", fail)
    click(page, "keep")
    qtbot.waitUntil(lambda: "OSError" in page._view.progress.text, timeout=RUN_MS)
    assert page.has_undecided
    monkeypatch.undo()
    page._thread.discard()
    click(page, "keep")
    qtbot.waitUntil(lambda: "train again" in page._view.progress.text, timeout=RUN_MS)
    click(page, "discard")
    assert not page.has_undecided
