"""The dot beside a value that is not the recipe's."""

from PySide6.QtWidgets import QToolButton, QWidget

MARK_WIDTH = 14


class ChangeMark(QToolButton):
    """Hidden while nothing is changed. A click is to bring the recipe's value back; whoever made it does that."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", "mark")
        self.setText("●")
        self.setFixedWidth(MARK_WIDTH)
        self.hide()

    def show_usual(self, usual: str, title: str) -> None:
        """Say what the recipe has; an empty text for a value that is the recipe's."""
        self.setVisible(bool(usual))
        self.setToolTip(self.tr("Changed. The recipe has {usual}: click to reset").format(usual=usual))
        self.setAccessibleName(self.tr("Reset {title} to {usual}").format(title=title, usual=usual))
