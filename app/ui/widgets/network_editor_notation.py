"""A network as one line of text, which can be typed, copied and pasted."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from app.core.errors import InputError
from app.core.models.layers import Layer
from app.core.models.notation import layers_text, parse_layers
from app.ui import theme
from app.ui.widgets.network_editor_fields import UndoKeys

LONGEST = 8000
"""More letters than the most layers a network may have need."""


class NotationLine(QWidget):
    """Says which layers were typed; a text that means none is kept until it does, or until the layers change."""

    layers_typed = Signal(object)  # a tuple of Layer
    not_understood = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problem = ""
        self._line = QLineEdit()
        self._line.setObjectName("notation")
        self._line.setMaxLength(LONGEST)
        self._line.setPlaceholderText(self.tr("No hidden layer; try: conv2d 32 3x3 relu, max_pooling2d 2, dense 128"))
        self._line.setToolTip(
            self.tr("The layers in one line, as the command line takes them with --set layers=…\nType, copy or paste.")
        )
        self._line.installEventFilter(UndoKeys(self))
        self._line.textEdited.connect(self._on_edited)
        label = QLabel(self.tr("In one line"))
        label.setBuddy(self._line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACING)
        row.addWidget(label)
        row.addWidget(self._line, 1)

    def show_layers(self, layers: tuple[Layer, ...]) -> None:
        """Write the layers, unless the line says so already in other words."""
        if self.problem or _meaning(self._line.text()) != layers:
            self._line.setText(layers_text(layers))
            self._line.setCursorPosition(0)
        self.problem = ""

    @Slot(str)
    def _on_edited(self, text: str) -> None:
        try:
            layers = parse_layers(text)
        except InputError as error:
            self.problem = str(error)
            self.not_understood.emit()
            return
        self.problem = ""
        self.layers_typed.emit(layers)


def _meaning(text: str) -> tuple[Layer, ...] | None:
    try:
        return parse_layers(text)
    except InputError:
        return None
