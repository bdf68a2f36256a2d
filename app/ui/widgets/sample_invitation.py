"""The door to one's own samples: what they are, a new set, and what was done last."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.ui import theme
from app.ui.widgets.card import Card
from app.ui.widgets.notice import Notice


class SampleInvitation(Card):
    """Invites while there is no set; later it is only as large as its buttons."""

    drawing_wanted = Signal()
    new_set_wanted = Signal()
    undo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Your own samples"), parent)
        self._invitation, self._problem = self._wrapped("muted"), self._wrapped("error")
        self._invitation.setText(
            self.tr(
                "Draw on the Recognize page and press 0 to 9 to say what it is: your samples collect here, to train "
                "with and to see how much better a model reads your own hand."
            )
        )
        self._problem.setObjectName("samples_problem")
        self._problem.hide()
        self.notice = Notice()
        self.notice.undo_requested.connect(self.undo_requested)
        self._draw = self._button(self.tr("Draw some"), "draw_samples", "primary")
        self._new = self._button(self.tr("New set…"), "new_set")
        self._new.setToolTip(self.tr("A set with a name and classes of its own"))
        self._draw.setToolTip(self.tr("Go to the Recognize page"))
        self._draw.clicked.connect(self.drawing_wanted)
        self._new.clicked.connect(self.new_set_wanted)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACING)
        row.addWidget(self._draw)
        row.addWidget(self._new)
        row.addStretch(1)
        for widget in (self._invitation, self._problem, self.notice):
            self.body.addWidget(widget)
        self.body.addLayout(row)

    def show_state(self, has_sets: bool, problems: tuple[str, ...]) -> None:
        """Invite or not, and say what cannot be read."""
        self._invitation.setVisible(not has_sets)
        self._draw.setProperty("kind", "" if has_sets else "primary")
        self._draw.style().polish(self._draw)
        self._problem.setText("\n".join(problems))
        self._problem.setVisible(bool(problems))

    def _wrapped(self, role: str) -> QLabel:
        label = QLabel()
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return label

    def _button(self, text: str, name: str, kind: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setProperty("kind", kind)
        return button
