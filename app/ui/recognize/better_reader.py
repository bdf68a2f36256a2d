"""The offer to read what came with another model, where the chosen one cannot tell what it is and another can."""

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from app.core.datasets.types import DataKind
from app.core.inference.better_model import Better, Reading, better_model
from app.core.models.store import StoredModel
from app.ui import theme
from app.ui.common import build
from app.ui.common.tasks import Task, Tasks
from app.ui.recognize.recognizer import OpenPredictors, Recognition

_SOON_MS, _CALM_MS = 150, 1000
"""After an answer to a picture, and after the last stroke of a drawing: what is not done yet looks like many things."""

_LINK_PADDING = 4
"""Of the button, so that its words begin where the sentence does."""

translate = QCoreApplication.translate


def looks_words(better: Better) -> str:
    """What lies on the paper, as another model sees it: "This looks like a piece of clothing."."""
    match better.model.card.kind:
        case DataKind.DIGITS if better.is_number:
            return translate("better", "This looks like a number.")
        case DataKind.DIGITS:
            return translate("better", "This looks like a digit.")
        case DataKind.CLOTHES:
            return translate("better", "This looks like a piece of clothing.")
        case DataKind.OWN:
            return translate("better", "This looks like “{name}”.").format(name=better.name)


class BetterOffer(QFrame):
    """Says what lies on the paper, and offers the model that reads such things. Hidden while there is none."""

    taken = Signal(str)  # the model's name

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._better: Better | None = None
        self.words = build.label(wraps=True)
        self.button = build.button(
            name="read_with", kind="link", focus=Qt.FocusPolicy.TabFocus, clicked=self._on_clicked
        )
        self.words.setContentsMargins(_LINK_PADDING, 0, 0, 0)
        left = Qt.AlignmentFlag.AlignLeft
        build.column(self.words, (self.button, left), on=self, margins=(theme.SPACING, 4, 4, 4), spacing=0)
        self.hide()

    @property
    def said(self) -> str:
        """What lies on the paper, empty while nothing is offered."""
        return looks_words(self._better) if self._better is not None else ""

    def show_better(self, better: Better | None, is_said: bool) -> None:
        """Offer this model, or none. `is_said`: what lies on the paper is told elsewhere."""
        self._better = better
        self.setVisible(better is not None)
        if better is None:
            return
        self.words.setText(self.said)
        self.words.setVisible(not is_said)
        link = self.tr("Read it with {model}").format(model=better.model.card.title)
        self.button.setText(link.replace("&", "&&"))
        self.button.setAccessibleName(f"{self.said} {link}")

    @Slot()
    def _on_clicked(self) -> None:
        if self._better is not None:
            self.taken.emit(self._better.model.card.name)


class BetterReader(QObject):
    """Looks for a better model beside the window, once nothing more happens to the paper.

    Models of a kind that was used on what lies there are not offered: whoever went back from one has seen its answer.
    """

    found = Signal(object)  # a Better, or None as soon as there is another paper or model

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._predictors = Tasks(self), OpenPredictors()
        self._used = set[tuple[str, ...]]()
        self._asked: tuple[Recognition, StoredModel, tuple[StoredModel, ...]] | None = None
        self._is_offered = False
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._look)

    @Slot()
    def forget(self) -> None:
        """Something else is put on the paper: any model may be the right one for it."""
        self._used.clear()

    def consider(self, read: Recognition, chosen: StoredModel, models: tuple[StoredModel, ...]) -> None:
        """Look whether one of `models` should read the paper rather than the chosen one, which read this."""
        self.drop()
        self._used.add(chosen.card.class_names)
        if read.paper.is_empty or read.paper.example_of:
            return
        others = tuple(model for model in models if model.card.class_names not in self._used)
        self._asked = (read, chosen, others)
        self._soon.start(_SOON_MS if read.paper.picture is not None else _CALM_MS)

    @Slot()
    def drop(self) -> None:
        """What was found, or is looked for, is of no interest any more."""
        self._soon.stop()
        self._tasks.drop()
        if self._is_offered:
            self._is_offered = False
            self.found.emit(None)

    @Slot()
    def _look(self) -> None:
        if self._asked is None:
            return
        read, chosen, others = self._asked
        paper = read.paper
        source, number = paper.picture or paper.drawing, read.number
        whole = () if read.prediction is None else (read.prediction,)
        answers = whole if number is None else tuple(digit.prediction for digit in number.digits)
        reading = Reading(chosen.card, read.shown, lambda: answers)

        def work(_task: Task[Better | None]) -> Better | None:
            return better_model(source, reading, others, self._predictors.of, paper.invert, paper.region)

        self._tasks.start(work, self._on_found, failed=lambda _sentence: None, newest_only=True)

    def _on_found(self, better: Better | None) -> None:
        if better is not None:
            self._is_offered = True
            self.found.emit(better)
