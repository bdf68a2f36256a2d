"""The table of pages. A new page is a row here, a folder, an icon and a help text: all else is made of the row."""

from dataclasses import dataclass
from importlib import import_module

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from app.ui.common.page import Page
from app.ui.settings import Settings


@dataclass(frozen=True)
class PageEntry:
    """A page, in the order of the rail.

    `name` is its folder in app/ui, its icon, its help text in resources/help, and what settings call it. `kind` is its
    class, which is imported when the page is first shown. `about` goes on after its title in the tour. A page without
    a button of its own is `behind` that of another.
    """

    name: str
    title: str
    kind: str
    about: str = ""
    behind: str = ""

    @property
    def button(self) -> str:
        """The name of the page whose button on the rail leads here."""
        return self.behind or self.name

    @property
    def words(self) -> str:
        """The title in the user's language."""
        return QCoreApplication.translate("pages", self.title)

    def make(self, settings: Settings) -> Page:
        """Import the page and make it."""
        made = getattr(import_module(f"app.ui.{self.name}.page"), self.kind)(settings)
        assert isinstance(made, Page)
        made.setObjectName(f"{self.name}_page")
        return made


PAGES = (
    PageEntry("recognize", str(QT_TRANSLATE_NOOP("pages", "Recognize")), "RecognizePage"),
    PageEntry("train", str(QT_TRANSLATE_NOOP("pages", "Train")), "TrainPage"),
    PageEntry("search", str(QT_TRANSLATE_NOOP("pages", "Search")), "SearchPage", behind="train"),
    PageEntry(
        "evaluate",
        str(QT_TRANSLATE_NOOP("pages", "Evaluate")),
        "EvaluatePage",
        str(QT_TRANSLATE_NOOP("pages", "shows the mistakes of a model")),
    ),
    PageEntry(
        "runs",
        str(QT_TRANSLATE_NOOP("pages", "Runs")),
        "RunsPage",
        str(QT_TRANSLATE_NOOP("pages", "compares your runs")),
    ),
    PageEntry(
        "data",
        str(QT_TRANSLATE_NOOP("pages", "Data")),
        "DataPage",
        str(QT_TRANSLATE_NOOP("pages", "holds pictures and your own samples")),
    ),
    PageEntry(
        "models",
        str(QT_TRANSLATE_NOOP("pages", "Models")),
        "ModelsPage",
        str(QT_TRANSLATE_NOOP("pages", "lists all models")),
    ),
    PageEntry(
        "lessons",
        str(QT_TRANSLATE_NOOP("pages", "Lessons")),
        "LessonsPage",
        str(QT_TRANSLATE_NOOP("pages", "teaches it all step by step")),
    ),
)

BY_NAME = {entry.name: entry for entry in PAGES}
ON_RAIL = tuple(entry for entry in PAGES if not entry.behind)
