"""The rail of pages on the left."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.ui import theme
from app.ui.icons import rail_icon
from app.ui.theme import Scheme
from app.ui.widgets.fit_scroll import keep_width
from app.ui.widgets.menu_button import give_menu
from app.ui.widgets.rail_button import Busy, RailButton

WIDTH = 96
_BUTTON_HEIGHT = 60


class Rail(QFrame):
    """A button for each page, Ctrl+1, Ctrl+2 ... for the keyboard, and the choice of light or dark below."""

    page_chosen = Signal(str)
    scheme_chosen = Signal(str)
    help_requested = Signal()

    def __init__(self, pages: dict[str, str], parent: QWidget | None = None) -> None:
        """`pages` maps page names, which are icon names too, to the words shown."""
        super().__init__(parent)
        self.setObjectName("rail")
        keep_width(self, WIDTH)
        self._buttons: dict[str, RailButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        for number, (name, words) in enumerate(pages.items(), start=1):
            button = self._button(words, f"{words} (Ctrl+{number})")
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setObjectName(name)
            button.setShortcut(QKeySequence(f"Ctrl+{number}"))
            button.clicked.connect(self._on_clicked)
            self._buttons[name] = button
            column.addWidget(button)
        column.addStretch()
        self._help = self._small_button(self.tr("Help"), self.tr("Help, keys, glossary, about (F1)"))
        self._help.clicked.connect(self.help_requested)
        self._appearance = self._small_button(
            self.tr("Appearance"), self.tr("Appearance: light, dark, or use system setting")
        )
        give_menu(self._appearance, self._scheme_menu())
        below = QHBoxLayout()
        below.setSpacing(4)
        below.addWidget(self._help)
        below.addWidget(self._appearance)
        column.addLayout(below)
        theme.notifier().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def choose(self, name: str) -> None:
        """Mark a page as the one shown."""
        self._buttons[name].setChecked(True)

    def show_busy(self, name: str, busy: Sequence[Busy]) -> None:
        """Show on a page's button what of it is under way, whichever page is seen."""
        self._buttons[name].show_busy(tuple(busy))

    def _button(self, words: str, tip: str) -> RailButton:
        button = RailButton(words, tip)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIconSize(QSize(20, 20))
        button.setFixedHeight(_BUTTON_HEIGHT)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _small_button(self, words: str, tip: str) -> QToolButton:
        """An icon without words."""
        button = QToolButton()
        button.setIconSize(QSize(20, 20))
        button.setToolTip(tip)
        button.setAccessibleName(words)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _scheme_menu(self) -> QMenu:
        menu, group = QMenu(self), QActionGroup(self)
        words = {
            Scheme.SYSTEM: self.tr("Use system setting"),
            Scheme.LIGHT: self.tr("Light"),
            Scheme.DARK: self.tr("Dark"),
        }
        for scheme, text in words.items():
            action = QAction(text, group)
            action.setData(str(scheme))
            action.setCheckable(True)
            action.setChecked(scheme is theme.notifier().scheme)
            menu.addAction(action)
        group.triggered.connect(self._on_scheme_triggered)
        return menu

    @Slot()
    def _on_clicked(self) -> None:
        self.page_chosen.emit(self.sender().objectName())

    @Slot(QAction)
    def _on_scheme_triggered(self, action: QAction) -> None:
        self.scheme_chosen.emit(action.data())

    @Slot()
    def _on_theme_changed(self) -> None:
        for name, button in self._buttons.items():
            button.setIcon(rail_icon(name))
        self._appearance.setIcon(rail_icon("appearance"))
        self._help.setIcon(rail_icon("help"))
