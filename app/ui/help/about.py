"""About: versions, licences, where things are kept, what networks are trained on; a newer version on request."""

import sys
from html import escape

from PySide6.QtCore import QCoreApplication, QObject, QUrl, Signal, qVersion

from app import __version__
from app.core.components import components, licence_text
from app.core.graphics import cards_in_use, graphics_cards, has_cuda
from app.core.log import last_lines
from app.core.paths import user_dir
from app.core.search.runner import cores
from app.core.updates import newer_version, release_address
from app.ui import theme
from app.ui.common.tasks import Task, Tasks

translate = QCoreApplication.translate

SCHEME = "licence"
"""Of links to the licence of a component; one without a name leads back."""


def about_text(wanted: str = "") -> str:
    """The program and what it is made of, as HTML; only that of it in which `wanted` occurs, if it is given."""
    program, *parts = components()
    looked_for = wanted.strip().casefold()
    shown = [one for one in parts if looked_for in f"{one.name} {one.licence}".casefold()]
    rows = "".join(
        f'<tr><td style="padding: 3px {theme.MARGIN}px 3px 0">{_link(one.name)}</td>'
        f'<td style="padding: 3px 0">{escape(", ".join(filter(None, (one.version, one.licence))))}</td></tr>'
        for one in shown
    )
    none = f"<p>{translate('help', 'Nothing that it is made of matches.')}</p>"
    made_of = f"<h3>{translate('help', 'Made with')}</h3>" + (f"<table>{rows}</table>" if shown else none)
    return made_of if looked_for else f"<h2>Softmax Studio {program.version}</h2>{_facts()}{made_of}"


def _facts() -> str:
    folder = user_dir()
    link = f'<a href="{folder.as_uri()}">{escape(str(folder))}</a>'
    system = f"Python {sys.version.split()[0]}, Qt {qVersion()}"
    own = f'<a href="{SCHEME}:{components()[0].name}">MIT</a>'
    lines = [
        translate("help", "A desktop lab for small image classifiers: draw, recognize, train, compare."),
        translate("help", "Licence: {licence}. It runs with {system}.").format(licence=own, system=system),
        escape(computing_words()),
        translate("help", "Your models, runs, data, settings and the log are in {folder}.").format(folder=link),
        translate(
            "help",
            "MNIST is by Yann LeCun, Corinna Cortes and Christopher Burges (CC BY-SA 3.0), Fashion-MNIST by Zalando "
            "Research (MIT).",
        ),
    ]
    if not release_address():
        lines.append(translate("help", "It does not tell of newer versions: this build names no address to ask."))
    return "".join(f"<p>{line}</p>" for line in lines)


def computing_words() -> str:
    """What networks are trained on here, and how it could be faster. TensorFlow is not loaded to know it."""
    cards, used = ", ".join(graphics_cards()), cards_in_use()
    if used:
        return translate("help", "Networks are trained on the graphics card: {cards}.").format(cards=", ".join(used))
    if used is None and cards and has_cuda():
        words = translate("help", "Networks are trained on the graphics card ({cards}) if TensorFlow can use it.")
        return words.format(cards=cards)
    said = translate("help", "Networks are trained on the processor, with {count} threads.").format(count=cores())
    if not cards:
        return said
    more = translate("help", "There is a graphics card, too ({cards}).").format(cards=cards)
    if getattr(sys, "frozen", False):
        return f"{said} {more} " + translate("help", "This package of the program does not use it.")
    if has_cuda():
        return f"{said} {more} " + translate("help", "TensorFlow cannot use it; see whether its driver is new enough.")
    how = translate("help", 'To use it, install the program with its extra “gpu”: pip install "softmax-studio[gpu]".')
    return f"{said} {more} {how}"


def licence_page(name: str) -> str:
    """The licence of a component in full, as HTML, with a way back."""
    one = next((each for each in components() if each.name == name), None)
    text = licence_text(name) if one else ""
    if one and not text:
        text = translate("help", "The package brings no text of its licence ({licence}).").format(licence=one.licence)
    back = f'<p><a href="{SCHEME}:">‹ {translate("help", "About")}</a></p>'
    return f'{back}<h3>{escape(name)}</h3><div style="white-space: pre-wrap">{escape(text)}</div>'


def about_plain_text() -> str:
    """Versions and the end of the log, to paste into a question or a report."""
    system = f"Python {sys.version.split()[0]}, Qt {qVersion()}, {sys.platform}"
    lines = [*(f"{one.name} {one.version}" for one in components()), system, computing_words()]
    if log := last_lines():
        lines += ["", translate("help", "The end of the log:"), log]
    return "\n".join(lines)


def _link(name: str) -> str:
    address = bytes(QUrl.toPercentEncoding(name).data()).decode()
    return f'<a href="{SCHEME}:{address}">{escape(name)}</a>'


class VersionCheck(QObject):
    """Asks for a newer version when `ask` is called, and only then. `told` brings the sentence to show."""

    told = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = Tasks(self)
        self._task: Task[str] | None = None

    @property
    def is_asking(self) -> bool:
        """True until there is an answer."""
        return self._task is not None

    def ask(self) -> None:
        """Ask; or give up asking, if it is under way."""
        if self._task is not None:
            self._task.drop()
            self._task = None
            self.told.emit(translate("help", "You have version {version}.").format(version=__version__))
            return
        self._task = self._tasks.start(
            lambda task: newer_version(task.check), self._on_answer, failed=self._on_failed, newest_only=True
        )

    def _on_answer(self, newest: str) -> None:
        self._task = None
        if newest:
            words = translate("help", "Version {newest} is out; you have {version}. Install it as you did this one.")
        else:
            words = translate("help", "You have the newest version, {version}.")
        self.told.emit(words.format(newest=newest, version=__version__))

    def _on_failed(self, sentence: str) -> None:
        self._task = None
        self.told.emit(f"{sentence} " + translate("help", "You have version {version}.").format(version=__version__))
