"""The button that says which set samples go into, and its menu of all sets."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.core.datasets.samples.records import SampleSet
from app.ui.widgets.menu_button import give_menu

_WIDTH = 118
_AROUND_TEXT = 34


class SampleSetButton(QToolButton):
    """Shows one set and offers the others: those with the model's classes first."""

    chosen = Signal(object)  # SampleSet
    new_set_wanted = Signal()
    samples_page_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sets: tuple[SampleSet, ...] = ()
        self._model_classes: tuple[str, ...] = ()
        self._shown: SampleSet | None = None
        self.setObjectName("sample_set")
        self.setProperty("kind", "quiet")
        self.setMaximumWidth(_WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the paper
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill_menu)
        give_menu(self, self._menu)

    def offer(self, sets: Sequence[SampleSet], model_classes: tuple[str, ...]) -> None:
        """These sets can be chosen."""
        self._sets, self._model_classes = tuple(sets), model_classes

    def show_set(self, shown: SampleSet | None) -> None:
        """Show the set that is chosen, or that there is none yet."""
        self._shown = shown
        title = shown.title if shown else self.tr("New set")
        room = _WIDTH - _AROUND_TEXT
        self.setText(self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, room))
        self.setAccessibleName(self.tr("Set of samples: {title}").format(title=title))
        tip = self.tr("Samples go into {title}").format(title=title)
        self.setToolTip(tip if shown else self.tr("A set is created when you save the first sample"))

    @Slot()
    def _fill_menu(self) -> None:
        self._menu.clear()
        group = QActionGroup(self._menu)
        fitting = [each for each in self._sets if each.class_names == self._model_classes]
        others = [each for each in self._sets if each.class_names != self._model_classes]
        for sets in (fitting, others):
            for each in sets:
                self._add_set(each, group)
            if sets:
                self._menu.addSeparator()
        self._menu.addAction(self.tr("New set…")).triggered.connect(self.new_set_wanted)
        self._menu.addAction(self.tr("All samples…")).triggered.connect(self.samples_page_requested)

    def _add_set(self, each: SampleSet, group: QActionGroup) -> None:
        action = QAction(f"{each.title}  ({each.total:,})", group)
        action.setToolTip(", ".join(each.class_names))
        action.setCheckable(True)
        action.setChecked(self._shown is not None and each.name == self._shown.name)
        action.setData(each.name)
        action.triggered.connect(self._on_set_chosen)
        self._menu.addAction(action)

    @Slot()
    def _on_set_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        found = next((each for each in self._sets if each.name == action.data()), None)
        if found is not None:
            self.chosen.emit(found)
