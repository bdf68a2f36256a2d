"""The network of a run in short: its layers in a line, its size, what is wrong with it, and the way to change it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.config.layers import Layer
from app.core.config.notation import layers_text
from app.ui import theme
from app.ui.common.text import ElidedLabel


class NetworkRow(QWidget):
    """Says what the network is. Who edits it is somebody else's business."""

    edit_requested = Signal()
    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size, self._layers = ElidedLabel(), ElidedLabel()
        self._changed, self._problem = QLabel(), QLabel()
        for label, role in ((self._size, "muted"), (self._layers, "muted"), (self._problem, "error")):
            label.setProperty("role", role)
        self._layers.setObjectName("network_layers")
        self._size.setObjectName("network_size")
        self._problem.setObjectName("network_problem")
        self._problem.setWordWrap(True)
        self._changed.setText(self.tr("● Changed"))
        self._edit = self._button(self.tr("Edit…"), "edit_network")
        self._edit.setAccessibleName(self.tr("Edit the network"))
        self._reset = self._button(self.tr("Reset network"), "reset_network")
        self._lay_out()
        self._edit.clicked.connect(self._on_edit_clicked)
        self._reset.clicked.connect(self._on_reset_clicked)
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

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setProperty("kind", "quiet")
        return button

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Network"))
        title.setBuddy(self._edit)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.setSpacing(theme.SPACING)
        top.addWidget(title)
        top.addWidget(self._size, 1)
        top.addWidget(self._edit)
        bottom.addWidget(self._changed)
        bottom.addStretch(1)
        bottom.addWidget(self._reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._layers)
        column.addLayout(bottom)
        column.addWidget(self._problem)

    @Slot()
    def _on_edit_clicked(self) -> None:
        self.edit_requested.emit()

    @Slot()
    def _on_reset_clicked(self) -> None:
        self.reset_requested.emit()
