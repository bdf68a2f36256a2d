"""The Data page, with real clicks, real threads, and one real download from a server on this machine."""

import gzip
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QThread, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.core.datasets import sources
from app.core.datasets.content import RawData, complete
from app.core.datasets.download import DownloadProgress, DownloadStoppedError
from app.core.datasets.idx import write_idx
from app.core.datasets.importing import ImportedInfo
from app.core.datasets.registry import DATASETS
from app.core.datasets.storage import IDX_NAMES
from app.core.datasets.types import DatasetFile, DatasetSpec, LabelledImages, Variant
from app.core.errors import StudioError
from app.ui.pages.data_page import DataPage
from app.ui.widgets.dataset_card import DatasetCard
from app.ui.widgets.gallery import Gallery
from app.ui.widgets.import_card import ImportCard
from app.ui.workers.data_worker import DataServices, DownloadRequest, TransferMeter, TransferProgress

MakePage = Callable[..., DataPage]


class FakeDownload:
    """Reports a piece, then waits until it is let go, stopped, or told to fail."""

    def __init__(self, failure: str = "") -> None:
        self.failure, self.may_end = failure, threading.Event()
        self.calls: list[tuple[str, str | None]] = []

    def __call__(
        self,
        name: str,
        on_progress: Callable[[DownloadProgress], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
        base_url: str | None = None,
        specs: Mapping[str, DatasetSpec] = DATASETS,
    ) -> Path:
        self.calls.append((name, base_url))
        if self.failure:
            raise StudioError(self.failure)
        assert on_progress is not None
        assert should_stop is not None
        on_progress(DownloadProgress("train-images-idx3-ubyte", 0, 4, 4_200_000, 9_900_000))
        while not self.may_end.wait(0.005):
            if should_stop():
                raise DownloadStoppedError("The download was stopped; nothing of it was kept.")
        return Path()


@pytest.fixture(autouse=True)
def quiet_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No data of this machine is found, and no proxy is asked for a server on it."""
    monkeypatch.setattr(sources, "_SYSTEM_FOLDER", tmp_path / "system")
    monkeypatch.delenv("SOFTMAX_STUDIO_MIRROR", raising=False)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def make_page(qtbot: QtBot) -> Iterator[MakePage]:
    pages: list[DataPage] = []

    def make(services: DataServices | None = None, folder: Path | None = None) -> DataPage:
        # Not qtbot.addWidget: that destroys a page before its threads were asked to end.
        page = DataPage(services=services, choose=lambda _parent: folder)
        page.resize(1100, 640)
        page.show()
        pages.append(page)
        return page

    yield make
    for page in pages:
        with qtbot.waitSignal(page.shut_down_finished):
            page.shut_down()
        assert not [thread for thread in page.findChildren(QThread) if thread.isRunning()]
        page.close()
        assert not [timer for timer in page.findChildren(QTimer) if timer.isActive()]
        page.deleteLater()


def card(page: DataPage, name: str = "mnist") -> DatasetCard:
    return next(found for found in page.findChildren(DatasetCard) if found.name == name)


def own(page: DataPage) -> ImportCard:
    found = page.findChild(ImportCard)
    assert found is not None
    return found


def gallery(page: DataPage) -> Gallery:
    found = page.findChild(Gallery)
    assert found is not None
    return found


def button(parent: QWidget, name: str) -> QPushButton:
    found = parent.findChild(QPushButton, name)
    assert found is not None
    return found


def click(parent: QWidget, name: str) -> None:
    target = button(parent, name)
    assert target.isVisible()
    assert target.isEnabled()
    QTest.mouseClick(target, Qt.MouseButton.LeftButton)


def field(parent: QWidget, name: str) -> QLineEdit:
    found = parent.findChild(QLineEdit, name)
    assert found is not None
    return found


def drop(page: DataPage, path: Path, position: QPoint) -> bool:
    """Let a folder from the file manager fall; true if the page took it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    left, no_key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(position, Qt.DropAction.CopyAction, data, left, no_key)
    QApplication.sendEvent(page, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(QPointF(position), Qt.DropAction.CopyAction, data, left, no_key, QEvent.Type.Drop)
    QApplication.sendEvent(page, event)
    return event.isAccepted()


def middle(page: DataPage, widget: QWidget) -> QPoint:
    return widget.mapTo(page, widget.rect().center())


def picture_folder(folder: Path) -> Path:
    """Two classes of ten pictures each."""
    for name, grey in (("circle", 40), ("square", 90)):
        (folder / name).mkdir(parents=True)
        for index in range(10):
            Image.new("L", (28, 28), grey + index).save(folder / name / f"{index}.png")
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> tuple[DatasetSpec, Path]:
    """A published set of 40 + 20 made-up pictures, and the folder with its files."""

    def part(n: int, seed: int) -> LabelledImages:
        images = np.random.default_rng(seed).integers(0, 256, (n, 28, 28), np.uint8)
        return LabelledImages(images, (np.arange(n) % 4).astype(np.uint8))

    content = complete(RawData(part(40, 1), part(20, 2)))
    arrays = (content.train.images, content.train.labels, content.test.images, content.test.labels)
    folder, files = tmp_path / "server" / "tiny", []
    folder.mkdir(parents=True)
    for name, digest, array in zip(IDX_NAMES, content.hashes, arrays, strict=True):
        write_idx(folder / name, array)
        (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
        files.append(DatasetFile(name, digest, array.shape))
    first, second, third, fourth = files
    spec = DatasetSpec(
        name="tiny",
        title="Tiny",
        class_names=("a", "b", "c", "d"),
        files=(first, second, third, fourth),
        mirrors=("http://127.0.0.1:9/nobody",),
        preprocessing="mnist-1",
        licence="CC0",
        citation="Made up for a test.",
        homepage="http://localhost/",
        download_mb=1,
    )
    return spec, folder


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A classroom mirror."""
    handler = partial(QuietHandler, directory=str(tmp_path / "server"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_says_what_is_here_and_what_is_not(make_page: MakePage) -> None:
    page = make_page()
    text = card(page, "fashion-mnist").text
    assert "5,000 pictures, inside the program" in text
    assert "60,000 + 10,000, not on this machine" in text
    assert "Licence: MIT" in text
    assert "Ankle boot" in text
    assert "arXiv:1708.07747" in text
    assert button(card(page, "fashion-mnist"), "get").text() == "Get the full set (30 MB)"


def test_the_gallery_shows_starter_pictures(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page()
    qtbot.waitUntil(lambda: len(gallery(page).grid.captions) == 25)
    before = gallery(page).grid.captions
    assert set(before) <= set("0123456789")
    click(gallery(page), "gallery_others")
    qtbot.waitUntil(lambda: gallery(page).grid.captions != before)


def test_progress_then_the_full_set(make_page: MakePage, qtbot: QtBot) -> None:
    fake = FakeDownload()
    page = make_page(DataServices(download=fake))
    click(card(page), "get")
    assert "Connecting…" in card(page).text
    assert not button(card(page), "get").isVisible()
    qtbot.waitUntil(lambda: card(page).status.text == "4.2 of about 11 MB")
    with qtbot.waitSignal(page.data_changed):
        fake.may_end.set()
    assert card(page).status.text == "Downloaded and checked."
    assert fake.calls == [("mnist", None)]


def test_two_downloads_at_a_time(make_page: MakePage, qtbot: QtBot) -> None:
    fake = FakeDownload()
    page = make_page(DataServices(download=fake))
    for name in ("mnist", "fashion-mnist"):
        click(card(page, name), "get")
    qtbot.waitUntil(lambda: "4.2 of about 11" in card(page, "mnist").status.text)
    qtbot.waitUntil(lambda: "4.2 of about 30" in card(page, "fashion-mnist").status.text)
    click(card(page, "mnist"), "stop")
    qtbot.waitUntil(lambda: not card(page, "mnist").status.is_busy)
    assert card(page, "fashion-mnist").status.is_busy


def test_cancel_keeps_nothing_and_can_begin_again(make_page: MakePage, qtbot: QtBot, home: Path) -> None:
    page = make_page(DataServices(download=FakeDownload()))
    click(card(page), "get")
    qtbot.waitUntil(lambda: "4.2 of about" in card(page).status.text)
    click(card(page), "stop")
    assert card(page).status.text == "Stopping…"
    qtbot.waitUntil(lambda: card(page).status.text == "Stopped; nothing of it was kept.")
    assert not home.exists()
    click(card(page), "get")
    qtbot.waitUntil(lambda: "4.2 of about" in card(page).status.text)


def test_a_failure_is_a_sentence_with_another_try(make_page: MakePage, qtbot: QtBot) -> None:
    fake = FakeDownload("MNIST could not be downloaded (the server cannot be reached); check the network.")
    page = make_page(DataServices(download=fake))
    click(card(page), "get")
    qtbot.waitUntil(lambda: card(page).status.text == fake.failure)
    click(card(page), "more")
    QTest.keyClicks(field(card(page), "mirror"), "http://classroom:8000")
    click(card(page), "retry")
    qtbot.waitUntil(lambda: fake.calls == [("mnist", None), ("mnist", "http://classroom:8000")])
    qtbot.waitUntil(lambda: card(page).status.text == fake.failure)


def test_a_bug_is_logged_and_told(make_page: MakePage, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_arguments: object, **_names: object) -> Path:
        raise RuntimeError("nobody thought of this")

    page = make_page(DataServices(download=broken))
    click(card(page), "get")
    qtbot.waitUntil(lambda: "unexpected went wrong (RuntimeError: nobody" in card(page).status.text)
    assert "nobody thought of this" in caplog.text


def test_downloads_from_a_real_mirror(
    make_page: MakePage, qtbot: QtBot, tiny: tuple[DatasetSpec, Path], server: str, home: Path
) -> None:
    spec, _ = tiny
    page = make_page(DataServices(specs={"tiny": spec}))
    assert gallery(page).grid.captions == ()
    tiny_card = card(page, "tiny")
    click(tiny_card, "more")
    QTest.keyClicks(field(tiny_card, "mirror"), server)
    with qtbot.waitSignal(page.data_changed):
        click(tiny_card, "get")
    assert sorted(path.name for path in (home / "data").iterdir()) == ["tiny"]
    assert "40 + 20, " in tiny_card.text
    assert "not on this machine" not in tiny_card.text
    assert not button(tiny_card, "get").isVisible()
    qtbot.waitUntil(lambda: len(gallery(page).grid.captions) == 25)


def test_a_wrong_mirror_leaves_nothing(
    make_page: MakePage, qtbot: QtBot, tiny: tuple[DatasetSpec, Path], home: Path
) -> None:
    page = make_page(DataServices(specs={"tiny": tiny[0]}))
    click(card(page, "tiny"), "more")
    QTest.keyClicks(field(card(page, "tiny"), "mirror"), "classroom")
    click(card(page, "tiny"), "get")
    qtbot.waitUntil(lambda: "'classroom' is not a web address" in card(page, "tiny").status.text)
    assert not home.exists() or not list((home / "data").iterdir())


def test_imports_a_published_folder(make_page: MakePage, qtbot: QtBot, tiny: tuple[DatasetSpec, Path]) -> None:
    page = make_page(DataServices(specs={"tiny": tiny[0]}), tiny[1])
    with qtbot.waitSignal(page.data_changed):
        click(card(page, "tiny"), "import")
    assert card(page, "tiny").status.text == "Imported as Tiny: 40 pictures to train with, 20 to test."


def test_imports_own_pictures_under_a_name(make_page: MakePage, qtbot: QtBot, tmp_path: Path, home: Path) -> None:
    page = make_page(folder=picture_folder(tmp_path / "Shapes 1"))
    click(own(page), "import_own")
    name = field(own(page), "own_name")
    assert name.text() == "Shapes 1"
    QTest.keyClick(name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "cannot be the name of a data set" in own(page).status.text)
    name.selectAll()
    QTest.keyClicks(name, "shapes")
    with qtbot.waitSignal(page.data_changed):
        click(own(page), "retry")
    assert (home / "data" / "shapes").is_dir()
    assert "16 + 4, " in card(page, "shapes").text
    assert "circle · square" in card(page, "shapes").text
    qtbot.waitUntil(lambda: set(gallery(page).grid.captions) == {"circle", "square"})
    assert len(gallery(page).grid.captions) == 16


def test_the_name_must_not_be_empty_and_the_form_can_be_left(make_page: MakePage, tmp_path: Path) -> None:
    page = make_page(folder=tmp_path)
    click(own(page), "import_own")
    field(own(page), "own_name").clear()
    assert not button(own(page), "import_now").isEnabled()
    assert button(own(page), "import_now").toolTip()
    click(own(page), "import_cancel")
    assert button(own(page), "import_own").isVisible()


def test_a_folder_dropped_on_the_page_gets_a_name(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    page = make_page()
    assert drop(page, picture_folder(tmp_path / "shapes"), middle(page, gallery(page)))
    with qtbot.waitSignal(page.data_changed):
        click(own(page), "import_now")
    qtbot.waitUntil(lambda: card(page, "shapes").isVisible())


def test_a_folder_dropped_on_a_card_becomes_that_set(
    make_page: MakePage, qtbot: QtBot, tiny: tuple[DatasetSpec, Path]
) -> None:
    page = make_page(DataServices(specs={"tiny": tiny[0]}))
    with qtbot.waitSignal(page.data_changed):
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


def test_choosing_no_folder_does_nothing(make_page: MakePage) -> None:
    page = make_page()
    click(card(page), "import")
    click(own(page), "import_own")
    assert not card(page).status.is_busy
    assert button(own(page), "import_own").isVisible()


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


def test_shut_down_ends_a_download(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page(DataServices(download=FakeDownload()))
    click(card(page), "get")
    qtbot.waitUntil(lambda: "4.2 of about" in card(page).status.text)
    with qtbot.waitSignal(page.shut_down_finished):
        page.shut_down()
    assert not page.findChildren(QThread) or not any(thread.isRunning() for thread in page.findChildren(QThread))


def test_shut_down_when_idle_is_told_at_once(qtbot: QtBot) -> None:
    page = DataPage()
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.shut_down_finished, timeout=0):
        page.shut_down()


def test_everything_is_reached_with_the_keyboard(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page()
    qtbot.waitUntil(lambda: len(gallery(page).grid.captions) == 25)
    page.activateWindow()
    button(card(page), "get").setFocus()
    reached: list[str] = []
    for _ in range(30):
        focused = page.focusWidget()
        assert focused is not None
        assert focused.accessibleName() or getattr(focused, "text", str)(), focused.objectName()
        reached.append(focused.objectName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    wanted = ("get", "import", "more", "citation", "import_own", "gallery_edition", "gallery_class", "gallery_others")
    assert not set(wanted) - set(reached)
    assert reached.index("import") < reached.index("import_own") < reached.index("gallery_edition")


def test_progress_is_passed_on_at_most_every_50_ms() -> None:
    sent: list[TransferProgress] = []
    times = iter((0.0, 0.01, 0.04, 0.06, 0.2))
    meter = TransferMeter(DownloadRequest("mnist"), DATASETS["mnist"], sent.append, lambda: next(times))
    for done, total in ((1_000_000, 10_000_000), (2_000_000, 10_000_000), (3_000_000, 10_000_000), (10_000_000, None)):
        meter(DownloadProgress("train-images-idx3-ubyte", 0, 4, done, total))
    meter(DownloadProgress("t10k-images-idx3-ubyte", 2, 4, 800_000, 1_600_000))
    assert [round(progress.received_mb, 1) for progress in sent] == [1.0, 10.0, 10.8]
    shares = [progress.share for progress in sent]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx((60_000 * 785 + 5_000 * 784) / (70_000 * 785))


def test_what_was_imported_elsewhere_is_named(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    def found_fashion(path: Path, name: str | None = None, specs: Mapping[str, DatasetSpec] = DATASETS) -> ImportedInfo:
        spec = specs["fashion-mnist"]
        return ImportedInfo(spec.name, spec.title, Variant.FULL, spec.class_names, 60_000, 10_000, path)

    page = make_page(DataServices(import_folder=found_fashion), tmp_path)
    with qtbot.waitSignal(page.data_changed):
        click(card(page), "import")
    assert card(page).status.text.startswith("Imported as Fashion-MNIST: 60,000 pictures")
