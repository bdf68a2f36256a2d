"""What lies on the paper, and how it got there: values, without a window."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.core.imaging.drawing import Drawing
from app.core.imaging.pictures import Picture

MOST_STEPS = 200
"""How many steps undo goes back."""


@dataclass(frozen=True, eq=False)
class Paper:
    """A drawing, or a picture in its place. `invert` is the user's word on it: None lets the core find out.

    `example_of` is the preprocessing the picture has been through already, as the examples of datasets have; `true` is
    the name of its class there.
    """

    drawing: Drawing
    picture: Picture | None = None
    invert: bool | None = None
    example_of: str = ""
    true: str = ""

    @property
    def is_empty(self) -> bool:
        """True when there is neither."""
        return self.picture is None and self.drawing.is_empty


@dataclass
class History:
    """Papers, one after the other, with a place in their row."""

    now: Paper
    _before: list[Paper] = field(default_factory=list)
    _after: list[Paper] = field(default_factory=list)

    @classmethod
    def of(cls, papers: Sequence[Paper], place: int) -> "History":
        """A history of these papers, of which number `place` lies there now."""
        return cls(papers[place], list(papers[:place]), list(reversed(papers[place + 1 :])))

    @property
    def papers(self) -> tuple[Paper, ...]:
        """All of them, in their order."""
        return (*self._before, self.now, *reversed(self._after))

    @property
    def place(self) -> int:
        """The number of the one that lies there now."""
        return len(self._before)

    @property
    def can_undo(self) -> bool:
        """True when there is something to go back to."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """True after undo, until something new is done."""
        return bool(self._after)

    def put(self, paper: Paper) -> None:
        """Go on with another paper; what was undone is forgotten."""
        self._before = [*self._before[-(MOST_STEPS - 1) :], self.now]
        self._after.clear()
        self.now = paper

    def undo(self) -> None:
        """Go back one step, if there is one."""
        if self._before:
            self._after.append(self.now)
            self.now = self._before.pop()

    def redo(self) -> None:
        """Take one undo back, if there is one."""
        if self._after:
            self._before.append(self.now)
            self.now = self._after.pop()
