"""Cards below each other."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui import theme


def column(parts: Sequence[tuple[QWidget, int]]) -> QWidget:
    """Widgets below each other, each with its share of the height."""
    whole = QWidget()
    layout = QVBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme.MARGIN)
    for widget, share in parts:
        layout.addWidget(widget, share)
    return whole
