"""The map on Evaluate: what goes into the last layer for each picture, as a place; and the pictures chosen on it."""

from dataclasses import replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QProgressBar, QWidget

from app.core.datasets.sources import load_dataset
from app.core.inference.evaluation import ModelEvaluation
from app.core.inference.mapping.knowledge import KnowledgeMap, Projection
from app.core.inference.mapping.making import Mapped, Placer, map_evaluated, map_training
from app.core.inference.mapping.tsne import Array
from app.core.lessons.happenings import Action, Deed
from app.core.percentages import percent
from app.core.training.control import Probe
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Segments
from app.ui.common.layout import Divided, Flow
from app.ui.common.maps.canvas import MapCanvas
from app.ui.common.maps.legend import MapLegend
from app.ui.common.maps.painting import MapPoints
from app.ui.common.maps.work import MapWork
from app.ui.common.plots.figure import Figure
from app.ui.common.tasks import Task
from app.ui.common.window_object import Happenings
from app.ui.evaluate.evaluations import Evaluated, Load
from app.ui.evaluate.examples import ExamplesGrid, caption_of

_PROJECTIONS = (Projection.PCA, Projection.TSNE)
_MAP_SHARE, _EXAMPLES_HEIGHT = 1000, 136
_BAR_WIDTH = 96
_LOW = 330
"""In less height there are no words about the map."""
_NO_PLACES: NDArray[np.int64] = np.zeros(0, np.int64)


class Source(IntEnum):
    """Which pictures are on the map."""

    TEST = 0
    TRAINING = 1


class KnowledgeMapView(QWidget):
    """Makes the map of an evaluation once it is looked at: by PCA at once, then by t-SNE, which one sees form."""

    picture_chosen = Signal(object, str)  # (28, 28) uint8, the name of its class

    def __init__(self, parent: QWidget | None = None, *, load: Load = load_dataset) -> None:
        super().__init__(parent)
        self._load, self._work = load, MapWork(self)
        self._result: Evaluated | None = None
        self._made: tuple[Evaluated, Source] | None = None
        self._mapped: Mapped | None = None
        self._placer: Placer | None = None
        self._probe: Probe | None = None
        self.canvas, self.legend, self.examples = MapCanvas(), MapLegend(), ExamplesGrid()
        self.sources = build.named(QComboBox(), "map_source", says=self.tr("Pictures on the map"))
        self.sources.addItems([self.tr("Test pictures"), self.tr("Training pictures")])
        self.projections = Segments([("map_pca", self.tr("PCA")), ("map_tsne", self.tr("t-SNE"))])
        self.projections.setToolTip(
            self.tr("PCA: the plane with most of the variance. t-SNE: pictures that are alike stay near each other.")
        )
        self.tools = Segments(
            [("map_move", self.tr("Move")), ("map_rectangle", self.tr("Rectangle")), ("map_lasso", self.tr("Lasso"))]
        )
        self.tools.setToolTip(self.tr("Drag around pictures with Rectangle or Lasso to list them"))
        self._words = build.elided(name="map_words", role="muted")
        self._bar = build.named(QProgressBar(textVisible=False), "map_progress", says=self.tr("Progress"))
        self._stop = build.button(self.tr("Cancel"), name="map_cancel", kind="quiet")
        self._start = build.button(name="map_start", kind="quiet")
        self._about = build.elided(name="map_chosen", role="muted")
        self._lay_out()
        self._connect()

    @property
    def words(self) -> str:
        """What is said of the map."""
        return self._words.whole

    @property
    def about(self) -> str:
        """What is said of the pictures that were chosen."""
        return self._about.whole

    @property
    def knowledge(self) -> KnowledgeMap | None:
        """What is shown."""
        return self._mapped.knowledge if self._mapped is not None else None

    @property
    def is_working(self) -> bool:
        """Whether a map is made, or t-SNE computed."""
        return self._work.is_busy

    @property
    def projection(self) -> Projection:
        """How it is shown, if it can be by now."""
        return _PROJECTIONS[self.projections.current]

    @property
    def figure(self) -> Figure | None:
        """The part of the map that is in sight, to be saved; None while there is no map of this evaluation."""
        is_of_now = self._made is not None and self._made[0] is self._result
        return self.canvas.figure(self._words.whole) if is_of_now else None

    def be_tight(self, is_tight: bool) -> None:
        """Take less room across."""
        for segments in (self.projections, self.tools):
            segments.be_tight(is_tight)

    def show_evaluation(self, result: Evaluated) -> None:
        """Make the map of this one, as soon as somebody looks."""
        self._result = result
        self._look()

    def show_input(self, probe: Probe | None) -> None:
        """What lies on the paper, None for nothing."""
        self._probe = probe
        self._find_dot()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window, the map needs all the room."""
        super().resizeEvent(event)
        self._words.setVisible(self.height() >= _LOW)

    def showEvent(self, event: QShowEvent) -> None:
        """Now it is looked at."""
        super().showEvent(event)
        self._look()
        self._find_dot()
        if self._mapped is not None:
            self._tell()

    def _tell(self) -> None:
        """Lessons may have asked to look at the map of a model."""
        if self._made is not None:
            Happenings.of(self).happened.emit(Deed(Action.SHOWED_MAP, self._made[0].request.model.card.name))

    def _lay_out(self) -> None:
        above = Flow()
        for widget in (self.sources, self.projections, self.tools, self._bar, self._stop, self._start):
            above.addWidget(widget)
        self._bar.setFixedWidth(_BAR_WIDTH)
        halves = Divided(Qt.Orientation.Vertical, theme.SPACING)
        halves.addWidget(build.panel(build.row((self.canvas, 1), self.legend)))
        self._below = build.panel(build.column(self._about, (self.examples, 1), spacing=theme.SPACING // 2))
        halves.addWidget(self._below)
        halves.setStretchFactor(0, 1)
        halves.setSizes([_MAP_SHARE, _EXAMPLES_HEIGHT])
        self._below.hide()
        self._show_work()
        build.column(above, self._words, (halves, 1), on=self, spacing=theme.SPACING // 2)

    def _connect(self) -> None:
        self.sources.currentIndexChanged.connect(self._look)
        self.projections.chosen.connect(self._on_projection_chosen)
        self.tools.chosen.connect(self.canvas.use_tool)
        self.legend.class_chosen.connect(self.canvas.show_only)
        self.canvas.signs_changed.connect(self.legend.show_signs, Qt.ConnectionType.QueuedConnection)
        self.canvas.picture_clicked.connect(self._open)
        self.canvas.pictures_chosen.connect(self._on_pictures_chosen)
        self.examples.example_chosen.connect(self._open)
        self._work.looked.connect(self._on_looked)
        self._work.formed.connect(self._on_formed)
        self._work.computed.connect(self._on_computed)
        self._work.placed.connect(self._on_placed)
        self._work.counted.connect(self._on_counted)
        self._work.failed.connect(self._on_failed)
        self._work.stopped.connect(self._on_stopped)
        self._stop.clicked.connect(self._on_stop)
        self._start.clicked.connect(self._on_start)

    @Slot()
    def _look(self) -> None:
        """Make the map that is asked for, unless it is the one that is shown or made just now."""
        wanted = (self._result, Source(self.sources.currentIndex())) if self._result is not None else None
        if wanted is None or not self.isVisible() or wanted == self._made:
            return
        self._made, self._mapped = wanted, None
        result, source = wanted
        model, load = result.request.model, self._load
        self._show_message(self.tr("Looking into the last layer…"))

        def find(task: "Task[object]") -> tuple[Mapped, Placer]:
            if source is Source.TEST:
                made = map_evaluated(model, result.evaluation, lambda *counts: task.tell(counts))
            else:
                dataset = load(result.request.dataset, result.request.data)
                made = map_training(model, dataset, lambda *counts: task.tell(counts))
            return made, Placer(model)

        self._work.look(find)
        self._show_work()

    def _show_message(self, message: str) -> None:
        self.canvas.show_points(None, message=message)
        self._below.hide()
        self._words.set_whole("")

    @Slot(int, int)
    def _on_counted(self, done: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)

    @Slot(object)
    def _on_looked(self, made: tuple[Mapped, Placer]) -> None:
        self._mapped, self._placer = made
        evaluation, knowledge = self._mapped.evaluation, self._mapped.knowledge
        names = evaluation.class_names
        points = MapPoints(names, evaluation.labels, knowledge.is_wrong, self._words_of, evaluation.images)
        self.legend.show_classes(names)
        self.canvas.show_points(points, knowledge.places(self.projection))
        self._on_pictures_chosen(_NO_PLACES)
        self._tell()
        self.projections.turn_to(_PROJECTIONS.index(Projection.TSNE))  # which forms before one's eyes, from PCA on
        if knowledge.best is Projection.PCA:
            self._compute()
        else:
            self._show_places()

    def _words_of(self, number: int) -> str:
        assert self._mapped is not None
        return caption_of(self._mapped.evaluation, number).lines[0]

    @Slot()
    def _on_start(self) -> None:
        if self._mapped is None:
            self._made = None
            self._look()
        else:
            self._compute()

    def _compute(self) -> None:
        """Compute the places by t-SNE, and show how they come about."""
        if self._mapped is None or self._made is None:
            return
        knowledge, model = self._mapped.knowledge, self._made[0].request.model
        self.projections.turn_to(_PROJECTIONS.index(Projection.TSNE))
        self.canvas.show_dot(None)
        self._work.compute(model, knowledge)
        self._show_places()

    @Slot(object)
    def _on_formed(self, places: Array) -> None:
        if self.projection is Projection.TSNE:
            self.canvas.move_points(places)

    @Slot(object)
    def _on_computed(self, knowledge: KnowledgeMap) -> None:
        if self._mapped is not None:
            self._mapped = replace(self._mapped, knowledge=knowledge)
        self._show_places()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._show_message(sentence)
        self._show_work()

    @Slot()
    def _on_stop(self) -> None:
        self._work.stop()

    @Slot()
    def _on_stopped(self) -> None:
        if self._mapped is None:
            self._show_message(self.tr("Cancelled; there is no map without looking into the last layer."))
            self._made = None
        self.projections.turn_to(_PROJECTIONS.index(Projection.PCA))
        self._show_places()

    def _show_work(self) -> None:
        for widget in (self._bar, self._stop):
            widget.setVisible(self.is_working)
        if not self.is_working:
            self._bar.setRange(0, 0)
        knowledge = self.knowledge
        is_missing = knowledge is None or knowledge.best is Projection.PCA
        self._start.setText(self.tr("Make the map") if knowledge is None else self.tr("Compute t-SNE"))
        self._start.setVisible(not self.is_working and self._result is not None and is_missing)
        self.projections.setEnabled(knowledge is not None)
        self.tools.setEnabled(knowledge is not None)

    @Slot(int)
    def _on_projection_chosen(self, number: int) -> None:
        knowledge = self.knowledge
        is_missing = knowledge is not None and knowledge.best is Projection.PCA and not self.is_working
        if _PROJECTIONS[number] is Projection.TSNE and is_missing:
            self._compute()
        self._show_places()

    def _show_places(self) -> None:
        knowledge, is_forming = self.knowledge, self.is_working and self.projection is Projection.TSNE
        self._show_work()
        if knowledge is None:
            return
        if not is_forming:
            self.canvas.move_points(knowledge.places(self.projection))
            self._find_dot()
        self._words.set_whole(self._words_on(knowledge))

    def _words_on(self, knowledge: KnowledgeMap) -> str:
        if self.projection is Projection.PCA:
            words = self.tr("{data}. The two axes of PCA hold {share} of the variance.")
            return words.format(data=knowledge.data, share=percent(sum(knowledge.axes.shares[:2])))
        return self.tr("{data}. By t-SNE what is alike is near; how far groups are apart tells little.").format(
            data=knowledge.data
        )

    def _find_dot(self) -> None:
        """Where the drawing on the paper is."""
        knowledge, placer, probe, projection = self.knowledge, self._placer, self._probe, self.projection
        if knowledge is None or placer is None or self.is_working or not self.isVisible():
            return
        if probe is None:
            self._work.drop_place()
            self.canvas.show_dot(None)
            return
        preprocessing = placer.model.card.preprocessing
        self._work.place(placer, knowledge, lambda: probe(preprocessing), projection)

    @Slot(object)
    def _on_placed(self, place: Array | None) -> None:
        self.canvas.show_dot(place, keeps_tail=False)

    @Slot(object)
    def _on_pictures_chosen(self, numbers: NDArray[np.int64]) -> None:
        if self._mapped is None:
            return
        evaluation = self._mapped.evaluation
        self._below.setVisible(len(numbers) > 0)
        is_right = evaluation.predicted[numbers] == evaluation.labels[numbers]
        self.examples.show_places(evaluation, numbers[np.lexsort((-evaluation.confidences[numbers], is_right))])
        self._about.set_whole(_chosen_words(self, evaluation, numbers))

    @Slot(int)
    def _open(self, number: int) -> None:
        if self._mapped is not None:
            evaluation = self._mapped.evaluation
            self.picture_chosen.emit(evaluation.images[number], evaluation.class_names[evaluation.labels[number]])


def _chosen_words(view: QWidget, evaluation: ModelEvaluation, numbers: NDArray[np.int64]) -> str:
    """How many of which classes were chosen: "12 pictures: 8 of 4, 4 of 9. 3 were read wrong."."""
    counts = np.bincount(evaluation.labels[numbers], minlength=len(evaluation.class_names))
    order = [label for label in np.argsort(-counts, kind="stable").tolist() if counts[label]]
    wrong = int((evaluation.predicted[numbers] != evaluation.labels[numbers]).sum())
    each = ", ".join(
        view.tr("{count:,} of {name}").format(count=int(counts[label]), name=evaluation.class_names[label])
        for label in order
    )
    words = view.tr("{count:,} pictures chosen: {each}. Read wrong: {wrong:,}")
    return words.format(count=len(numbers), each=each, wrong=wrong)
