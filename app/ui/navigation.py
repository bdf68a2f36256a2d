"""Between the pages: what each way of the navigator does, and how the paper reaches the network in training."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer, Slot

from app.core.config.config import TrainingConfig
from app.core.errors import StudioError
from app.core.imaging.drawing import DRAWING_SUFFIX
from app.core.imaging.paper import Paper
from app.core.imaging.pictures import PICTURE_SUFFIXES
from app.core.models.foreign.containers import holds_model
from app.core.models.store import find_model, free_name
from app.core.runs.snapshots import Moment
from app.ui.common.messages import Messages
from app.ui.common.navigator import Navigator
from app.ui.common.page import Page
from app.ui.common.picture_grid import ExampleChosen

if TYPE_CHECKING:
    from app.ui.evaluate.page import EvaluatePage
    from app.ui.models.page import ModelsPage
    from app.ui.recognize.page import RecognizePage
    from app.ui.runs.page import RunsPage
    from app.ui.search.page import SearchPage
    from app.ui.train.page import TrainPage

_PREVIEW_MS = 80


class WindowNavigator(Navigator):
    """Leads through the window. `page` gives a page by its name, made if need be; `show_page` turns to it."""

    def __init__(self, window: QObject, page: Callable[[str], Any], show_page: Callable[[str], None]) -> None:
        super().__init__(window)
        self._page, self._show_page = page, show_page
        self._to_be_tried: TrainingConfig | None = None

    def show(self, page: str) -> None:
        self._show_page(page)

    def _turn_to(self, name: str) -> Any:
        self.show(name)
        return self._page(name)

    def show_paper(self) -> None:
        recognize: RecognizePage = self._turn_to("recognize")
        recognize.focus_paper()

    def open_files(self, paths: Sequence[Path]) -> None:
        page: Page = self._turn_to(page_for(paths[0]))
        page.open_files(paths)

    def open_example(self, example: ExampleChosen) -> None:
        recognize: RecognizePage = self._page("recognize")
        if example.model:
            recognize.refresh_models(example.model)
        recognize.show_example(example.image, example.preprocessing, example.class_names, example.true)
        self.show_paper()

    def open_paper(self, paper: Paper, preprocessing: str, class_names: tuple[str, ...]) -> None:
        recognize: RecognizePage = self._page("recognize")
        recognize.read_as(preprocessing, class_names)
        recognize.canvas.put(paper)
        self.show_paper()

    def use_model(self, name: str) -> None:
        try:
            find_model(name)
        except StudioError as error:
            Messages.of(self).error(str(error))
            return
        self._page("recognize").use_new_model(name)
        self.show_paper()

    def model_trained(self, name: str) -> None:
        recognize: RecognizePage = self._page("recognize")
        recognize.use_new_model(name)
        wanted, self._to_be_tried = self._to_be_tried, None
        chosen, train = recognize.chooser.chosen, self._page("train")
        if wanted is not None and chosen is not None and chosen.card.config == wanted and train.isVisible():
            self.show_paper()

    def evaluate_model(self, name: str) -> None:
        evaluate: EvaluatePage = self._turn_to("evaluate")
        evaluate.use_model(name)

    def show_model(self, name: str) -> None:
        models: ModelsPage = self._turn_to("models")
        models.select(name)

    def fill_form(self, config: TrainingConfig) -> bool:
        train: TrainPage = self._turn_to("train")
        return train.use_config(config)

    def train(self, config: TrainingConfig) -> None:
        self._train(config, None)

    def train_on_samples(self, config: TrainingConfig) -> None:
        is_alone = not config.initial_model
        self._train(config, free_name(config.dataset) if is_alone else None)
        self._to_be_tried = config if is_alone else None

    def _train(self, config: TrainingConfig, name: str | None) -> None:
        self.fill_form(config)
        train: TrainPage = self._page("train")
        train.train(config, name)

    def resume_run(self, run: int) -> None:
        train: TrainPage = self._turn_to("train")
        train.resume(run)

    def show_runs(self, runs: tuple[int, ...]) -> None:
        page: RunsPage = self._turn_to("runs")
        page.show_runs(runs)

    def keep_moment(self, run: int, moment: Moment, starts: bool) -> None:
        train: TrainPage = self._page("train")
        train.keep_moment(run, moment, starts)

    def search(self, config: TrainingConfig) -> None:
        page: SearchPage = self._page("search")
        page.vary(config)
        self.show("search")


_DATA = ("-ubyte", ".h5", ".hdf5", ".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz")


def page_for(path: Path) -> str:
    """The name of the page that takes in such a file or folder: pictures, drawings and all else go to the paper."""
    if holds_model(path):
        return "models"
    if path.name.lower().endswith((DRAWING_SUFFIX, *PICTURE_SUFFIXES)) and not path.is_dir():
        return "recognize"
    from app.core.datasets.files.others import may_be_other
    from app.core.datasets.tables.reading import is_table_name  # what tables need is not loaded for a drawing

    is_data = path.is_dir() or is_table_name(path.name) or path.name.lower().endswith(_DATA) or may_be_other(path.name)
    return "data" if is_data else "recognize"


def feed_paper(recognize: "RecognizePage", page: "RunsPage | EvaluatePage") -> None:
    """Pass what is drawn on to the films on Runs, or to the map on Evaluate."""
    recognize.input_changed.connect(page.show_input)
    recognize.canvas.changed.emit()  # tell the new page what is drawn already


class PreviewFeed(QObject):
    """Passes the paper on while the Train page can make use of it, a dozen times a second at most."""

    def __init__(self, recognize: "RecognizePage", train: "TrainPage") -> None:
        super().__init__(train)
        self._recognize, self._train = recognize, train
        self._shown: Paper | None = None
        self._soon = QTimer(self, singleShot=True, interval=_PREVIEW_MS)
        self._soon.timeout.connect(self._show_paper)
        recognize.input_changed.connect(train.show_input)
        recognize.input_changed.connect(self._on_input_changed)
        recognize.canvas.busy_changed.connect(train.give_way)
        train.installEventFilter(self)
        recognize.canvas.changed.emit()  # tell the new page what is drawn already

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._show_paper()
        return super().eventFilter(watched, event)

    @Slot()
    def _show_paper(self) -> None:
        """Show the paper of now, if it is another one."""
        if self._recognize.paper is not self._shown:
            self._shown = self._recognize.paper
            self._train.show_preview(self._recognize.preview())

    @Slot()
    def _on_input_changed(self) -> None:
        if (self._train.isVisible() or self._train.is_training) and not self._soon.isActive():
            self._soon.start()
