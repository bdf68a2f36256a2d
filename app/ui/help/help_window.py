"""Help: a window beside the program's own, with a topic for every page, the keys, the glossary, and About."""

import sys
import tomllib
from html import escape
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, Qt, Signal, Slot, qVersion
from PySide6.QtGui import QGuiApplication, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QWidget,
)

from app.core.components import components
from app.core.glossary import glossary
from app.core.paths import resources_dir, user_dir
from app.ui import theme
from app.ui.common import build
from app.ui.pages import BY_NAME, ON_RAIL

# The texts of the help window: one file a page in `resources/help`, and what is written from lists.

translate = QCoreApplication.translate


def page_text(page: str) -> str:
    """What a page is for and how it is used, as Markdown."""
    return _file(f"{page}.md").read_text(encoding="utf-8")


def keys_text() -> str:
    """Every key that the window knows, as HTML; those of the pages come first."""
    places = tomllib.loads(_file("keys.toml").read_text(encoding="utf-8"))["place"]
    places[0]["keys"][:0] = [(f"Ctrl+{number}", page.words) for number, page in enumerate(ON_RAIL, start=1)]
    rows = "".join(
        f"<h3>{escape(place['title'])}</h3>" + _table([(f"<b>{escape(key)}</b>", does) for key, does in place["keys"]])
        for place in places
    )
    return f"<h2>{translate('help', 'Keys')}</h2>{rows}"


def glossary_text(wanted: str = "") -> str:
    """The terms in which `wanted` occurs, all without it, as HTML."""
    looked_for = wanted.strip().lower()
    shown = [
        term for term in glossary() if any(looked_for in text.lower() for text in (term.name, term.text, *term.words))
    ]
    rows = _table([(f"<b>{escape(term.name)}</b>", term.text) for term in shown])
    if not shown:
        rows = f"<p>{translate('help', 'No term matches.')}</p>"
    return f"<h2>{translate('help', 'Glossary')}</h2>{rows}"


def about_text() -> str:
    """The program, where it keeps things, and what it is made of with versions and licences, as HTML."""
    program, *libraries = components()
    folder = user_dir()
    link = f'<a href="{folder.as_uri()}">{escape(str(folder))}</a>'
    system = f"Python {sys.version.split()[0]}, Qt {qVersion()}"
    lines = (
        translate("help", "A desktop lab for small image classifiers: draw, recognize, train, compare."),
        translate("help", "Licence: MIT. It runs with {system}.").format(system=system),
        translate("help", "Your models, runs, data and settings are in {folder}.").format(folder=link),
        translate(
            "help",
            "MNIST is by Yann LeCun, Corinna Cortes and Christopher Burges (CC BY-SA 3.0), Fashion-MNIST by Zalando "
            "Research (MIT).",
        ),
    )
    title = f"<h2>Softmax Studio {program.version}</h2>"
    made_of = f"<h3>{translate('help', 'Made with')}</h3>"
    rows = [(escape(one.name), f"{one.version}, {one.licence}".rstrip(", ")) for one in libraries]
    return title + "".join(f"<p>{line}</p>" for line in lines) + made_of + _table(rows)


def about_plain_text() -> str:
    """Versions, to paste into a question or a report."""
    system = f"Python {sys.version.split()[0]}, Qt {qVersion()}, {sys.platform}"
    return "\n".join([*(f"{one.name} {one.version}" for one in components()), system])


def _file(name: str) -> Path:
    """The file in the system's language, where one exists; else in English."""
    folder = resources_dir() / "help"
    translated = folder / QLocale().name().partition("_")[0] / name
    return translated if translated.is_file() else folder / name


def _table(rows: list[tuple[str, str]]) -> str:
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
        self.text = build.named(QTextBrowser(openExternalLinks=True), "help_text", says=self.tr("Help text"))
        self.search = QLineEdit(placeholderText=self.tr("Find a term"), clearButtonEnabled=True)
        self.copy = build.button(self.tr("Copy versions"), auto_default=False, clicked=self._on_copy)
        self.tour = build.button(self.tr("Show the tour"), auto_default=False, clicked=self._on_tour)
        for name, title in topics().items():
            item = QListWidgetItem(title, self.topics)
            item.setData(Qt.ItemDataRole.UserRole, name)
        self.topics.setFixedWidth(_LIST_WIDTH)
        self._lay_out()
        self.topics.currentRowChanged.connect(self._on_topic_changed)
        self.search.textChanged.connect(self._on_topic_changed)
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
        right = build.column(self.search, self.text, build.row(self.tour, self.copy, build.STRETCH))
        build.row(self.topics, (right, 1), on=self, margins=theme.MARGIN, spacing=theme.MARGIN)
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(min(_WIDTH, screen.width() - 2 * theme.MARGIN), min(_HEIGHT, screen.height() - 4 * theme.MARGIN))

    def _show(self) -> None:
        topic = self.topic
        self.search.setVisible(topic == "glossary")
        self.copy.setVisible(topic == "about")
        self.tour.setVisible(topic in BY_NAME)
        self.text.document().setDefaultStyleSheet(f"a {{ color: {theme.colours().accent}; }}")
        if topic in BY_NAME:
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
