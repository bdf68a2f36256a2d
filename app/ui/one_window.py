"""One window for a home folder on a screen: files that are opened later go to the program that is running already.

The first program holds a lock of the system for as long as it lives, however it ends, and listens on a local socket;
both are in a folder that only the user can enter. A later one sends its files there and leaves. Where the first does
not answer, or no such folder can be had, it opens a window of its own: a file that is opened is always seen.
"""

import hashlib
import logging
import os
import stat
import sys
import tempfile
import time
from collections.abc import Sequence
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QFileOpenEvent

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalSocket

_LONGEST_REQUEST = 65_536  # bytes; far more paths than a window opens
_ANSWER = b"ok"
_ANSWER_MS = 5_000
"""A window that does not answer within this time is taken to hang."""
_BEGIN_S = 20.0
"""How long the first program may take to begin listening: it starts at this moment, or is about to close."""
_RETRY_MS = 50

_log = logging.getLogger(__name__)


class Request(BaseModel):
    """What a later program asks of the first: to show itself and open `files`, paths as URLs write their bytes."""

    model_config = ConfigDict(frozen=True)

    files: tuple[str, ...] = ()
    token: str = ""
    """What the desktop gives a program that the user started, to come to the front with."""

    @classmethod
    def of(cls, paths: Sequence[Path]) -> "Request":
        """Ask to open these; relative ones are the caller's own. As many as a request can hold."""
        files, room = [], _LONGEST_REQUEST // 2
        for path in paths:
            files.append(quote(os.fsencode(path.absolute())))
            room -= len(files[-1])
        while room < 0:
            room += len(files.pop())
        token = os.environ.get("XDG_ACTIVATION_TOKEN") or os.environ.get("DESKTOP_STARTUP_ID") or ""
        return cls(files=tuple(files), token=token[: _LONGEST_REQUEST // 4])

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files again."""
        return tuple(Path(os.fsdecode(unquote_to_bytes(file))) for file in self.files)


class Turn(Enum):
    """What became of a program's wish to open a window."""

    OPEN = auto()  # there is no other
    HANDED_OVER = auto()  # another one did what was asked
    NO_ANSWER = auto()  # there is another one, which does not answer: open one more


class OneWindow(QObject):
    """`take_turn` comes before the window, `listen` after it. `asked` brings the requests of later programs."""

    asked = Signal(object)  # Request

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        screen = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""
        key = hashlib.sha256(os.fsencode(os.path.realpath(home)) + b"\0" + os.fsencode(screen))
        self._name = f"softmax-studio-{key.hexdigest()[:16]}"
        self._folder = private_folder()
        self._lock = FileLock(self._folder / f"{self._name}.lock", mode=0o600) if self._folder else None
        self._server: QObject | None = None

    def take_turn(self, request: Request) -> Turn:
        """Be the first, or have the first do it: at once, unless that one is only starting, closing, or hangs."""
        until = time.monotonic() + _BEGIN_S
        while time.monotonic() < until:
            try:
                if self._lock is not None:
                    self._lock.acquire(timeout=0)
                return Turn.OPEN
            except Timeout:
                answered = self._hand_over(request)
                if answered is not None:
                    return Turn.HANDED_OVER if answered else Turn.NO_ANSWER
            except (OSError, NotImplementedError) as error:
                _log.warning("no lock for one window: %s", error)
                return Turn.OPEN
            time.sleep(_RETRY_MS / 1000)
        return Turn.NO_ANSWER

    def listen(self) -> None:
        """Hear later programs from now on."""
        from PySide6.QtNetwork import QLocalServer

        if self._lock is None or not self._lock.is_locked:
            return
        QLocalServer.removeServer(self._address)  # of a program that crashed: the lock says that there is no other
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._on_call)
        if server.listen(self._address):
            self._server = server
        else:
            _log.warning("no socket for one window: %s", server.errorString())
        app = QCoreApplication.instance()
        if sys.platform == "darwin" and app is not None:  # there the system starts nothing twice, and sends an event
            app.installEventFilter(self)

    @Slot()
    def close(self) -> None:
        """Hear nobody any more, and let the next program be the first."""
        from PySide6.QtNetwork import QLocalServer

        if isinstance(self._server, QLocalServer):
            self._server.close()
        if self._lock is not None:
            self._lock.release()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open what Finder has sent."""
        if isinstance(event, QFileOpenEvent):
            self.asked.emit(Request.of([Path(event.file())]))
            return True
        return super().eventFilter(watched, event)

    @property
    def _address(self) -> str:
        """A path, or on Windows the name of a pipe."""
        return self._name if sys.platform == "win32" or self._folder is None else str(self._folder / self._name)

    def _hand_over(self, request: Request) -> bool | None:
        """Ask the program that listens: True if it answers, False if it does not, None if nobody listens."""
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(self._address)
        if not socket.waitForConnected(_ANSWER_MS):
            return None
        _let_others_come_to_the_front()
        socket.write(request.model_dump_json().encode() + b"\n")
        until = time.monotonic() + _ANSWER_MS / 1000
        while socket.bytesAvailable() < len(_ANSWER):
            if socket.state() != QLocalSocket.LocalSocketState.ConnectedState:
                return None  # it has ended meanwhile
            if time.monotonic() > until:
                return False
            socket.waitForReadyRead(_RETRY_MS)  # in pieces: Qt keeps all other threads of Python waiting, too
        return True

    @Slot()
    def _on_call(self) -> None:
        from PySide6.QtNetwork import QLocalServer

        assert isinstance(self._server, QLocalServer)
        while (socket := self._server.nextPendingConnection()) is not None:
            _Caller(socket, self)


class _Caller(QObject):
    """One later program: reads its request, which is no longer than it may be and comes soon, and answers."""

    def __init__(self, socket: "QLocalSocket", owner: OneWindow) -> None:
        super().__init__(owner)
        self._socket, self._owner, self._read = socket, owner, b""
        socket.setParent(self)
        socket.setReadBufferSize(_LONGEST_REQUEST)
        socket.readyRead.connect(self._on_ready)
        socket.disconnected.connect(self.deleteLater)
        QTimer.singleShot(_ANSWER_MS, self, self.deleteLater)
        self._on_ready()

    @Slot()
    def _on_ready(self) -> None:
        self._read += bytes(self._socket.read(_LONGEST_REQUEST).data())
        line, ended, _ = self._read.partition(b"\n")
        if not ended and len(self._read) < _LONGEST_REQUEST:
            return
        try:
            request = Request.model_validate_json(line)
        except ValidationError:
            self._socket.abort()
            return
        if self._socket.write(_ANSWER) == len(_ANSWER) and self._socket.flush():  # it has not given up meanwhile
            self._owner.asked.emit(request)
        self._socket.disconnectFromServer()


def private_folder() -> Path | None:
    """A folder for locks and sockets that only the user can enter, and that the system empties; None if there is none.

    Not in the home folder, whose path can be longer than a socket's may be, and which can be on another computer.
    """
    if sys.platform == "win32":
        return Path(tempfile.gettempdir())  # the user's own
    place = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    folder = Path(place) / f"softmax-studio-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        about = folder.lstat()
    except OSError as error:
        _log.warning("no folder for one window: %s", error)
        return None
    is_private = stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid() and not about.st_mode & 0o077
    return folder if is_private else None


def _let_others_come_to_the_front() -> None:
    """Windows lets only the program that the user has just started say which window comes to the front."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)
