"""What a window has one of, and every widget in it can reach: its messages, its navigator, its news of changes."""

from pathlib import Path
from typing import Self

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, Signal, Slot

from app.core.paths import user_models_dir


class WindowObject(QObject):
    """`Kind.of(widget)` is the one of the window that the widget is in, as `Navigator.of(context)` is in Flutter.

    So nothing is passed down to widgets, or passed on by their signals, and two windows share nothing. The widget
    must be in its window by then: ask when something happens, not in a constructor.
    """

    @classmethod
    def of(cls, widget: QObject) -> Self:
        """Look it up, or make it for a widget that is in no window of the program, as in a test."""
        top = widget
        while (above := top.parent()) is not None:
            top = above
        return top.findChild(cls, options=Qt.FindChildOption.FindDirectChildrenOnly) or cls(top)


# When to look again at what is on this computer: data and models come, go and change while the window is open.

_PAUSE_MS = 150
"""A model that is being stored touches the folder several times."""


class Changes(WindowObject):
    """Whoever changes something emits a signal, and whoever shows it listens."""

    data_changed = Signal()  # data sets, or samples
    models_changed = Signal()
    runs_changed = Signal()  # a run has ended

    def watch_models(self) -> None:
        """From now on tell, too, what other windows and the command line do to the user's models."""
        self._watcher = QFileSystemWatcher(self)
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._watcher.directoryChanged.connect(self._soon.start)
        self._soon.timeout.connect(self._look)
        self._watch()

    @Slot()
    def _look(self) -> None:
        self._watch()
        self.models_changed.emit()

    def _watch(self) -> None:
        """Watch the folder, or while there is none yet, where it will be."""
        folder = user_models_dir()
        while not folder.is_dir() and folder != folder.parent:
            folder = folder.parent
        watched = [Path(path) for path in self._watcher.directories()]
        if watched != [folder]:
            if watched:
                self._watcher.removePaths([str(path) for path in watched])
            self._watcher.addPath(str(folder))


class Happenings(WindowObject):
    """What the user does that no file tells afterwards: pages say it, and lessons listen."""

    happened = Signal(object)  # Happening
