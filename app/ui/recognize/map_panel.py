"""The panel beside the answer that shows where the drawing lies among other pictures, as the network sees them."""

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from app.core.inference.mapping.knowledge import KnowledgeMap, Projection
from app.core.inference.mapping.making import Placer, map_for_paper
from app.core.models.store import StoredModel
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.maps.canvas import MapCanvas
from app.ui.common.maps.legend import MapLegend
from app.ui.common.maps.painting import MapPoints
from app.ui.common.maps.work import MapWork
from app.ui.common.tasks import Task, leave_the_window_first
from app.ui.recognize.recognizer import Recognition

Made = tuple[KnowledgeMap, Placer]


class MapPanel(QWidget):
    """Follows the newest drawing while it is seen, as a dot with a tail; hidden, it asks for nothing.

    The map that Evaluate made last is there at once; without one it is made of a few training pictures.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read: tuple[Recognition | None, StoredModel | None] = (None, None)
        self._model: StoredModel | None = None
        self._made: Made | None = None
        self._work = MapWork(self)
        self.canvas, self.legend = MapCanvas(is_small=True), MapLegend(is_wide=True)
        self._words = build.label(name="map_words", role="caption", wraps=True, fills=True)
        self._bar = build.named(QProgressBar(textVisible=False), "map_progress", says=self.tr("Progress"))
        self._bar.hide()
        card = Card(self.tr("Where your drawing lies"))
        for part, stretch in ((self.canvas, 1), (self._bar, 0), (self.legend, 0), (self._words, 0)):
            card.body.addWidget(part, stretch)
        card.body.setSpacing(theme.SPACING // 2)
        build.column(card, on=self)
        self.legend.class_chosen.connect(self.canvas.show_only)
        self.canvas.signs_changed.connect(self.legend.show_signs, Qt.ConnectionType.QueuedConnection)
        self._work.looked.connect(self._on_looked)
        self._work.formed.connect(self.canvas.move_points)
        self._work.computed.connect(self._on_computed)
        self._work.placed.connect(self.canvas.show_dot)
        self._work.counted.connect(self._on_counted)
        self._work.failed.connect(self._on_failed)

    @property
    def knowledge(self) -> KnowledgeMap | None:
        """What is shown."""
        return self._made[0] if self._made is not None else None

    @property
    def is_done(self) -> bool:
        """Whether nothing is looked into or computed any more."""
        return not self._work.is_busy

    @property
    def words(self) -> str:
        """What is said of the map."""
        return self._words.text()

    def show_recognition(self, recognition: Recognition | None, model: StoredModel | None) -> None:
        """Show where this lies, if anybody looks."""
        self._read = (recognition, model)
        self._look()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up; the map may be another one by now."""
        super().showEvent(event)
        if not self._work.is_busy:
            self._model = None
        self._look()

    @Slot()
    def _look(self) -> None:
        recognition, model = self._read
        if not self.isVisible():
            return
        if model != self._model:
            self._model, self._made = model, None
            self._work.drop()
            self._bar.setVisible(model is not None)
            self._words.setText("")
            self.legend.show_classes(model.card.class_names if model is not None else ())
            self.canvas.show_points(None, message=self.tr("Looking into the last layer…") if model else "")
            if model is not None:
                self._work.look(partial(_find, model))
        self._place(recognition)

    def _place(self, recognition: Recognition | None) -> None:
        if self._made is None or self._work.is_busy:
            return
        if recognition is None or recognition.shown.is_empty:
            self._work.drop_place()
            self.canvas.show_dot(None)
            return
        knowledge, placer = self._made
        image = recognition.shown.image
        self._work.place(placer, knowledge, lambda: image, knowledge.best)

    @Slot(object)
    def _on_looked(self, made: Made) -> None:
        self._made = made
        knowledge = made[0]
        points = MapPoints(knowledge.class_names, knowledge.labels, knowledge.is_wrong, partial(_words_of, knowledge))
        self.canvas.show_points(points, knowledge.places(knowledge.best))
        self._words.setText(self.tr("{data}, by what goes into the last layer").format(data=knowledge.data))
        if knowledge.best is Projection.PCA and self._model is not None:
            self._work.compute(self._model, knowledge)
        else:
            self._show_done()

    @Slot(object)
    def _on_computed(self, knowledge: KnowledgeMap) -> None:
        if self._made is not None:
            self._made = (knowledge, self._made[1])
            self.canvas.move_points(knowledge.places(Projection.TSNE))
        self._show_done()

    def _show_done(self) -> None:
        self._bar.hide()
        self._place(self._read[0])

    @Slot(int, int)
    def _on_counted(self, done: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._bar.hide()
        self.canvas.show_points(None, message=sentence)


def _find(model: StoredModel, task: Task[object]) -> Made:
    leave_the_window_first()
    return map_for_paper(model, lambda *counts: task.tell(counts)), Placer(model)


def _words_of(knowledge: KnowledgeMap, number: int) -> str:
    """What a point is: "4", or "4, read as 9"."""
    true, said = (knowledge.class_names[each[number]] for each in (knowledge.labels, knowledge.predicted))
    return true if true == said else f"{true} → {said}"
