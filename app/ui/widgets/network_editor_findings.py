"""What is wrong with a network, and what is doubtful, in sentences."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QWidget

from app.core.models.findings import Finding

PROBLEM, WARNING = "✕", "▲"


class Findings(QScrollArea):
    """A line for each finding: a cross for problems, a triangle for warnings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QLabel()
        self._label.setObjectName("findings")
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setWidget(self._label)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(3 * self.fontMetrics().lineSpacing() + 4)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._label.text()

    def show_findings(self, problems: Sequence[str], warnings: Sequence[Finding]) -> None:
        """Show them, problems first; nothing found is good news."""
        lines = [f"{PROBLEM}  {text}" for text in problems] + [f"{WARNING}  {warning.text}" for warning in warnings]
        self._label.setText("\n".join(lines) or self.tr("✓  The layers fit together."))
        role = "error" if problems else "" if warnings else "muted"
        if self._label.property("role") != role:
            self._label.setProperty("role", role)
            self._label.style().unpolish(self._label)
            self._label.style().polish(self._label)
        self.verticalScrollBar().setValue(0)
