"""The panel beside the answer: the drawing's way through the network, layer by layer."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from app.core.datasets.sources import load_dataset
from app.core.errors import StudioError
from app.core.inference.explaining.decision import Decision
from app.core.inference.explaining.inside import Inside, LayerOutput, NetworkInside, Unit
from app.core.models.store import StoredModel
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card, FormScroll
from app.ui.common.dialogs import give_menu
from app.ui.common.film.decision import DecisionFigure
from app.ui.common.layout import FitScroll
from app.ui.common.messages import Messages
from app.ui.common.plots.figure import figure_image, save_figure
from app.ui.common.plots.figure_view import choose_file
from app.ui.common.tasks import Task, Tasks, leave_the_window_first
from app.ui.recognize.inside.decision_view import DecisionView
from app.ui.recognize.inside.layer_view import LayerView, ValueBars
from app.ui.recognize.inside.unit_card import UnitCard
from app.ui.recognize.invitations import waiting_words
from app.ui.recognize.recognizer import Recognition

_SHOWN = {"Conv2D", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D", "BatchNormalization", "Dense"}
"""Layers that only arrange numbers anew, or do nothing when they read, are left out."""
STRONGEST = 9
QUICK_S = 0.006
"""What takes longer is not done while the event loop waits."""

_WAY, _MESSAGE, _DECISION = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Looked:
    """What was seen, and by which look into which model."""

    network: NetworkInside
    inside: Inside


class Looks(QObject):
    """Looks into the network beside the window: of the newest drawing only."""

    looked = Signal(object)  # Looked
    failed = Signal(str)
    strongest_found = Signal(object, object)  # Unit, images (n, 28, 28) uint8

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = Tasks(self)
        self._network: NetworkInside | None = None
        self._took_s = 1.0

    def look(self, model: StoredModel, picture: NDArray[np.float32], off: Unit | None) -> None:
        """Follow this picture: at once if that is done in a moment, else soon, unless something newer comes first."""
        network = self._network
        if network is not None and network.model == model and self._took_s < QUICK_S:
            self._tasks.drop("look")
            self.looked.emit(self._look_into(network, picture, off))
            return
        work = partial(self._look, model, picture, off)
        self._tasks.start(work, self.looked.emit, failed=self.failed.emit, lane="look", newest_only=True)

    def find_strongest(self, network: NetworkInside, unit: Unit) -> None:
        """Find the training pictures that the unit responds to most."""
        work = partial(_strongest, network, unit)
        done = partial(self.strongest_found.emit, unit)
        self._tasks.start(work, done, failed=lambda _: done(_NO_PICTURES), lane="strongest", newest_only=True)

    def drop(self) -> None:
        """Nobody looks any more."""
        self._tasks.drop("look")
        self._tasks.drop("strongest")

    def _look(self, model: StoredModel, picture: NDArray[np.float32], off: Unit | None, task: Task[Looked]) -> Looked:
        leave_the_window_first()
        if self._network is None or self._network.model != model:
            self._network = NetworkInside(model)
        task.check()
        return self._look_into(self._network, picture, off)

    def _look_into(self, network: NetworkInside, picture: NDArray[np.float32], off: Unit | None) -> Looked:
        began = time.thread_time()
        known = off if off is not None and network.knows(off) else None
        looked = Looked(network, network.look(picture, known))
        self._took_s = time.thread_time() - began
        return looked


_NO_PICTURES = np.zeros((0, 28, 28), np.uint8)


def _strongest(network: NetworkInside, unit: Unit, task: Task[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Among the training pictures of the starter data: what the model learned from may be far larger."""
    leave_the_window_first()
    try:
        images = load_dataset(network.model.card.dataset, "starter").train.images
    except StudioError:
        images = load_dataset(network.model.card.dataset, "full").train.images
    return images[network.strongest(unit, images, STRONGEST, task.check)]


class LayerSection(QWidget):
    """A layer: its words, and what it made of the drawing."""

    unit_chosen = Signal(object)  # Unit

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer = ""
        self._words = build.label(role="caption", wraps=True)
        self.view = LayerView()
        self.all = build.button(name="all_maps", kind="link", checkable=True)
        self.all.toggled.connect(self._on_all_toggled)
        self.view.example_clicked.connect(self._on_clicked)
        build.column(build.row((self._words, 1), self.all), self.view, on=self, spacing=theme.SPACING // 2)

    def show_output(self, output: LayerOutput) -> None:
        """Show what the layer made."""
        if output.name != self.layer:
            self.layer = output.name
            self._words.setText(output.words)
            self.view.setAccessibleName(output.words)
            self.all.setChecked(False)
        self.view.show_output(output)
        self._say_all(output)

    def _say_all(self, output: LayerOutput) -> None:
        count = output.values.shape[-1]
        self.all.setVisible(self.view.hidden_count > 0 or self.all.isChecked())
        fewer, every = self.tr("Most active"), self.tr("All {count}").format(count=count)
        self.all.setText(fewer if self.all.isChecked() else every)
        self._output = output

    @Slot(bool)
    def _on_all_toggled(self, shows_all: bool) -> None:
        self.view.show_all(shows_all)
        self._say_all(self._output)

    @Slot(int)
    def _on_clicked(self, place: int) -> None:
        self.unit_chosen.emit(Unit(self.layer, self.view.unit_at(place)))


class InsidePanel(QWidget):
    """Follows the newest drawing while it is seen; hidden, it asks for nothing."""

    def __init__(
        self, parent: QWidget | None = None, *, choose: Callable[[QWidget, str], Path | None] = choose_file
    ) -> None:
        super().__init__(parent)
        self._choose = choose
        self._read: tuple[Recognition | None, StoredModel | None] = (None, None)
        self._looks = Looks(self)
        self._looked: Looked | None = None
        self.sections: list[LayerSection] = []
        self.unit_card, self._message = UnitCard(), build.label(role="muted", wraps=True)
        self.decision = DecisionView()
        self.layers = build.button(self.tr("Layers"), name="inside_layers", kind="link", checkable=True)
        self.more = build.tool_button("⋯", name="inside_more", kind="link", says=self.tr("Copy or save the sums"))
        self.more.setToolTip(self.more.accessibleName())
        give_menu(self.more, self._make_menu(), arrow=False)
        self._way = build.column(spacing=theme.MARGIN)
        self.logits = ValueBars(self.tr("Logits"), is_share=False)
        self.softmax = ValueBars(self.tr("Softmax"), is_share=True)
        self._lay_out()
        self._looks.looked.connect(self._on_looked)
        self._looks.failed.connect(self._say)
        self._looks.strongest_found.connect(self._on_strongest_found)
        self.layers.toggled.connect(self._turn)
        self.unit_card.off_changed.connect(self._look)
        self.unit_card.close_button.clicked.connect(self._on_unit_closed)

    @property
    def message(self) -> str:
        """Why there is nothing to see, or an empty text."""
        return self._message.text() if self._stack.currentIndex() == _MESSAGE else ""

    @property
    def inside(self) -> Inside | None:
        """What is shown."""
        return self._looked.inside if self._looked is not None else None

    def show_recognition(self, recognition: Recognition | None, model: StoredModel | None) -> None:
        """Follow what was read, if anybody looks."""
        self._read = (recognition, model)
        self._look()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self._look()

    def _lay_out(self) -> None:
        softmax = build.column(
            build.label(self.tr("Logits"), role="caption"),
            self.logits,
            build.label(self.tr("Softmax: what the bars show"), role="caption"),
            self.softmax,
            spacing=theme.SPACING // 2,
        )
        inner = build.column(self.unit_card, self._way, softmax, build.STRETCH, spacing=theme.MARGIN)
        self._stack = QStackedWidget()
        self._stack.insertWidget(_WAY, FormScroll(build.panel(inner)))
        self._stack.insertWidget(_MESSAGE, build.panel(build.column(self._message, build.STRETCH)))
        self._stack.insertWidget(_DECISION, FitScroll(self.decision, upright=True))
        card = Card(self.tr("Inside the network"))
        for button in (self.layers, self.more):
            card.header.addWidget(button)
            button.hide()
        card.body.addWidget(self._stack)
        build.column(card, on=self)
        self._say(self.tr("Draw, and see what every layer makes of it"))

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        for name, words, slot in (
            ("copy_picture", self.tr("Copy picture"), self._on_copy_picture),
            ("copy_table", self.tr("Copy the sums as a table"), self._on_copy_table),
            ("save_picture", self.tr("Save picture…"), self._on_save_picture),
        ):
            action = menu.addAction(words)
            action.setObjectName(name)
            action.triggered.connect(slot)
        return menu

    def _decided(self) -> tuple[Decision, tuple[str, ...]] | None:
        """What the rows show."""
        looked = self._looked
        if looked is None or looked.inside.decision is None:
            return None
        return looked.inside.decision, looked.network.model.card.class_names

    @Slot()
    def _on_copy_picture(self) -> None:
        if (decided := self._decided()) is not None:
            QGuiApplication.clipboard().setImage(figure_image(DecisionFigure(*decided)))

    @Slot()
    def _on_copy_table(self) -> None:
        if (decided := self._decided()) is not None:
            QGuiApplication.clipboard().setText(decided[0].as_csv(decided[1]))

    @Slot()
    def _on_save_picture(self) -> None:
        decided = self._decided()  # before the dialog, behind which the paper may change
        path = self._choose(self, "decision") if decided is not None else None
        if decided is None or path is None:
            return
        try:
            save_figure(DecisionFigure(*decided), path, self.tr("Weights × drawing = sums"))
        except StudioError as error:
            Messages.of(self).error(str(error))
        else:
            Messages.of(self).notice(self.tr("Saved as {path}").format(path=path), folder=path.parent)

    @Slot()
    def _look(self) -> None:
        recognition, model = self._read
        if not self.isVisible():
            return
        if recognition is None or model is None or recognition.shown.is_empty:
            self._looks.drop()
            if recognition is None or recognition.paper.is_empty:
                self._say(self.tr("Draw, and see what every layer makes of it"))
            else:
                self._say(waiting_words(model, recognition.paper, recognition))
            return
        self._looks.look(model, recognition.shown.image, self.unit_card.off_unit)

    @Slot(object)
    def _on_looked(self, looked: Looked) -> None:
        is_other = self._looked is None or self._looked.network is not looked.network
        self._looked = looked
        names = looked.network.model.card.class_names
        shown = [layer for layer in looked.inside.layers[:-1] if layer.type in _SHOWN]
        if is_other:
            self.unit_card.hide()
        while len(self.sections) < len(shown):
            section = LayerSection()
            section.unit_chosen.connect(self._on_unit_chosen)
            self._way.addWidget(section)
            self.sections.append(section)
        for section in self.sections[len(shown) :]:
            section.hide()
        for section, output in zip(self.sections, shown, strict=False):
            section.show_output(output)
            section.show()
        self.logits.show_values(names, looked.inside.logits)
        self.softmax.show_values(names, looked.inside.probabilities)
        if not self.unit_card.isHidden():
            self.unit_card.show_inside(looked.inside, names)
        if looked.inside.decision is not None:
            self.decision.show_decision(looked.inside.decision, names)
        self.layers.setVisible(looked.inside.decision is not None)
        self._turn()

    @Slot()
    def _turn(self) -> None:
        """All layers, or how the only one decides."""
        decides = self.inside is not None and self.inside.decision is not None and not self.layers.isChecked()
        self._stack.setCurrentIndex(_DECISION if decides else _WAY)
        self.more.setVisible(decides)

    @Slot(object)
    def _on_unit_chosen(self, unit: Unit) -> None:
        if self._looked is None:
            return
        self.unit_card.choose(self._looked.network, unit)
        self.unit_card.show_inside(self._looked.inside, self._looked.network.model.card.class_names)
        self._looks.find_strongest(self._looked.network, unit)
        scroll = self._stack.widget(_WAY)
        assert isinstance(scroll, FormScroll)
        scroll.to_top()

    @Slot()
    def _on_unit_closed(self) -> None:
        self.unit_card.off.setChecked(False)
        self.unit_card.hide()

    @Slot(object, object)
    def _on_strongest_found(self, unit: Unit, images: NDArray[np.uint8]) -> None:
        if unit == self.unit_card.unit:
            self.unit_card.show_strongest(images)

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self._message.setText(sentence)
        self.layers.hide()
        self.more.hide()
        self._stack.setCurrentIndex(_MESSAGE)
