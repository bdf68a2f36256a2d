"""Folders brought in by dialog and by drag and drop, with real clicks and real threads."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.datasets.choices import NO_CHOICES, ImportChoices
from app.core.datasets.content import Progress, no_progress
from app.core.datasets.importing import ImportedInfo, ImportPreview
from app.core.datasets.registry import DATASETS
from app.core.datasets.samples.exchange import ExportFormat, export_samples
from app.core.datasets.types import DatasetSpec, Variant
from app.ui.common.messages import Messages
from app.ui.common.window_object import Changes
from app.ui.data.dataset_card import DatasetCard
from app.ui.data.page import DataPage
from tests.core.datasets.sample_hand import filled_store
from tests.ui.hand import SLOW_MS, button, click

from .helpers import MakePage, card, field, gallery, middle, own, wait_for_preview


def drop(page: DataPage, path: Path, position: QPoint, *others: Path) -> bool:
    """Let a folder, or several files, from the file manager fall; true if the page took it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in (path, *others)])
    left, no_key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(position, Qt.DropAction.CopyAction, data, left, no_key)
    QApplication.sendEvent(page, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(QPointF(position), Qt.DropAction.CopyAction, data, left, no_key, QEvent.Type.Drop)
    QApplication.sendEvent(page, event)
    return event.isAccepted()


def picture_folder(folder: Path) -> Path:
    """Two classes of ten pictures each."""
    for name, grey in (("circle", 40), ("square", 90)):
        (folder / name).mkdir(parents=True)
        for index in range(10):
            picture = Image.new("L", (28, 28))
            picture.paste(grey + index, (8, 4, 10 + index, 24))
            picture.save(folder / name / f"{index}.png")
    return folder


def read(page: DataPage, qtbot: QtBot, way: str = "import_own") -> None:
    """Choose what to import, and wait until it is shown."""
    click(own(page), way)
    wait_for_preview(page, qtbot)


def test_imports_a_published_folder(make_page: MakePage, qtbot: QtBot, tiny: tuple[DatasetSpec, Path]) -> None:
    page = make_page(specs={"tiny": tiny[0]}, folder=tiny[1])
    with qtbot.waitSignal(Changes.of(page).data_changed, timeout=SLOW_MS):
        click(card(page, "tiny"), "import")
    assert card(page, "tiny").status.text == "Imported as Tiny: 40 pictures to train with, 20 to test."


def test_imports_own_pictures_under_a_name(make_page: MakePage, qtbot: QtBot, tmp_path: Path, home: Path) -> None:
    page = make_page(folder=picture_folder(tmp_path / "Shapes 1"))
    read(page, qtbot)
    name = field(own(page), "own_name")
    assert name.text() == "shapes-1"
    name.setText("Shapes/1")
    QTest.keyClick(name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "cannot be the name of a data set" in own(page).status.text)
    name.selectAll()
    QTest.keyClicks(name, "shapes")
    with qtbot.waitSignal(Changes.of(page).data_changed, timeout=SLOW_MS):
        click(own(page), "retry")
    assert (home / "data" / "shapes").is_dir()
    assert "16 training, 4 test, " in card(page, "shapes").text
    assert "circle · square" in card(page, "shapes").text
    qtbot.waitUntil(lambda: set(gallery(page).grid.captions) == {"circle", "square"})
    assert len(gallery(page).grid.captions) == 16


def test_the_name_must_not_be_empty_and_the_form_can_be_left(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    page = make_page(folder=picture_folder(tmp_path / "shapes"))
    read(page, qtbot)
    field(own(page), "own_name").clear()
    assert not button(own(page), "import_now").isEnabled()
    assert button(own(page), "import_now").toolTip()
    click(own(page), "import_cancel")
    assert button(own(page), "import_own").isVisible()
    assert not own(page).is_previewing
    assert gallery(page).isVisible()


def test_a_folder_dropped_on_the_page_gets_a_name(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    page = make_page()
    assert drop(page, picture_folder(tmp_path / "shapes"), middle(page, gallery(page)))
    wait_for_preview(page, qtbot)
    with qtbot.waitSignal(Changes.of(page).data_changed, timeout=SLOW_MS):
        click(own(page), "import_now")
    qtbot.waitUntil(lambda: card(page, "shapes").isVisible())


@pytest.mark.parametrize("way", ["dropped", "chosen"])
def test_files_that_belong_together_become_one_set(make_page: MakePage, qtbot: QtBot, tmp_path: Path, way: str) -> None:
    picture_folder(tmp_path)
    other = tmp_path / "triangle"
    other.mkdir()
    together = [tmp_path / "circle", tmp_path / "square"]
    page = make_page(files=together)
    if way == "chosen":
        read(page, qtbot, "import_file")
    else:
        assert drop(page, together[0], middle(page, gallery(page)), together[1])
        wait_for_preview(page, qtbot)
    assert own(page)._form._source.text() == f"From 2 files in {tmp_path.name}"
    field(own(page), "own_name").setText("shapes")
    with qtbot.waitSignal(Changes.of(page).data_changed, timeout=SLOW_MS):
        click(own(page), "import_now")
    qtbot.waitUntil(lambda: "circle · square" in card(page, "shapes").text)


def test_files_of_several_folders_are_not_taken(make_page: MakePage, tmp_path: Path) -> None:
    page = make_page()
    assert drop(page, tmp_path / "a" / "x.npy", middle(page, gallery(page)), tmp_path / "b" / "y.npy")
    said = Messages.of(page).current
    assert said is not None
    assert said.text == "x.npy and y.npy lie in different folders; put them into one folder."


def test_a_folder_dropped_on_a_card_becomes_that_set(
    make_page: MakePage, qtbot: QtBot, tiny: tuple[DatasetSpec, Path]
) -> None:
    page = make_page(specs={"tiny": tiny[0]})
    with qtbot.waitSignal(Changes.of(page).data_changed, timeout=SLOW_MS):
        assert drop(page, tiny[1], middle(page, card(page, "tiny")))
    assert button(card(page, "tiny"), "import").text() == "Import a folder…"


def test_the_wrong_folder_is_refused_in_the_card(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    page = make_page(folder=picture_folder(tmp_path / "shapes"))
    click(card(page), "import")
    qtbot.waitUntil(lambda: "is not the published MNIST" in card(page).status.text)
    click(card(page), "retry")
    assert card(page).status.is_busy
    qtbot.waitUntil(lambda: "is not the published MNIST" in card(page).status.text)


def test_dragging_something_else_is_refused(make_page: MakePage) -> None:
    page = make_page()
    data = QMimeData()
    data.setText("some words")
    event = QDragEnterEvent(
        QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(page, event)
    assert not event.isAccepted()
    QApplication.sendEvent(page, QDragLeaveEvent())


def test_a_single_file_can_be_chosen(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    path = export_samples(filled_store().name, ExportFormat.NPZ, tmp_path / "mine")
    page = make_page(files=[path])
    read(page, qtbot, "import_file")
    with qtbot.waitSignal(Changes.of(page).data_changed, timeout=SLOW_MS):
        click(own(page), "import_now")
    assert own(page).status.text.startswith("Imported as mine: 18 pictures")


@pytest.mark.parametrize("where", ["card", "own"])
def test_an_import_can_be_cancelled_and_begun_again(
    make_page: MakePage, qtbot: QtBot, tmp_path: Path, where: str
) -> None:
    page = make_page(import_folder=endless_import, preview_import=endless_reading, folder=tmp_path)
    place = card(page) if where == "card" else own(page)
    click(place, "import" if where == "card" else "import_own")
    qtbot.waitUntil(lambda: "50" in str(place.status._bar.value()))
    click(place, "stop")
    qtbot.waitUntil(lambda: place.status.text == "Stopped; nothing was kept.")
    assert button(place, "import" if where == "card" else "import_own").isVisible()


def test_the_window_closes_while_a_huge_folder_is_read(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    page = make_page(import_folder=endless_import, folder=tmp_path)
    click(card(page), "import")
    qtbot.waitUntil(lambda: card(page).status._bar.maximum() > 0)  # then the fixture shuts the page down


def endless_import(
    path: Path,
    name: str | None = None,
    specs: Mapping[str, DatasetSpec] = DATASETS,
    progress: Progress = no_progress,
    choices: ImportChoices = NO_CHOICES,
) -> ImportedInfo:
    while True:
        progress(1, 2)
        time.sleep(0.002)


def endless_reading(_path: Path, _choices: ImportChoices, _specs: object, progress: Progress) -> ImportPreview:
    while True:
        progress(1, 2)
        time.sleep(0.002)


def test_choosing_no_folder_does_nothing(make_page: MakePage) -> None:
    page = make_page()
    click(card(page), "import")
    for name in ("import_own", "import_file"):
        click(own(page), name)
        assert button(own(page), name).isVisible()
    assert not card(page).status.is_busy


def test_what_was_imported_elsewhere_is_named(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    def found_fashion(
        path: Path,
        name: str | None = None,
        specs: Mapping[str, DatasetSpec] = DATASETS,
        progress: Progress = no_progress,
        choices: ImportChoices = NO_CHOICES,
    ) -> ImportedInfo:
        spec = specs["fashion-mnist"]
        return ImportedInfo(spec.name, spec.title, Variant.FULL, spec.class_names, 60_000, 10_000, path)

    page = make_page(import_folder=found_fashion, folder=tmp_path)
    with qtbot.waitSignal(Changes.of(page).data_changed, timeout=SLOW_MS):
        click(card(page), "import")
    assert card(page).status.text.startswith("Imported as Fashion-MNIST: 60,000 pictures")


def test_a_damaged_own_set_says_so(make_page: MakePage, home: Path) -> None:
    (home / "data" / "odd").mkdir(parents=True)
    (home / "data" / "odd" / "dataset.json").write_text("{", encoding="utf-8")
    page = make_page()
    assert "is damaged; import the data set again" in card(page, "odd").text


def test_a_removed_own_set_loses_its_card(make_page: MakePage, home: Path) -> None:
    (home / "data" / "odd").mkdir(parents=True)
    (home / "data" / "odd" / "dataset.json").write_text("{", encoding="utf-8")
    page = make_page()
    (home / "data" / "odd" / "dataset.json").unlink()
    page.refresh()
    assert [each.name for each in page.findChildren(DatasetCard) if each.isVisible()] == ["mnist", "fashion-mnist"]


def test_an_imported_set_is_deleted_and_comes_back_with_undo(
    make_page: MakePage, qtbot: QtBot, tmp_path: Path, home: Path
) -> None:
    page = make_page(folder=picture_folder(tmp_path / "shapes"))
    read(page, qtbot)
    with qtbot.waitSignal(Changes.of(page).data_changed, timeout=SLOW_MS):
        click(own(page), "import_now")
    qtbot.waitUntil(lambda: card(page, "shapes").isVisible())
    assert not button(card(page), "delete_own").isVisible()
    with qtbot.waitSignal(Changes.of(page).data_changed, timeout=SLOW_MS):
        click(card(page, "shapes"), "delete_own")
    assert not (home / "data" / "shapes").exists()
    assert [found.name for found in page.findChildren(DatasetCard) if found.isVisible()] == ["mnist", "fashion-mnist"]
    assert own(page).notice.text == "shapes was deleted."
    with qtbot.waitSignal(Changes.of(page).data_changed, timeout=SLOW_MS):
        click(own(page).notice, "undo")
    assert own(page).notice.text == ""
    qtbot.waitUntil(lambda: card(page, "shapes").isVisible())
