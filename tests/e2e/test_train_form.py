"""What the Train page sets, steps, resumes and previews, with a real thread and a real, tiny network."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.core.config.layers import Conv2D, Flatten
from app.core.datasets.types import Dataset
from app.core.errors import InputError
from app.core.recipes import find_recipe
from app.core.runs.history import RunHistory
from app.ui.common.field_control import NumberBox
from app.ui.train.details import EPOCHS, STEPS
from app.ui.train.stage import Stage
from tests.e2e.train_helpers import IMPORT_MS, RUN_MS, MakePage, headline, label_text, train, wait_for
from tests.ui.hand import click
from tests.ui.ways import Ways

TAPE = find_recipe("lab-gradient-tape").config.changed(data="starter", epochs=2)


def test_a_run_is_stepped_batch_by_batch(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    page.activateWindow()
    page.use_config(TAPE)
    page._setup.buttons.begin_paused.setChecked(True)
    click(page, "train")
    wait_for(qtbot, page, Stage.PAUSED)
    assert not page._view.curves.run.loss.batches
    for batch in (1, 2):
        click(page, "step")
        words = f"epoch 1, batch {batch} of 9"
        qtbot.waitUntil(lambda words=words: page._view.progress.detail == words, timeout=RUN_MS)  # type: ignore[misc]
        assert page._view.details.step_words.startswith("Loss 2.")
    QTest.keyClick(page, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: "batch 3" in page._view.progress.detail, timeout=RUN_MS)
    assert page._stage is Stage.PAUSED
    norms = page._view.details.gradients.norms
    assert [norm.name.rpartition("/")[2] for norm in norms] == ["kernel", "bias"] * 3
    assert all(norm.norm > 0 for norm in norms)
    assert page._view.details.shown == STEPS
    click(page, "pause")  # which says Resume now
    wait_for(qtbot, page, Stage.IDLE)
    assert page._view.details.shown == EPOCHS
    assert len(page._view.epochs) == 2


def test_a_network_that_cannot_be_cannot_be_trained(make_page: MakePage) -> None:
    page = make_page()
    page.use_config(find_recipe("quickstart-mnist").config.changed(layers=(Flatten(), Conv2D(filters=3))))
    train_button = page.findChild(QPushButton, "train")
    assert train_button is not None
    assert not train_button.isEnabled()
    assert train_button.toolTip() == page._setup.problem != ""
    page.use_config(find_recipe("quickstart-mnist").config)
    assert train_button.isEnabled()


def test_settings_of_another_run_are_put_into_the_form(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    config = find_recipe("optimizers-sgd").config.changed(data="starter", epochs=7, momentum=0.123456789)
    page.use_config(config)
    assert page._setup.config() == config
    train(qtbot, page, 1000)
    page.use_config(find_recipe("quickstart-mnist").config)
    assert "in progress" in label_text(page, "setup_error")
    assert page._setup.config() == config.changed(epochs=1000)
    page.stop()
    qtbot.waitUntil(lambda: not page.is_training, timeout=IMPORT_MS)


def test_a_stopped_run_is_resumed_with_its_curves(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    train(qtbot, page, 40)
    qtbot.waitUntil(lambda: len(page._view.epochs) > 1, timeout=IMPORT_MS)
    click(page, "stop")
    wait_for(qtbot, page, Stage.UNDECIDED)
    run, done = RunHistory().runs()[0].id, len(page._view.epochs)
    page.resume(run)
    assert "Keep or discard" in label_text(page, "setup_error")
    go_on = page.findChild(QPushButton, "go_on")
    assert go_on is not None
    assert go_on.isVisible()
    click(page, "discard")
    assert page._view.progress.detail == "complete epochs are kept: it can go on later"
    page.use_config(find_recipe("optimizers-sgd").config)
    page.resume(run)
    assert page._setup.config().recipe == "quickstart-mnist"
    wait_for(qtbot, page, Stage.IDLE)
    assert "Finished" in headline(page)
    numbers = [epoch.epoch for epoch in page._view.epochs]
    assert numbers == list(range(1, 41))
    assert page._view.curves.run.loss.training.x.tolist() == numbers
    assert done <= page._view.curves.run.loss.batches.x[0] + 1
    page.resume(run)
    qtbot.waitUntil(lambda: "✗" in headline(page), timeout=RUN_MS)


def test_a_run_that_is_not_there_cannot_be_resumed(make_page: MakePage) -> None:
    page = make_page()
    page.resume(12345)
    assert label_text(page, "setup_error").startswith("✗")
    assert not page.is_training


def test_varied_pictures_are_shown(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    click(page, "fold_augmentation")
    qtbot.waitUntil(lambda: "as they are" in page._setup.preview.message, timeout=RUN_MS)
    box = page.findChild(NumberBox, "rotate_deg")
    assert box is not None
    box.setValue(30)
    qtbot.waitUntil(lambda: page._setup.preview.message == "", timeout=IMPORT_MS)


def test_pictures_that_cannot_be_loaded_are_a_sentence(qtbot: QtBot, make_page: MakePage) -> None:
    def load(name: str, data: str) -> Dataset:
        raise InputError("The data is damaged; import it again.")

    page = make_page(load)
    page.use_config(find_recipe("digits-cnn").config)
    click(page, "fold_augmentation")
    qtbot.waitUntil(lambda: "damaged" in page._setup.preview.message, timeout=IMPORT_MS)


def test_a_run_that_is_not_the_notes_has_a_word_in_place_of_their_figure(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    train(qtbot, page, 1)
    wait_for(qtbot, page, Stage.TRAINING, Stage.FINISHING, Stage.IDLE)
    assert page._view.curves.reference is None
    wait_for(qtbot, page, Stage.IDLE)
    assert page._view.progress.detail == "Not comparable with the notes: epochs 1, starter data."
    page._view.begin(find_recipe("quickstart-mnist").config.changed(data="full"))
    assert page._view.curves.reference == pytest.approx(0.9758)


def test_trying_several_is_offered_and_asks_for_a_search(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    button = page.findChild(QPushButton, "try_several")
    assert button is not None
    assert button.isVisible()
    click(page, "try_several")
    assert Ways.of(page).taken == [("search", page._setup.config())]
