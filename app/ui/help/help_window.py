"""Help: a window beside the program's own, with a topic for every page, the keys, the glossary, and About."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.ui import theme
from app.ui.help.help_texts import PAGES, about_plain_text, about_text, glossary_text, keys_text, page_text, topics

_WIDTH, _HEIGHT = 760, 540
_LIST_WIDTH = 150


class HelpWindow(QDialog):
    """Does not stop the program; made once, and shown with `show_topic`."""

    tour_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Help"))
        self.topics, self.text, self.search = QListWidget(), QTextBrowser(), QLineEdit()
        self.copy, self.tour = QPushButton(self.tr("Copy versions")), QPushButton(self.tr("Show the tour"))
        for name, title in topics().items():
            item = QListWidgetItem(title, self.topics)
            item.setData(Qt.ItemDataRole.UserRole, name)
        self.topics.setFixedWidth(_LIST_WIDTH)
        self.topics.setObjectName("help_topics")
        self.topics.setAccessibleName(self.tr("Topics"))
        self.text.setObjectName("help_text")
        self.text.setOpenExternalLinks(True)
        self.text.setAccessibleName(self.tr("Help text"))
        self.search.setPlaceholderText(self.tr("Find a term"))
        self.search.setClearButtonEnabled(True)
        for button in (self.copy, self.tour):
            button.setAutoDefault(False)
        self._lay_out()
        self.topics.currentRowChanged.connect(self._on_topic_changed)
        self.search.textChanged.connect(self._on_topic_changed)
        self.copy.clicked.connect(self._on_copy)
        self.tour.clicked.connect(self._on_tour)
        theme.notifier().changed.connect(self._on_topic_changed)
        self.show_topic("recognize")

    @property
    def topic(self) -> str:
        """The name of the topic that is shown."""
        return str(self.topics.currentItem().data(Qt.ItemDataRole.UserRole))

    def show_topic(self, name: str) -> None:
        """Turn to a topic of `topics()`."""
        for row in range(self.topics.count()):
            if self.topics.item(row).data(Qt.ItemDataRole.UserRole) == name:
                self.topics.setCurrentRow(row)

    def open_at(self, name: str) -> None:
        """Show the window, at this topic, in front of the others."""
        self.show_topic(name)
        self.show()
        self.topics.doItemsLayout()  # the theme's spaces are known only now
        self.raise_()
        self.activateWindow()
        self.topics.setFocus(Qt.FocusReason.OtherFocusReason)

    def changeEvent(self, event: QEvent) -> None:
        """Write links in the colour of the theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self._show()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.addWidget(self.tour)
        below.addWidget(self.copy)
        below.addStretch()
        right = QVBoxLayout()
        right.setSpacing(theme.SPACING)
        for widget in (self.search, self.text):
            right.addWidget(widget)
        right.addLayout(below)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.MARGIN] * 4)
        row.setSpacing(theme.MARGIN)
        row.addWidget(self.topics)
        row.addLayout(right, 1)
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(min(_WIDTH, screen.width() - 2 * theme.MARGIN), min(_HEIGHT, screen.height() - 4 * theme.MARGIN))

    def _show(self) -> None:
        topic = self.topic
        self.search.setVisible(topic == "glossary")
        self.copy.setVisible(topic == "about")
        self.tour.setVisible(topic in PAGES)
        self.text.document().setDefaultStyleSheet(f"a {{ color: {theme.colours().accent}; }}")
        if topic in PAGES:
            self.text.setMarkdown(page_text(topic))
            self._space_out()
        else:
            html = {"keys": keys_text, "glossary": lambda: glossary_text(self.search.text()), "about": about_text}
            self.text.setHtml(html[topic]())

    def _space_out(self) -> None:
        """Put some air between the paragraphs, which Markdown sets without any."""
        cursor = self.text.textCursor()
        spaced = QTextBlockFormat()
        spaced.setBottomMargin(theme.SPACING)
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(spaced)

    @Slot()
    def _on_topic_changed(self) -> None:
        self._show()

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(about_plain_text())
        self.copy.setText(self.tr("Copied"))

    @Slot()
    def _on_tour(self) -> None:
        self.hide()
        self.tour_requested.emit()
