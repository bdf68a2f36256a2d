"""The window. It only wires: pages to the rail, facts to where they are shown, closing to whoever must stop first."""

import importlib
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from app.core.config.config import TrainingConfig
from app.core.errors import StudioError
from app.core.imaging.paper import Paper
from app.core.models.store import find_model, free_name
from app.ui import theme
from app.ui.closing import Closing, Unfinished
from app.ui.common.changes import Changes
from app.ui.common.messages import Messages
from app.ui.common.picture_grid import ExampleChosen
from app.ui.help.help import Help
from app.ui.icons import icon
from app.ui.recognize.page import RecognizePage
from app.ui.search.navigation import SearchDoor
from app.ui.settings import Settings
from app.ui.window_frame import Busy, WindowFrame

if TYPE_CHECKING:
    from app.ui.help.tour import Stop
    from app.ui.train.page import TrainPage


# Importing what the Train page needs while nobody waits for it.

_WAIT_MS = 1500


class Preloader(QTimer):
    """Imports pyqtgraph once, a moment after the window was made; goes with the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setSingleShot(True)
        self.setInterval(_WAIT_MS)
        self.timeout.connect(self._on_time)
        self.start()

    @Slot()
    def _on_time(self) -> None:
        if self._window.isVisible():
            importlib.import_module("pyqtgraph")


# Shows the Train page what lies on the paper of the Recognize page.

_PREVIEW_MS = 80


class PreviewFeed(QObject):
    """Passes the paper on while the Train page can make use of it, a dozen times a second at most."""

    def __init__(self, recognize: RecognizePage, train: "TrainPage") -> None:
        super().__init__(train)
        self._recognize, self._train = recognize, train
        self._shown: Paper | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PREVIEW_MS)
        self._soon.timeout.connect(self.show_paper)
        recognize.input_changed.connect(train.show_input)
        recognize.input_changed.connect(self._on_input_changed)
        recognize.canvas.busy_changed.connect(train.give_way)
        recognize.canvas.changed.emit()  # tell the new page what is drawn already

    @Slot()
    def show_paper(self) -> None:
        """Show the paper of now, if it is another one."""
        if self._recognize.paper is not self._shown:
            self._shown = self._recognize.paper
            self._train.show_preview(self._recognize.preview())

    @Slot()
    def _on_input_changed(self) -> None:
        if (self._train.isVisible() or self._train.is_training) and not self._soon.isActive():
            self._soon.start()


PREFERRED_SIZE = QSize(1280, 720)
SMALLEST_SIZE = QSize(800, 440)
"""Pages scroll in it. Full HD at 200% leaves 960x540, less what the desktop takes for bars and the window's frame."""
_FRAME_SIZE = QSize(16, 40)
"""What desktops draw around a window, at most; it cannot be asked for before the window is shown."""

RECOGNIZE, TRAIN, SEARCH, EVALUATE, RUNS, DATA = "recognize", "train", "search", "evaluate", "runs", "data"
MODELS = "models"


def first_place(screen: QRect) -> QRect:
    """Where the window opens for the first time on the free part of a screen: its frame's corner, its own size."""
    size = PREFERRED_SIZE.boundedTo(screen.size() - _FRAME_SIZE).expandedTo(SMALLEST_SIZE)
    left = (screen.size() - _FRAME_SIZE - size).expandedTo(QSize(0, 0))
    return QRect(screen.topLeft() + QPoint(left.width() // 2, left.height() // 2), size)


class MainWindow(QMainWindow):
    """Recognize is made at once; the other pages when they are first visited."""

    closed = Signal()

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__()
        self._settings = settings or Settings()
        self.setWindowTitle(self.tr("Softmax Studio"))
        self.setWindowIcon(icon("app"))
        self.setMinimumSize(SMALLEST_SIZE)
        self.resize(PREFERRED_SIZE)
        self.messages, self.changes = Messages(self), Changes(self)
        self._frame = WindowFrame(
            self.messages,
            {
                RECOGNIZE: self.tr("Recognize"),
                TRAIN: self.tr("Train"),
                EVALUATE: self.tr("Evaluate"),
                RUNS: self.tr("Runs"),
                DATA: self.tr("Data"),
                MODELS: self.tr("Models"),
            },
        )
        self.chooser, self.banner = self._frame.chooser, self._frame.banner
        self.rail, self.stack = self._frame.rail, self._frame.stack
        self.setCentralWidget(self._frame)
        self._factories: dict[str, Callable[[], QWidget]] = {
            TRAIN: self._make_train,
            SEARCH: self._make_search,
            EVALUATE: self._make_evaluate,
            RUNS: self._make_runs,
            DATA: self._make_data,
            MODELS: self._make_models,
        }
        self._pages: dict[str, QWidget] = {}
        self._to_be_tried: TrainingConfig | None = None
        self._closing = Closing(self, self._unfinished, self._busy_pages)
        self._closing.began.connect(self._on_closing_began)
        self._closing.finished.connect(self._on_closing_finished)
        self.recognize = self._make_recognize()
        self.help = Help(self, self._settings, lambda: self._shown, self.show_page, self._tour_stops)
        self._frame.add_offer(self.help.offer)
        self._connect()
        last = self._settings.page
        self.show_page(RECOGNIZE)
        if last in self._factories:
            self.show_page(last)
        self._restore_geometry()
        self._preloader = Preloader(self)

    @Slot(str)
    def show_page(self, name: str) -> None:
        """Go to a page, making it first if need be."""
        if name not in self._pages:
            self._add(name, self._factories[name]())
        self._settings.page = TRAIN if name == SEARCH else name
        self._shown = name
        self.rail.choose(TRAIN if name == SEARCH else name)  # searches belong to the Train page
        self._frame.show_reading(name == RECOGNIZE)
        if name == TRAIN:
            self._previews.show_paper()
        if name == EVALUATE:
            self.evaluate.follow(self.chooser.chosen)
        if name == DATA and self.chooser.chosen:
            self.data.samples.reads_with = self.chooser.chosen.card.name
        self.stack.setCurrentWidget(self._pages[name])

    def _make_recognize(self) -> RecognizePage:
        page = RecognizePage(self._settings, self.chooser)
        page.status_changed.connect(self._frame.left.setText)
        page.example_chosen.connect(self._on_example_chosen)
        page.samples_page_requested.connect(self._on_data_page_requested)
        page.models_page_requested.connect(self._on_models_page_requested)
        page.training_requested.connect(self._on_training_requested)
        page.shut_down_finished.connect(self._closing.on_page_shut_down)
        self._add(RECOGNIZE, page)
        return page

    def _make_train(self) -> QWidget:
        from app.ui.train.page import TrainPage

        self.train = TrainPage()
        self.train.restore_form(self._settings.form)
        self.train.model_saved.connect(self._on_model_saved)
        self.train.status_changed.connect(self._frame.right.setText)
        self.train.data_page_requested.connect(self._on_data_page_requested)
        self.train.recognize_page_requested.connect(self._on_recognize_page_requested)
        self.train.try_requested.connect(self._on_model_requested)
        self.train.evaluation_requested.connect(self._on_evaluation_requested)
        self.train.runs_requested.connect(self._on_runs_requested)
        self.train.shut_down_finished.connect(self._closing.on_page_shut_down)
        self._searches = SearchDoor(self.train)
        self._searches.page_requested.connect(self._on_search_page_requested)
        self._searches.train_page_requested.connect(self._on_train_page_requested)
        self._searches.busy_changed.connect(self._on_busy_changed)
        self._previews = PreviewFeed(self.recognize, self.train)
        return self.train

    def _make_search(self) -> QWidget:
        self.search = self._searches.make_page()
        self.search.status_changed.connect(self._frame.right.setText)
        self.search.data_page_requested.connect(self._on_data_page_requested)
        self.search.run_requested.connect(self._on_run_requested)
        self.search.model_requested.connect(self._on_model_requested)
        self.search.shut_down_finished.connect(self._closing.on_page_shut_down)
        return self.search

    def _make_evaluate(self) -> QWidget:
        from app.ui.evaluate.page import EvaluatePage

        self.evaluate = EvaluatePage()
        self.evaluate.example_chosen.connect(self._on_example_chosen)
        self.evaluate.data_page_requested.connect(self._on_data_page_requested)
        self.evaluate.models_page_requested.connect(self._on_models_page_requested)
        return self.evaluate

    def _make_runs(self) -> QWidget:
        from app.ui.runs.page import RunsPage

        self.runs = RunsPage(self._settings)
        self.runs.model_requested.connect(self._on_model_requested)
        self.runs.train_page_requested.connect(self._on_train_page_requested)
        self.runs.train_again_requested.connect(self._on_train_again_requested)
        self.runs.resume_requested.connect(self._on_resume_requested)
        return self.runs

    def _make_data(self) -> QWidget:
        from app.ui.data.page import DataPage

        self.data = DataPage()
        self.data.example_chosen.connect(self._on_example_chosen)
        self.data.training_requested.connect(self._on_training_requested)
        self.data.reader_wanted.connect(self.recognize.read_as)
        self.data.paper_requested.connect(self._on_paper_requested)
        self.data.drawing_requested.connect(self._on_recognize_page_requested)
        self.data.shut_down_finished.connect(self._closing.on_page_shut_down)
        return self.data

    def _make_models(self) -> QWidget:
        from app.ui.models.page import ModelsPage

        self.models = ModelsPage()
        self.models.use_requested.connect(self._on_model_requested)
        self.models.evaluation_requested.connect(self._on_evaluation_requested)
        return self.models

    def _tour_stops(self) -> "tuple[Stop, ...]":
        from app.ui.help.tour_stops import tour_stops

        return tour_stops(self)

    def _add(self, name: str, page: QWidget) -> None:
        self._pages[name] = page
        self.stack.addWidget(page)

    def _connect(self) -> None:
        self.rail.page_chosen.connect(self._on_page_chosen)
        self.rail.scheme_chosen.connect(self._on_scheme_chosen)
        self.chooser.models_page_requested.connect(self._on_models_page_requested)
        self.changes.data_changed.connect(self._on_data_changed)
        self.changes.models_changed.connect(self._on_models_changed)
        self.changes.watch_models()
        self.rail.help_requested.connect(self.help.open)
        QShortcut(QKeySequence("Escape"), self).activated.connect(self._on_escape)
        for before, after in pairwise((*self.recognize.tab_chain, self.chooser)):
            QWidget.setTabOrder(before, after)

    def _restore_geometry(self) -> None:
        if not self.restoreGeometry(self._settings.geometry):
            place = first_place(QGuiApplication.primaryScreen().availableGeometry())
            self.resize(place.size())
            self.move(place.topLeft())  # the frame's corner

    @Slot(str)
    def _on_page_chosen(self, name: str) -> None:
        """Go to a page; from the others, Train leads to the search if that is what runs."""
        is_busy = name == TRAIN and TRAIN in self._pages
        leads_on = is_busy and self._searches.leads_to_search(self._shown == SEARCH)
        self.show_page(SEARCH if leads_on else name)

    @Slot(object)
    def _on_busy_changed(self, busy: tuple[Busy, ...]) -> None:
        self.rail.show_busy(TRAIN, busy)

    @Slot(str)
    def _on_scheme_chosen(self, scheme: str) -> None:
        self._settings.scheme = theme.Scheme(scheme)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply_theme(app, theme.Scheme(scheme))

    @Slot()
    def _on_escape(self) -> None:
        """Drop the stroke under the pen; else end the tour; else close the message; else clear the paper."""
        if self.recognize.canvas.is_busy:
            self.recognize.canvas.cancel()
        elif self.help.is_touring:
            self.help.end_tour()
        elif self.banner.is_error:
            self.messages.clear()
        elif self.stack.currentWidget() is self.recognize:
            self.recognize.canvas.clear()

    @Slot()
    def _on_data_page_requested(self) -> None:
        self.show_page(DATA)

    @Slot()
    def _on_models_page_requested(self) -> None:
        self.show_page(MODELS)
        if self.chooser.chosen:
            self.models.select(self.chooser.chosen.card.name)

    @Slot()
    def _on_models_changed(self) -> None:
        """Another program, or the Models page, added, changed or removed a model."""
        self.recognize.refresh_models()
        if EVALUATE in self._pages:
            self.evaluate.refresh_models()
        if MODELS in self._pages:
            self.models.refresh()

    @Slot(str)
    def _on_evaluation_requested(self, name: str) -> None:
        self.show_page(EVALUATE)
        self.evaluate.use_model(name)

    @Slot()
    def _on_recognize_page_requested(self) -> None:
        self.show_page(RECOGNIZE)
        self.recognize.focus_paper()

    @Slot()
    def _on_train_page_requested(self) -> None:
        self.show_page(TRAIN)

    @Slot(object)
    def _on_train_again_requested(self, config: TrainingConfig) -> None:
        self.show_page(TRAIN)
        self.train.use_config(config)

    @Slot(object)
    def _on_training_requested(self, config: TrainingConfig) -> None:
        """Train with these settings now; while a run is under way, the Train page says why not.

        What learned from samples alone is tried on the paper at once.
        """
        self._on_train_again_requested(config)
        is_alone = not config.initial_model
        self.train.train(config, free_name(config.dataset) if is_alone else None)
        self._to_be_tried = config if is_alone else None

    @Slot(str)
    def _on_model_saved(self, name: str) -> None:
        """Read with the new model; go back to the paper, if it was trained to be tried there."""
        self.recognize.use_new_model(name)
        wanted, self._to_be_tried = self._to_be_tried, None
        chosen = self.chooser.chosen
        if wanted is not None and chosen is not None and chosen.card.config == wanted and self._shown == TRAIN:
            self._on_recognize_page_requested()

    @Slot(int)
    def _on_resume_requested(self, run: int) -> None:
        self.show_page(TRAIN)
        self.train.resume(run)

    @Slot()
    def _on_search_page_requested(self) -> None:
        self.show_page(SEARCH)

    @Slot(int)
    def _on_run_requested(self, run: int) -> None:
        self.show_page(RUNS)
        self.runs.show_run(run)

    @Slot(object)
    def _on_runs_requested(self, runs: tuple[int, ...]) -> None:
        self.show_page(RUNS)
        self.runs.show_runs(runs)

    @Slot(str)
    def _on_model_requested(self, name: str) -> None:
        """Read with a model that a run left, if it is still there."""
        try:
            find_model(name)
        except StudioError as error:
            self.messages.error(str(error))
            return
        self.recognize.use_new_model(name)
        self._on_recognize_page_requested()

    @Slot(object)
    def _on_example_chosen(self, example: ExampleChosen) -> None:
        """Open an example on the paper, to be drawn on and read again by the model it belongs to."""
        if example.model:
            self.recognize.refresh_models(example.model)
        self.recognize.show_example(example.image, example.preprocessing, example.class_names, example.true)
        self._on_recognize_page_requested()

    @Slot(object)
    def _on_paper_requested(self, paper: Paper) -> None:
        """Lay a paper down that was kept, to go on with it."""
        self.recognize.canvas.put(paper)
        self._on_recognize_page_requested()

    @Slot()
    def _on_data_changed(self) -> None:
        if EVALUATE in self._pages:
            self.evaluate.refresh()
        if TRAIN in self._pages:
            self.train.refresh_data()
        if SEARCH in self._pages:
            self.search.refresh_data()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close once everybody has ended what they do, and not before."""
        if not self._closing.is_over:
            event.ignore()
            self._closing.request()
            return
        self._settings.geometry = self.saveGeometry()
        if TRAIN in self._pages:
            self._settings.form = self.train.form
        self._preloader.stop()
        event.accept()
        self.closed.emit()

    def _unfinished(self) -> Unfinished:
        if TRAIN not in self._pages:
            return Unfinished()
        train = self.train
        return Unfinished(train.is_training, train.is_saving, train.has_undecided, self._searches.is_searching)

    def _busy_pages(self) -> list[QWidget]:
        return [page for page in self._pages.values() if hasattr(page, "shut_down")]

    @Slot(str)
    def _on_closing_began(self, waiting_for: str) -> None:
        for widget in (self.rail, self.stack, self.chooser):
            widget.setEnabled(False)
        self._frame.left.setText(waiting_for)
        self._frame.left.show()

    @Slot()
    def _on_closing_finished(self) -> None:
        QTimer.singleShot(0, self.close)
