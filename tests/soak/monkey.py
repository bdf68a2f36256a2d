"""Does what a user might do, and more often: real events on whatever the window shows at the moment."""

import random
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QSlider,
    QTabBar,
    QWidget,
)

from app.core.paths import resources_dir
from app.ui.main_window import MainWindow
from app.ui.pages import PAGES
from tests.ui.hand import LEFT, NO_KEYS, draw

_LEAVE_ALONE = ("quit", "folder", "browse", "web", "updates", "print")
"""Buttons that leave the window: a file dialog of the system, a browser."""

_PATIENCE_MS = 3000


class Monkey:
    """Acts on one window. The same seed does the same, as far as the window does."""

    def __init__(self, window: MainWindow, seed: str) -> None:
        self.window, self.random = window, random.Random(seed)
        samples = resources_dir() / "samples"
        self._files = [*sorted(path for path in samples.rglob("*") if path.is_file()), Path(__file__)]
        self._patience = QTimer(window, interval=_PATIENCE_MS)  # what a dialog's own event loop waits for comes with it
        self._patience.timeout.connect(self._close_popups)
        self._patience.start()

    def act(self) -> str:
        """Do one thing; returns what."""
        ways: dict[Callable[[], str | None], int] = {
            self._click: 10,
            self._close_popups: 4,
            self._draw: 4,
            self._list: 3,
            self._page: 2,
            self._choose: 2,
            self._type: 2,
            self._number: 2,
            self._drop: 2,
            self._key: 2,
            self._slide: 1,
            self._scroll: 1,
            self._resize: 1,
            self._train: 1,
            self._scheme: 1,
        }
        [way] = self.random.choices(list(ways), list(ways.values()))
        said = way() or ""
        return f"{way.__name__[1:]} {said}"

    def settle(self) -> None:
        """Close what is open above the window."""
        self._close_popups()

    def _close_popups(self) -> str | None:
        said = None
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QMessageBox) and widget.isVisible():
                buttons = [button for button in widget.buttons() if button.isVisible()]
                said = self.random.choice(buttons).objectName() if buttons else "box"
                widget.reject()
            elif isinstance(widget, (QDialog, QMenu)) and widget.isVisible():
                said = widget.objectName()
                widget.close()
        return said

    def _shown(self, kind: type[QWidget]) -> QWidget | None:
        """One of that kind that can be reached now."""
        above = QApplication.activeModalWidget() or QApplication.activePopupWidget() or self.window
        found = [
            each for each in above.findChildren(kind)
            if each.isVisible() and each.isEnabled() and not each.visibleRegion().isEmpty()
        ]  # fmt: skip
        return self.random.choice(found) if found else None

    def _place(self, widget: QWidget) -> QPoint:
        rect = widget.visibleRegion().boundingRect()
        return QPoint(
            self.random.randint(rect.left(), max(rect.left(), rect.right())),
            self.random.randint(rect.top(), max(rect.top(), rect.bottom())),
        )

    def _page(self) -> str:
        name = self.random.choice([page.name for page in PAGES])
        self.window.show_page(name)
        return name

    def _click(self) -> str | None:
        button = self._shown(QAbstractButton)
        if not isinstance(button, QAbstractButton):
            return None
        named = f"{button.objectName()} {button.text()}".casefold()
        if any(word in named for word in _LEAVE_ALONE) or "…" in button.text():
            return None
        QTest.mouseClick(button, LEFT, NO_KEYS, self._place(button))
        return named

    def _draw(self) -> None:
        self.window.show_page("recognize")
        corners = [(self.random.random(), self.random.random()) for _ in range(self.random.randint(2, 5))]
        draw(self.window.recognize.canvas, corners)

    def _list(self) -> str | None:
        view = self._shown(QAbstractItemView)
        if not isinstance(view, QAbstractItemView):
            return None
        place = self._place(view.viewport())
        if self.random.random() < 0.3:
            QTest.mouseDClick(view.viewport(), LEFT, NO_KEYS, place)
        else:
            keys = self.random.choice([NO_KEYS, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier])
            QTest.mouseClick(view.viewport(), LEFT, keys, place)
        return view.objectName()

    def _choose(self) -> str | None:
        box = self._shown(QComboBox)
        if isinstance(box, QComboBox) and box.count():
            QTest.keyClick(box, self.random.choice([Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_End, Qt.Key.Key_Home]))
            return box.objectName()
        tabs = self._shown(QTabBar)
        if isinstance(tabs, QTabBar) and tabs.count():
            QTest.mouseClick(tabs, LEFT, NO_KEYS, tabs.tabRect(self.random.randrange(tabs.count())).center())
        return None

    def _type(self) -> str | None:
        field = self._shown(self.random.choice([QLineEdit, QPlainTextEdit]))
        if field is None:
            return None
        for letter in self.random.choice(["7", "0.01", "mine", "ä€ 漢", "-1", " ", "x" * 60]):
            # QTest.keyClicks ends the program at a letter that is not Latin.
            QApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, 0, NO_KEYS, letter))
        QTest.keyClick(field, self.random.choice([Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab]))
        return field.objectName()

    def _number(self) -> str | None:
        box = self._shown(QAbstractSpinBox)
        if box is None:
            return None
        QTest.keyClick(box, self.random.choice([Qt.Key.Key_Up, Qt.Key.Key_Down]))
        return box.objectName()

    def _slide(self) -> None:
        slider = self._shown(QSlider)
        if slider is not None:
            QTest.mouseClick(slider, LEFT, NO_KEYS, self._place(slider))

    def _resize(self) -> str:
        size = (self.random.randint(800, 1500), self.random.randint(440, 900))
        self.window.resize(*size)
        return str(size)

    def _drop(self) -> str:
        self.window.show_page("recognize")
        canvas, file = self.window.recognize.canvas, self.random.choice(self._files)
        data, place = QMimeData(), canvas.rect().center()
        data.setUrls([QUrl.fromLocalFile(str(file))])
        copy = Qt.DropAction.CopyAction
        QApplication.sendEvent(canvas, QDragEnterEvent(place, copy, data, LEFT, NO_KEYS))
        QApplication.sendEvent(canvas, QDropEvent(QPointF(place), copy, data, LEFT, NO_KEYS, QEvent.Type.Drop))
        return file.name

    def _key(self) -> str:
        keys = [Qt.Key.Key_Escape, Qt.Key.Key_Delete, Qt.Key.Key_Tab, Qt.Key.Key_Space, Qt.Key.Key_F2, Qt.Key.Key_Down]
        key = self.random.choice(keys)
        control = Qt.KeyboardModifier.ControlModifier
        if self.random.random() < 0.4:
            key = self.random.choice(
                [Qt.Key.Key_Z, Qt.Key.Key_Y, Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_A, Qt.Key.Key_1]
            )
            QTest.keyClick(QApplication.focusWidget() or self.window, key, control)
        else:
            QTest.keyClick(QApplication.focusWidget() or self.window, key)
        return key.name

    def _scroll(self) -> None:
        widget = self._shown(QWidget)
        if widget is not None:
            place, turn = QPointF(self._place(widget)), QPoint(0, self.random.choice([-120, 120]))
            wheel = QWheelEvent(
                place, widget.mapToGlobal(place), QPoint(), turn, Qt.MouseButton.NoButton, NO_KEYS,
                Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            QApplication.sendEvent(widget, wheel)

    def _train(self) -> str:
        """A short training, or the end of one that goes on."""
        from app.core.recipes import find_recipe

        page = self.window.page("train")
        if self.random.random() < 0.4:
            page.stop()
            page.discard()
            return "stop"
        epochs = self.random.randint(1, 3)
        page.train(find_recipe("quickstart-mnist").config.changed(epochs=epochs, steps_per_epoch=20), None)
        return f"{epochs} epochs"

    def _scheme(self) -> str:
        scheme = self.random.choice(["light", "dark", "system"])
        self.window.rail.scheme_chosen.emit(scheme)
        return scheme
