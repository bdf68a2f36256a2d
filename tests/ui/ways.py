"""Where a page under test leads, when it is in no window."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.ui.common.navigator import Navigator


class Ways(Navigator):
    """Notes what is asked of the navigator; get it with `Ways.of(page)` before anything is asked."""

    went = Signal(str)  # the name of the method

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.taken: list[tuple[Any, ...]] = []  # names of methods, each with its arguments


def _noting(name: str) -> Callable[..., None]:
    def note(self: Ways, *args: object) -> None:
        self.taken.append((name, *args))
        self.went.emit(name)

    return note


for _name in vars(Navigator):
    if not _name.startswith("_") and _name != "staticMetaObject":
        setattr(Ways, _name, _noting(_name))
