"""A pointer on a real X display, moved as often as a mouse or a pen tells of itself: 125 or 1,000 times a second.

It asks the X server's XTEST extension through libxcb, which Qt needs anyway, so no other program or library is wanted.
As a program it reads `{"display": ":9", "hz": 125, "points": [[x, y], ...]}` from its input and draws that stroke. It
imports nothing of ours, to be there at once.
"""

import ctypes
import json
import struct
import sys
import time
from collections.abc import Sequence

_MOTION, _PRESS, _RELEASE = 6, 4, 5
_FAKE_INPUT = 2


class _Extension(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char_p), ("global_id", ctypes.c_int))


class _Request(ctypes.Structure):
    _fields_ = (
        ("count", ctypes.c_size_t),
        ("extension", ctypes.POINTER(_Extension)),
        ("opcode", ctypes.c_uint8),
        ("is_void", ctypes.c_uint8),
    )


class _Part(ctypes.Structure):
    _fields_ = (("base", ctypes.c_char_p), ("length", ctypes.c_size_t))


class _Roots(ctypes.Structure):
    _fields_ = (("screen", ctypes.POINTER(ctypes.c_uint32)), ("rest", ctypes.c_int), ("index", ctypes.c_int))


class XPointer:
    """The pointer of a display such as ":9". Raises OSError if libxcb or the display cannot be reached."""

    def __init__(self, display: str) -> None:
        self._xcb = xcb = ctypes.CDLL("libxcb.so.1")
        xcb.xcb_connect.restype = xcb.xcb_get_setup.restype = ctypes.c_void_p
        xcb.xcb_setup_roots_iterator.restype = _Roots
        self._connection = ctypes.c_void_p(xcb.xcb_connect(display.encode(), None))
        if xcb.xcb_connection_has_error(self._connection):
            raise OSError(f"the display {display} does not answer")
        setup = ctypes.c_void_p(xcb.xcb_get_setup(self._connection))
        self._root = int(xcb.xcb_setup_roots_iterator(setup).screen[0])
        self._extension = _Extension(b"XTEST", 0)

    def move(self, x: int, y: int) -> None:
        """Move to a pixel of the screen."""
        self._fake(_MOTION, 0, x, y)

    def press(self) -> None:
        """Press the left button."""
        self._fake(_PRESS, 1)

    def release(self) -> None:
        """Release it."""
        self._fake(_RELEASE, 1)

    def _fake(self, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        body = struct.pack("<4xBBxxII8xhh8x", kind, detail, 0, self._root, x, y)
        parts = (_Part * 4)()  # libxcb wants room for two more before the first
        parts[2], parts[3] = _Part(body, len(body)), _Part(None, 0)
        request = _Request(1, ctypes.pointer(self._extension), _FAKE_INPUT, 1)
        first = ctypes.byref(parts, 2 * ctypes.sizeof(_Part))
        self._xcb.xcb_send_request(self._connection, 0, first, ctypes.byref(request))
        self._xcb.xcb_flush(self._connection)


def draw(pointer: XPointer, points: Sequence[tuple[int, int]], hz: float) -> None:
    """Draw a stroke of so many moves a second."""
    pointer.move(*points[0])
    time.sleep(0.05)
    pointer.press()
    began = time.monotonic()
    for number, point in enumerate(points[1:], 1):
        time.sleep(max(0.0, began + number / hz - time.monotonic()))
        pointer.move(*point)
    time.sleep(1 / hz)
    pointer.release()
    time.sleep(0.05)


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    draw(XPointer(asked["display"]), asked["points"], asked["hz"])
