"""The page, a small published set, and a server that has it."""

import gzip
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QThread, QTimer
from pytestqt.qtbot import QtBot

from app.core.datasets import sources
from app.core.datasets.content import RawData, complete
from app.core.datasets.idx import write_idx
from app.core.datasets.importing import ImportedInfo, ImportPreview
from app.core.datasets.registry import DATASETS
from app.core.datasets.samples.store import SampleStore
from app.core.datasets.storage import IDX_NAMES
from app.core.datasets.types import DataKind, DatasetFile, DatasetSpec, LabelledImages
from app.ui.data import dataset_card, dialogs, import_card
from app.ui.data.page import DataPage
from tests.core.datasets.sample_hand import filled_store
from tests.ui.closing import end_work
from tests.ui.hand import click

from .helpers import MakePage, QuietHandler
from .sample_helpers import card_of, settle


@pytest.fixture(autouse=True)
def quiet_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No data of this machine is found, and no proxy is asked for a server on it."""
    monkeypatch.setattr(sources, "_SYSTEM_FOLDER", tmp_path / "system")
    monkeypatch.delenv("SOFTMAX_STUDIO_MIRROR", raising=False)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def make_page(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePage]:
    """The page; what is given takes the place of published sets, of core's functions, and of what dialogs answer."""
    pages: list[DataPage] = []

    def make(  # noqa: PLR0917 - what a test may replace
        specs: Mapping[str, DatasetSpec] = DATASETS,
        download: Callable[..., Path] | None = None,
        import_folder: Callable[..., ImportedInfo] | None = None,
        preview_import: Callable[..., ImportPreview] | None = None,
        folder: Path | None = None,
        files: Sequence[Path] = (),
    ) -> DataPage:
        if download is not None:
            monkeypatch.setattr(dataset_card, "download", download)
        if import_folder is not None:
            monkeypatch.setattr(dataset_card, "import_folder", import_folder)
        if preview_import is not None:
            monkeypatch.setattr(import_card, "preview_import", preview_import)
        monkeypatch.setattr(dialogs, "choose_folder", lambda _parent: folder)
        monkeypatch.setattr(dialogs, "choose_files", lambda _parent: list(files))
        # Not qtbot.addWidget: that destroys a page before its threads were asked to end.
        page = DataPage(specs=specs)
        page.resize(1100, 640)
        page.show()
        pages.append(page)
        return page

    yield make
    for page in pages:
        end_work(page, qtbot)
        assert not [thread for thread in page.findChildren(QThread) if thread.isRunning()]
        page.close()
        assert not [timer for timer in page.findChildren(QTimer) if timer.isActive()]
        page.deleteLater()


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
        kind=DataKind.OWN,
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


@pytest.fixture
def browsed(make_page: MakePage, qtbot: QtBot) -> Callable[[], tuple[DataPage, SampleStore]]:
    """The page with a set of 21 samples that are looked at."""

    def make() -> tuple[DataPage, SampleStore]:
        store, page = filled_store(), make_page()
        settle(page, qtbot)
        click(card_of(page, store.name), "browse")
        settle(page, qtbot)
        return page, store

    return make
