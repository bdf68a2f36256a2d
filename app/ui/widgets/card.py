"""A card: one thought, on its own ground."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui import theme


class Card(QFrame):
    """A rounded panel with a title on the left of `header` and everything else in `body`."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.header = QHBoxLayout()
        self.header.setSpacing(theme.SPACING)
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.SPACING)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[theme.PADDING] * 4)
        outer.setSpacing(theme.SPACING)
        if title:
            label = QLabel(title)
            label.setProperty("role", "title")
            self.header.addWidget(label)
            self.header.addStretch()
            outer.addLayout(self.header)
        outer.addLayout(self.body, 1)
