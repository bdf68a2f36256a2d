"""A drawing: strokes as they were made, never pixels."""

from dataclasses import dataclass

Point = tuple[float, ...]
"""x, y in canvas units, y down; optionally time in ms since the drawing began, and pressure in 0..1."""

Stroke = tuple[Point, ...]


@dataclass(frozen=True)
class Drawing:
    """Strokes on a canvas of `width` x `height` units. Immutable: every edit makes a new one."""

    width: float
    height: float
    strokes: tuple[Stroke, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to read."""
        return not any(self.strokes)
