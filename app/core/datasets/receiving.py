"""One file from a web server: what hangs or dribbles is given up, what broke off goes on where it was."""

import queue
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from app.core.errors import InputError

if TYPE_CHECKING:
    import requests

TIMEOUT_S = (5.0, 15.0)
"""To connect, and between two packets."""
PATIENCE_S = 15.0
SLOWEST_BYTES_S = 1024
"""A server that sends less than that, over PATIENCE_S, is given up."""

_HOST = r"[\w.%:-]+"
_CHUNK_BYTES = 64 * 1024
_MOST_REDIRECTS = 5
_POLL_S = 0.05
_STATE = ".state"
_LONGEST_STATE = 1024
_NO_MORE = 416  # there is nothing behind what we have


class ServerError(Exception):
    """What is wrong with a server, in words that begin with its name. `broke_off`: it had begun to send."""

    def __init__(self, why: str, broke_off: bool = False) -> None:
        super().__init__(why)
        self.broke_off = broke_off


@dataclass(frozen=True)
class Server:
    """A server and a place on it. Its password is kept apart, and stands in no sentence."""

    base: str
    name: str
    login: tuple[str, str] | None = None

    @classmethod
    def at(cls, address: str) -> "Server":
        """Raises InputError if it is no web address."""
        try:
            parts = urlsplit(address)
            host = (parts.hostname or "").encode("idna").decode()
            is_address = parts.scheme in ("http", "https") and parts.port != 0 and re.fullmatch(_HOST, host)
        except ValueError:  # brackets without an address in them, a port that is no number, a label over 63 letters
            is_address = None
        if not is_address:
            raise InputError(
                f"The mirror {_shown(address)!r} is not a web address; it must begin with http:// or https:// and "
                "name a server."
            )
        who, _, name = parts.netloc.rpartition("@")
        user, _, password = who.partition(":")
        login = (unquote(user), unquote(password)) if who else None
        return cls(parts._replace(netloc=name).geturl(), name, login)


def _shown(address: str) -> str:
    """The address without what may be a password."""
    before, at, after = address.rpartition("@")
    scheme = re.match(r"\w+://", before)
    return (f"{scheme[0] if scheme else ''}…@{after}" if at else address).partition("?")[0]


def receive(
    server: Server, path: str, part: Path, on_size: Callable[[int, int | None], None], check: Callable[[], None]
) -> bool:
    """Get a file into `part`; what is in that already is not sent again by servers that can go on there.

    Beside it lies what the server called that state of the file (RFC 9110: ETag or Last-Modified), also for a later
    program: of another state, everything is sent.

    Args:
        server: where it lies.
        path: behind the server's address.
        part: where it comes to; kept if it breaks off.
        on_size: is told how much is there, and how much there will be if the server says so.
        check: is called often, and may raise to end it.

    Returns whether it went on with what had been there before. Raises ServerError, and OSError of the disk.

    """
    state = part.with_suffix(_STATE)
    start = part.stat().st_size if part.exists() else 0
    line = _Line(server, path, start, state.read_text("latin-1") if start and state.exists() else "")
    try:
        return _written(line, part, on_size, check)
    finally:
        line.leave()


def _written(line: "_Line", part: Path, on_size: Callable[[int, int | None], None], check: Callable[[], None]) -> bool:
    head: _Head | None = None
    since, came = time.monotonic(), 0
    with part.open("ab") as file:
        while True:
            check()
            if time.monotonic() - since > PATIENCE_S:
                if came < SLOWEST_BYTES_S * PATIENCE_S:
                    raise ServerError(f"{line.name} {'sends too slowly' if head else 'does not answer'}")
                since, came = time.monotonic(), 0
            match line.next():
                case _Head() as head:
                    if not head.goes_on:
                        file.truncate(0)
                        part.with_suffix(_STATE).write_text(head.state, "latin-1")
                case bytes() as piece:
                    file.write(piece)
                    file.flush()
                    came += len(piece)
                    on_size(file.tell(), head.total if head else None)
                case Exception() as error:
                    raise ServerError(_reason(error, line.name), broke_off=head is not None) from None
                case _End():
                    return head is not None and head.goes_on


@dataclass(frozen=True)
class _Head:
    """What a server says before it sends: whether it goes on where we were, how long the file is, and its state."""

    goes_on: bool
    total: int | None
    state: str


class _End:
    """All has come."""


class _Line:
    """What a server sends, read by a thread of its own, so that nobody has to wait for one that says nothing."""

    def __init__(self, server: Server, path: str, start: int, state: str) -> None:
        self.name, self._server, self._path, self._start, self._state = server.name, server, path, start, state
        self._said: queue.Queue[_Head | bytes | Exception | _End] = queue.Queue(8)
        self._is_left = threading.Event()
        self._response: requests.Response | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def next(self) -> "_Head | bytes | Exception | _End | None":
        """What came next; None for nothing in a short time."""
        with suppress(queue.Empty):
            return self._said.get(timeout=_POLL_S)
        return None

    def leave(self) -> None:
        """Be done with the server, whatever it does."""
        self._is_left.set()
        if self._response is not None:
            with suppress(Exception):
                self._response.raw.shutdown()
        self._thread.join(1)

    def _read(self) -> None:
        try:
            self._ask()
        except Exception as error:  # a server may send anything, and libraries raise as much
            self._say(error)

    def _ask(self) -> None:
        import requests  # takes a tenth of a second, which only a download should cost

        with requests.Session() as session:
            session.max_redirects = _MOST_REDIRECTS
            headers = {"Accept-Encoding": "identity"}
            if self._start:
                headers |= {"Range": f"bytes={self._start}-"} | ({"If-Range": self._state} if self._state else {})
            url = f"{self._server.base}/{self._path}"
            login = self._server.login
            with session.get(url, auth=login, headers=headers, stream=True, timeout=TIMEOUT_S) as response:
                self._response = response
                if self._start and response.status_code == _NO_MORE:
                    self._say(_Head(True, self._start, self._state))
                    self._say(_End())
                    return
                response.raise_for_status()
                self._say(_head(response, self._start))
                while not self._is_left.is_set() and (piece := response.raw.read1(_CHUNK_BYTES, decode_content=True)):
                    self._say(piece)
                self._say(_End())

    def _say(self, what: "_Head | bytes | Exception | _End") -> None:
        while not self._is_left.is_set():
            with suppress(queue.Full):
                self._said.put(what, timeout=_POLL_S)
                return


def _head(response: Any, start: int) -> _Head:
    headers = response.headers
    goes_on = start > 0 and response.status_code == 206
    if goes_on and not headers.get("Content-Range", "").startswith(f"bytes {start}-"):
        raise ValueError("another part than was asked for")
    length = headers.get("Content-Length", "")
    is_told = length.isascii() and length.isdecimal() and len(length) < 16 and "Content-Encoding" not in headers
    return _Head(goes_on, int(length) + (start if goes_on else 0) if is_told else None, _state(headers))


def _state(headers: Any) -> str:
    """What a server calls this state of a file, where that can be asked for byte by byte; a weak ETag cannot."""
    tag = headers.get("ETag", "")
    state: str = tag if tag.startswith('"') else headers.get("Last-Modified", "")
    return state if len(state) <= _LONGEST_STATE else ""


def _reason(error: Exception, name: str) -> str:
    from requests import exceptions

    match error:
        case exceptions.HTTPError():
            return f"{name} answered {error.response.status_code}"
        case exceptions.TooManyRedirects():
            return f"{name} redirects without end"
        case exceptions.ProxyError():
            return f"the proxy on the way to {name} cannot be used"
        case exceptions.SSLError():
            return f"the certificate of {name} is not valid"
        case exceptions.ConnectionError() | exceptions.Timeout():
            return f"{name} cannot be reached"
        case _:
            return f"what {name} sent is damaged"
