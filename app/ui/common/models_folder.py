"""When to look again which models there are: this window, another one and the command line add and remove them."""

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

from app.core.paths import user_models_dir

_PAUSE_MS = 150
"""A model that is being stored touches the folder several times."""


class ModelsFolder(QObject):
    """Watches the folder of the user's models; `changed` tells that a model came, went or has another card, perhaps."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watcher = QFileSystemWatcher(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._watcher.directoryChanged.connect(self._soon.start)
        self._soon.timeout.connect(self._look)
        self._watch()

    @Slot()
    def _look(self) -> None:
        self._watch()
        self.changed.emit()

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
