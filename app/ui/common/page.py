"""What the window asks of every page, so that it need know none: see the table in `app/ui/pages.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.models.store import StoredModel
from app.ui.settings import Settings


@dataclass(frozen=True)
class Busy:
    """What is under way, in words, and which `share` (0..1) of it is done; None while nobody can tell."""

    words: str
    share: float | None = None


@dataclass(frozen=True)
class Unfinished:
    """What closing would end. It asks the `question` first, if there is one; what is being saved ends by itself.

    `discards` something that was made and not kept, and does not only stop what is under way.
    """

    question: str = ""
    discards: bool = False
    is_saving: bool = False


class Page(QWidget):
    """A page of the window. A subclass overrides what concerns it; the usual page does nothing here."""

    status_changed = Signal(str)
    busy_changed = Signal()
    settings_changed = Signal()  # what `save_settings` would keep

    corner: QWidget | None = None
    """What stands at the right of the window's upper bar while the page is shown."""

    strip: QWidget | None = None
    """A line above the other pages, which the page shows and hides."""

    def __init__(self, settings: Settings | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = settings or Settings()
        self.status = ""

    @property
    def busy(self) -> Busy | None:
        """What is under way, for the page's button on the rail; `busy_changed` tells that it is something else."""
        return None

    @property
    def unfinished(self) -> Unfinished:
        """What closing the window would end."""
        return Unfinished()

    @property
    def tab_chain(self) -> tuple[QWidget, ...]:
        """What the Tab key goes through in another order than that in which it was made."""
        return ()

    def set_status(self, words: str) -> None:
        """Say a few words at the bottom of the window while the page is shown."""
        self.status = words
        self.status_changed.emit(words)

    def enter(self, model: StoredModel | None) -> None:
        """The window turns to the page; `model` is the one that reads on Recognize."""

    def show_busy_beside(self, busy: Busy | None) -> None:
        """Something, or nothing, is under way on the other page behind the same button of the rail."""

    def open_files(self, paths: Sequence[Path]) -> None:
        """Take these in as if they were dropped on the page; of a page that takes one, the first."""

    def refresh_data(self) -> None:
        """Data sets or samples came, went or changed."""

    def refresh_models(self) -> None:
        """Models came, went or changed."""

    def save_settings(self) -> None:
        """Keep what is to be there after the next start: the window closes, or `settings_changed` a moment ago."""
