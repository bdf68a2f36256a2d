"""A bar over the whole width of the window."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.ui import theme


def window_bar(name: str, height: int, left: QWidget, right: QWidget) -> QFrame:
    """A bar with something at each end."""
    bar = QFrame()
    bar.setObjectName(name)
    bar.setFixedHeight(height)
    row = QHBoxLayout(bar)
    row.setContentsMargins(theme.MARGIN, 0, theme.MARGIN, 0)
    row.addWidget(left)
    row.addStretch()
    row.addWidget(right)
    return bar
