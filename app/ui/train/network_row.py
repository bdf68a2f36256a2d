"""The network of a run in short: its layers in a line, its size, what is wrong with it, and the way to change it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from app.core.config.layers import Layer
from app.core.config.notation import layers_text
from app.ui.common import build


class NetworkRow(QWidget):
    """Says what the network is. Who edits it is somebody else's business."""

    edit_requested = Signal()
    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = build.elided(name="network_size", role="muted")
        self._layers = build.elided(name="network_layers", role="muted")
        self._changed = build.label(self.tr("● Changed"))
        self._problem = build.label(name="network_problem", role="error", wraps=True)
        says = self.tr("Edit the network")
        self._edit = build.button(
            self.tr("Edit…"), name="edit_network", kind="quiet", says=says, clicked=self._on_edit_clicked
        )
        self._reset = build.button(
            self.tr("Reset network"), name="reset_network", kind="quiet", clicked=self._on_reset_clicked
        )
        title = build.label(self.tr("Network"), buddy=self._edit)
        build.column(
            build.row(title, (self._size, 1), self._edit),
            self._layers,
            build.row(self._changed, build.STRETCH, self._reset, spacing=0),
            self._problem,
            on=self,
            spacing=0,
        )
        self.set_locked("")

    @property
    def problem(self) -> str:
        """What is wrong with the network, or an empty text."""
        return self._problem.text().removeprefix("✗ ")

    def show_network(self, layers: tuple[Layer, ...], parameters: int | None, problem: str, changed: bool) -> None:
        """Show layers and what is known of them; `parameters` is None where they do not fit together."""
        self._layers.set_whole(layers_text(layers) or self.tr("no hidden layer"))
        size = "" if parameters is None else self.tr("{count} parameters").format(count=f"{parameters:,}")
        self._size.set_whole(size)
        self._problem.setText(f"✗ {problem}" if problem else "")
        self._problem.setVisible(bool(problem))
        for widget in (self._changed, self._reset):
            widget.setVisible(changed)

    def set_locked(self, reason: str) -> None:
        """Leave the network as it is for `reason`; an empty one unlocks it."""
        self._edit.setEnabled(not reason)
        self._edit.setToolTip(reason or self.tr("Add, remove, reorder and change the layers of the network"))
        self._reset.setEnabled(not reason)
        self._reset.setToolTip(reason or self.tr("Use the layers of the recipe again"))

    @Slot()
    def _on_edit_clicked(self) -> None:
        self.edit_requested.emit()

    @Slot()
    def _on_reset_clicked(self) -> None:
        self.reset_requested.emit()
