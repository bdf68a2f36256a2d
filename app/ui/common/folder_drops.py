"""Folders and files that are dragged over a page, and let go."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QPoint, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget


class DropTarget(Protocol):
    """A card that says so while something is held over it."""

    def set_dropping(self, is_dropping: bool) -> None:
        """Say what happens to a folder that is held over the card."""


class FolderDrops(QObject):
    """Watches a page. `dropped` tells the paths and the target; what is not on this computer is not welcome."""

    dropped = Signal(object, object)  # tuple[Path, ...], DropTarget

    def __init__(self, page: QWidget, target_at: Callable[[QPoint], DropTarget]) -> None:
        super().__init__(page)
        self._target_at = target_at
        self._held_over: DropTarget | None = None
        page.setAcceptDrops(True)
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show where it would go; on a card it becomes part of that card's set."""
        if event.type() == QEvent.Type.DragLeave:
            self._hold_over(None)
            event.accept()
            return True
        if not isinstance(event, QDropEvent):
            return super().eventFilter(watched, event)
        paths, target = _dropped_paths(event), self._target_at(event.position().toPoint())
        if not paths:
            event.ignore()
            return True
        event.acceptProposedAction()
        if isinstance(event, QDragMoveEvent):  # the first one, as the pointer enters, is one, too
            self._hold_over(target)
        else:
            self._hold_over(None)
            self.dropped.emit(paths, target)
        return True

    def _hold_over(self, target: DropTarget | None) -> None:
        if target is self._held_over:
            return
        for each, is_held in ((self._held_over, False), (target, True)):
            if each is not None:
                each.set_dropping(is_held)
        self._held_over = target


def _dropped_paths(event: QDropEvent) -> tuple[Path, ...]:
    """What is dragged, if all of it is on this computer."""
    urls = event.mimeData().urls()
    return tuple(Path(url.toLocalFile()) for url in urls) if all(url.isLocalFile() for url in urls) else ()
