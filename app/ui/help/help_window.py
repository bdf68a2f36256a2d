"""Help: a window beside the program's own, with a topic for every page, the keys, the glossary, and About."""

import tomllib
from html import escape
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QSignalBlocker, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QWidget,
)

from app.core.glossary import glossary
from app.core.paths import resources_dir
from app.core.updates import release_address
from app.ui import theme
from app.ui.common import build
from app.ui.help.about import SCHEME, VersionCheck, about_plain_text, about_text, licence_page
from app.ui.help.bugs import open_log_folder
from app.ui.pages import BY_NAME, ON_RAIL

# The texts of the help window: one file a page in `resources/help`, and what is written from lists.

translate = QCoreApplication.translate


def page_text(page: str) -> str:
    """What a page is for and how it is used, as Markdown."""
    return _file(f"{page}.md").read_text(encoding="utf-8")


def keys_text(_wanted: str = "") -> str:
    """Every key that the window knows, as HTML; those of the pages come first."""
    places = tomllib.loads(_file("keys.toml").read_text(encoding="utf-8"))["place"]
    places[0]["keys"][:0] = [(f"Ctrl+{number}", page.words) for number, page in enumerate(ON_RAIL, start=1)]
    rows = "".join(
        f"<h3>{escape(place['title'])}</h3>" + table([(f"<b>{escape(key)}</b>", does) for key, does in place["keys"]])
        for place in places
    )
    return f"<h2>{translate('help', 'Keys')}</h2>{rows}"


def glossary_text(wanted: str = "") -> str:
    """The terms in which `wanted` occurs, all without it, as HTML."""
    looked_for = wanted.strip().lower()
    shown = [
        term for term in glossary() if any(looked_for in text.lower() for text in (term.name, term.text, *term.words))
    ]
    rows = table([(f"<b>{escape(term.name)}</b>", term.text) for term in shown])
    if not shown:
        rows = f"<p>{translate('help', 'No term matches.')}</p>"
    return f"<h2>{translate('help', 'Glossary')}</h2>{rows}"


def _file(name: str) -> Path:
    """The file in the system's language, where one exists; else in English."""
    folder = resources_dir() / "help"
    translated = folder / QLocale().name().partition("_")[0] / name
    return translated if translated.is_file() else folder / name


def table(rows: list[tuple[str, str]]) -> str:
    """Two columns; the first is HTML, the second plain text."""
    cells = "".join(
        f'<tr><td style="padding: 3px {theme.MARGIN}px 3px 0; white-space: nowrap">{first}</td>'
        f'<td style="padding: 3px 0">{escape(second)}</td></tr>'
        for first, second in rows
    )
    return f'<table cellspacing="0">{cells}</table>'


def topics() -> dict[str, str]:
    """The names of all topics and their titles, in the order in which they are listed."""
    pages = {page: page_text(page).partition("\n")[0].lstrip("# ") for page in BY_NAME}
    return pages | {
        "keys": translate("help", "Keys"),
        "glossary": translate("help", "Glossary"),
        "about": translate("help", "About"),
    }


_WIDTH, _HEIGHT = 760, 540
_LIST_WIDTH = 150


class HelpWindow(QDialog):
    """Does not stop the program; made once, and shown with `show_topic`."""

    tour_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Help"))
        self.topics = build.named(QListWidget(), "help_topics", says=self.tr("Topics"))
        self.text = build.named(QTextBrowser(openLinks=False), "help_text", says=self.tr("Help text"))
        self.search = QLineEdit(clearButtonEnabled=True)
        self.copy = build.button(self.tr("Copy versions and log"), auto_default=False, clicked=self._on_copy)
        self.show_log = build.button(self.tr("Show log"), auto_default=False, clicked=open_log_folder)
        self.check = build.button(
            self.tr("Check for a newer version"), name="check_version", auto_default=False, clicked=self._on_check
        )
        self.version = build.label(name="newer_version", role="muted", wraps=True)
        self._version_check = VersionCheck(self)
        self._version_check.told.connect(self._on_told)
        self.tour = build.button(self.tr("Show the tour"), auto_default=False, clicked=self._on_tour)
        for name, title in topics().items():
            item = QListWidgetItem(title, self.topics)
            item.setData(Qt.ItemDataRole.UserRole, name)
        self.topics.setFixedWidth(_LIST_WIDTH)
        self._lay_out()
        self.topics.currentRowChanged.connect(self._on_topic_changed)
        self.search.textChanged.connect(self._on_topic_changed)
        self.text.anchorClicked.connect(self._on_link)
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
        buttons = build.row(self.tour, self.copy, self.show_log, self.check, build.STRETCH)
        right = build.column(self.search, self.text, self.version, buttons)
        build.row(self.topics, (right, 1), on=self, margins=theme.MARGIN, spacing=theme.MARGIN)
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(min(_WIDTH, screen.width() - 2 * theme.MARGIN), min(_HEIGHT, screen.height() - 4 * theme.MARGIN))

    def _show(self) -> None:
        topic = self.topic
        is_about = topic == "about"
        self.search.setVisible(topic in {"glossary", "about"})
        self.search.setPlaceholderText(self.tr("Find a component or a licence") if is_about else self.tr("Find a term"))
        for widget in (self.copy, self.show_log):
            widget.setVisible(is_about)
        self.check.setVisible(is_about and bool(release_address()))
        self.version.setVisible(is_about and bool(self.version.text()))
        self.tour.setVisible(topic in BY_NAME)
        self.text.document().setDefaultStyleSheet(f"a {{ color: {theme.colours().accent}; }}")
        if topic in BY_NAME:
            self.text.setMarkdown(page_text(topic))
            self._space_out()
        else:
            html = {"keys": keys_text, "glossary": glossary_text, "about": about_text}
            self.text.setHtml(html[topic](self.search.text()))

    def _space_out(self) -> None:
        """Put some air between the paragraphs, which Markdown sets without any."""
        cursor = self.text.textCursor()
        spaced = QTextBlockFormat()
        spaced.setBottomMargin(theme.SPACING)
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(spaced)

    @Slot()
    def _on_topic_changed(self) -> None:
        if self.sender() is self.topics:
            with QSignalBlocker(self.search):
                self.search.clear()
        self._show()

    @Slot(QUrl)
    def _on_link(self, link: QUrl) -> None:
        """Show a licence here, and all else where the system shows it."""
        if link.scheme() != SCHEME:
            QDesktopServices.openUrl(link)
        elif link.path():
            self.text.setHtml(licence_page(link.path()))
        else:
            self._show()

    @Slot()
    def _on_check(self) -> None:
        self._version_check.ask()
        if self._version_check.is_asking:
            self.check.setText(self.tr("Cancel the check"))
            self.version.setText(self.tr("Asking…"))
            self.version.show()

    @Slot(str)
    def _on_told(self, sentence: str) -> None:
        self.check.setText(self.tr("Check for a newer version"))
        self.version.setText(sentence)
        self.version.setVisible(self.topic == "about")

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(about_plain_text())
        self.copy.setText(self.tr("Copied"))

    @Slot()
    def _on_tour(self) -> None:
        self.hide()
        self.tour_requested.emit()
