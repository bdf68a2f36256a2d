"""What of an evaluation can be saved: each figure as a picture, each table for a spreadsheet, or everything."""

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.ui.widgets.menu_button import give_menu


@dataclass(frozen=True)
class SaveWish:
    """`name` is what the file should be called, without the suffix; a table is saved as CSV, else PNG or SVG."""

    name: str
    is_table: bool


class SaveMenu(QToolButton):
    """A button with a menu."""

    save_requested = Signal(object)  # SaveWish
    everything_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(self.tr("Save"))
        self.setObjectName("save_evaluation")
        self.setToolTip(self.tr("Save figures (PNG, SVG) and tables (CSV)"))
        menu = QMenu(self)
        for name, words in (
            ("classes", self.tr("Accuracy and classes")),
            ("confusion", self.tr("Confusion matrix")),
            ("cell", self.tr("Examples of the selected cell")),
            ("mistakes", self.tr("Most confident mistakes")),
            ("calibration", self.tr("Calibration curve")),
        ):
            self._add(menu, self.tr("{what}, picture…").format(what=words), SaveWish(name, False))
        menu.addSeparator()
        for name, words in (
            ("summary", self.tr("Accuracy and loss")),
            ("classes", self.tr("Classes")),
            ("confusion", self.tr("Confusion matrix")),
            ("mistakes", self.tr("Mistakes")),
            ("calibration", self.tr("Calibration curve")),
            ("predictions", self.tr("All predictions")),
        ):
            self._add(menu, self.tr("{what}, table…").format(what=words), SaveWish(name, True))
        menu.addSeparator()
        everything = menu.addAction(self.tr("Save everything…"))
        everything.setObjectName("save_everything")
        everything.triggered.connect(self.everything_requested)
        menu.triggered.connect(self._on_triggered)
        give_menu(self, menu)

    def _add(self, menu: QMenu, words: str, wish: SaveWish) -> None:
        action = menu.addAction(words)
        action.setObjectName(f"save_{wish.name}_{'table' if wish.is_table else 'picture'}")
        action.setData(wish)

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        if isinstance(action.data(), SaveWish):
            self.save_requested.emit(action.data())
