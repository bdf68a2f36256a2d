"""A hand for Qt's own file dialog: it types a name, confirms it, and answers what is asked before the dialog closes."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLineEdit, QMessageBox

from tests.ui.hand import find

_LOOK_MS = 5


class FileDialogHand(QObject):
    """`suggested` is the name that stood in the dialog, `questions` what it asked before it replaced something.

    After "No" the dialog must come back, with the name that was typed; then the hand leaves it.
    """

    def __init__(self, name: str, replaces: bool, kind: str = "") -> None:
        super().__init__()
        self._name, self._kind, self._replaces = name, kind, replaces
        self.suggested, self.last_name = "", ""
        self.questions: list[str] = []
        self._has_typed = False
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def leave(self) -> None:
        self._timer.stop()
        assert self._has_typed, "no file dialog was opened"

    @Slot()
    def _look(self) -> None:
        shown = QApplication.activeModalWidget()
        if isinstance(shown, QMessageBox):
            self.questions.append(shown.text())
            answer = QMessageBox.StandardButton.Yes if self._replaces else QMessageBox.StandardButton.No
            QTest.mouseClick(shown.button(answer), Qt.MouseButton.LeftButton)
        elif isinstance(shown, QFileDialog):
            field = find(shown, QLineEdit, "fileNameEdit")
            if self.questions:
                self.last_name = field.text()
                QTest.keyClick(shown, Qt.Key.Key_Escape)
                return
            if self._has_typed:
                QTest.keyClick(field, Qt.Key.Key_Return)  # the first went to the list of completions
                return
            self._has_typed = True
            self.suggested = field.text()
            if self._name:
                field.selectAll()
                QTest.keyClicks(field, self._name)
            if self._kind:
                self._choose_kind(find(shown, QComboBox, "fileTypeCombo"))
            self.last_name = field.text()
            QTest.keyClick(field, Qt.Key.Key_Return)

    def _choose_kind(self, kinds: QComboBox) -> None:
        """Turn to it with the keyboard, as a click on an entry does."""
        while not kinds.currentText().startswith(self._kind):
            QTest.keyClick(kinds, Qt.Key.Key_Down)


@contextmanager
def file_dialog(name: str = "", *, replaces: bool = False, kind: str = "") -> Iterator[FileDialogHand]:
    """While the block opens a dialog: type `name` (or keep what is suggested), turn to `kind`, and press Enter."""
    hand = FileDialogHand(name, replaces, kind)
    try:
        yield hand
    finally:
        hand.leave()
