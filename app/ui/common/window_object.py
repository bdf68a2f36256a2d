"""What a window has one of, and every widget in it can reach: its messages, its navigator, its news of changes."""

from typing import Self

from PySide6.QtCore import QObject, Qt


class WindowObject(QObject):
    """`Kind.of(widget)` is the one of the window that the widget is in, as `Navigator.of(context)` is in Flutter.

    So nothing is passed down to widgets, or passed on by their signals, and two windows share nothing. The widget
    must be in its window by then: ask when something happens, not in a constructor.
    """

    @classmethod
    def of(cls, widget: QObject) -> Self:
        """Look it up, or make it for a widget that is in no window of the program, as in a test."""
        top = widget
        while (above := top.parent()) is not None:
            top = above
        return top.findChild(cls, options=Qt.FindChildOption.FindDirectChildrenOnly) or cls(top)
