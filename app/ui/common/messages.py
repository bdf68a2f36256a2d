"""One sentence for the whole window: what went wrong, until it is read, or what was done, for a moment.

Anything in the window says it with `Messages.of(self)`; the banner at the top of the window shows it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from app.ui import theme
from app.ui.common import build
from app.ui.common.window_object import WindowObject

_ERROR, _DONE = "banner", "notice"
_WARNING, _TICK = "⚠  ", "✓  "
_DONE_MS = 6000

Undo = Callable[[], None]


@dataclass(frozen=True)
class Message:
    """A sentence, what undoes that of which it tells, the folder where that was done, and what ends it meanwhile."""

    text: str
    is_error: bool = False
    undo: Undo | None = None
    folder: Path | None = None
    stop: Undo | None = None


class Messages(WindowObject):
    """What the window says; a new message takes the place of the one before."""

    changed = Signal(object)  # the Message, or None for nothing more
    status_changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.current: Message | None = None

    @Slot(str)
    def error(self, sentence: str) -> None:
        """Say what went wrong and what to do, until somebody closes it or goes on."""
        self._say(Message(sentence, is_error=True))

    @Slot(str)
    def notice(self, sentence: str, undo: Undo | None = None, folder: Path | None = None) -> None:
        """Say for a moment what was done, and how to undo it or where to find it."""
        self._say(Message(sentence, undo=undo, folder=folder))

    @Slot()
    def clear(self) -> None:
        """Say nothing any more."""
        self._say(None)

    @Slot(str)
    def status(self, words: str) -> None:
        """Say at the bottom of the window, whichever page is shown, how far some long work is."""
        self.status_changed.emit(words)

    def _say(self, message: Message | None) -> None:
        if message is not None or self.current is not None:
            self.current = message
            self.changed.emit(message)


class Notice(QFrame):
    """Shows a sentence without taking the keyboard or the window away, until it is closed or replaced."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._message = Message("")
        self.setObjectName(_DONE)
        self._label = build.label(wraps=True)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        tip = self.tr("Restore them (Ctrl+Z)")
        self._undo = build.button(self.tr("Undo"), name="undo", kind="quiet", tip=tip, clicked=self._on_undo)
        self._show_folder = build.button(
            self.tr("Show in folder"), name="show_folder", kind="link", clicked=self._on_show_folder
        )
        close = build.tool_button("✗", kind="quiet", says=self.tr("Close this message"), clicked=self.dismiss)
        self._stop = build.button(self.tr("Cancel"), name="stop", kind="quiet", clicked=self._on_stop)
        parts = self._label, self._undo, self._stop, self._show_folder, close
        build.row(*parts, on=self, margins=(theme.PADDING, 2, 4, 2), spacing=theme.SPACING - 2)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that is shown, or an empty text."""
        return "" if self.isHidden() else self._message.text

    @property
    def is_error(self) -> bool:
        """True while it says what went wrong."""
        return not self.isHidden() and self._message.is_error

    def say(self, sentence: str, undo: Undo | None = None, stop: Undo | None = None) -> None:
        """Show it; `undo` undoes that of which it tells, `stop` ends what is still under way."""
        self.show_message(Message(sentence, undo=undo, stop=stop))

    def show_message(self, message: Message) -> None:
        """Show it, with its buttons."""
        self._message = message
        self._label.setText(message.text)
        self._undo.setVisible(message.undo is not None)
        self._stop.setVisible(message.stop is not None)
        self._show_folder.setVisible(message.folder is not None)
        self.show()

    @Slot()
    def dismiss(self) -> None:
        """It was read."""
        self.hide()

    @Slot()
    def _on_undo(self) -> None:
        if self._message.undo is not None:
            self._message.undo()

    @Slot()
    def _on_stop(self) -> None:
        if self._message.stop is not None:
            self._message.stop()

    @Slot()
    def _on_show_folder(self) -> None:
        if self._message.folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._message.folder)))


class Banner(Notice):
    """Shows what the window's messages say; what was done, only for a moment."""

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages = messages
        self._soon_gone = QTimer(self, singleShot=True, interval=_DONE_MS)
        self._soon_gone.timeout.connect(self.dismiss)
        messages.changed.connect(self._on_changed)

    def show_message(self, message: Message) -> None:
        """Show it, with a sign before it and in the colours that say what it is."""
        super().show_message(message)
        self._label.setText((_WARNING if message.is_error else _TICK) + message.text)
        look = _ERROR if message.is_error else _DONE
        if look != self.objectName():
            self.setObjectName(look)
            for widget in (self, self._label):
                widget.style().polish(widget)  # the style sheet looks at names only when it is asked to

    @Slot()
    def dismiss(self) -> None:
        """Let the window forget it, too."""
        self._messages.clear()

    @Slot(object)
    def _on_changed(self, message: Message | None) -> None:
        self._soon_gone.stop()
        if message is None:
            self.hide()
            return
        self.show_message(message)
        if not message.is_error and message.undo is None:
            self._soon_gone.start()
