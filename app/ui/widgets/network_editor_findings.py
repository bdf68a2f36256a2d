"""What is wrong with a network, and what is doubtful, in sentences."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.core.models.findings import Finding

PROBLEM, WARNING = "✗", "▲"


class Findings(QScrollArea):
    """A line for each finding: a cross for problems, a triangle for warnings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problems, self._warnings = QLabel(), QLabel()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addStretch(1)
        for label, name, role in ((self._problems, "problems", "error"), (self._warnings, "warnings", "muted")):
            label.setObjectName(name)
            label.setProperty("role", role)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        column.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(3 * self.fontMetrics().lineSpacing() + 4)

    def show_findings(self, problems: Sequence[str], warnings: Sequence[Finding]) -> None:
        """Show them, problems first; nothing found is good news."""
        good = self.tr("✓  The layers fit together.")
        self._problems.setText("\n".join(f"{PROBLEM}  {text}" for text in problems))
        said = "\n".join(f"{WARNING}  {warning.text}" for warning in warnings)
        self._warnings.setText(said or ("" if problems else good))
        for label in (self._problems, self._warnings):
            label.setVisible(bool(label.text()))
        self.verticalScrollBar().setValue(0)
