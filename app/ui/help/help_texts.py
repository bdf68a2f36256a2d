"""The texts of the help window: one file a page in `resources/help`, and what is written from lists."""

import sys
import tomllib
from html import escape
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, qVersion

from app.core.components import components
from app.core.glossary import glossary
from app.core.paths import resources_dir, user_dir
from app.ui import theme

translate = QCoreApplication.translate

PAGES = ("recognize", "train", "search", "evaluate", "runs", "data", "models")
"""The pages of the window that have a text of their own, which are the names of the files, too."""


def page_text(page: str) -> str:
    """What a page is for and how it is used, as Markdown."""
    return _file(f"{page}.md").read_text(encoding="utf-8")


def keys_text() -> str:
    """Every key that the window knows, as HTML."""
    places = tomllib.loads(_file("keys.toml").read_text(encoding="utf-8"))["place"]
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
    pages = {page: page_text(page).partition("\n")[0].lstrip("# ") for page in PAGES}
    return pages | {
        "keys": translate("help", "Keys"),
        "glossary": translate("help", "Glossary"),
        "about": translate("help", "About"),
    }
