"""A newer version is asked for at the project's own address, and any answer is a version or a sentence."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from app.core import updates
from app.core.errors import StudioError
from app.core.updates import newer_version, release_address
from tests.patience import PATIENCE_S


class Answer(BaseHTTPRequestHandler):
    status, content, location = 200, b"", ""
    seen: ClassVar[list[dict[str, str]]] = []

    def do_GET(self) -> None:
        self.seen.append(dict(self.headers))
        self.send_response(self.status)
        if self.location:
            self.send_header("Location", self.location)
        self.end_headers()
        if self.content == b"dribble":
            while not stopping.wait(0.02):
                try:
                    self.wfile.write(b" ")
                except OSError:
                    return
        elif self.content != b"silence":
            self.wfile.write(self.content)
        else:
            stopping.wait(PATIENCE_S)

    def log_message(self, *_: object) -> None:
        """Quietly."""


stopping = threading.Event()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Answer]]:
    class Own(Answer):
        seen: ClassVar[list[dict[str, str]]] = []

    stopping.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setattr(updates, "release_address", lambda: f"http://127.0.0.1:{server.server_port}/versions.json")
    monkeypatch.setattr(updates, "__version__", "1.9")
    for limit in ("_TIMEOUT_S", "_LONGEST_S"):
        monkeypatch.setattr(updates, limit, PATIENCE_S)
    yield Own
    stopping.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("content", "newest"),
    [
        (b'{"info": {"version": "1.10"}}', "1.10"),
        (b'{"version": "2"}', "2"),
        (b'{"version": "1.9.0"}', ""),
        (b'{"version": "1.8.9"}', ""),
    ],
)
def test_only_a_newer_version_counts(server: type[Answer], content: bytes, newest: str) -> None:
    server.content = content
    assert newer_version() == newest
    (headers,) = server.seen
    assert not {"Authorization", "Cookie", "Referer"} & set(headers)


@pytest.mark.parametrize(
    ("status", "content", "location", "sentence"),
    [
        (200, b"<html>", "", "The answer tells no version"),
        (200, b"[]", "", "The answer tells no version"),
        (200, b"[" * 100_000, "", "The answer tells no version"),
        (200, b'{"version": "1.10; rm -rf"}', "", "The answer tells no version"),
        (200, b'{"version": 3}', "", "The answer tells no version"),
        (200, b"x" * (2**20 + 1), "", "gives no sensible answer"),
        (404, b"", "", "gives no answer; try again later"),
        (302, b"", "http://127.0.0.1:1/elsewhere", "has moved"),
        (200, b"silence", "", "cannot be reached; check the connection"),
        (200, b"dribble", "", "gives no sensible answer"),
    ],
)
def test_every_other_answer_is_a_sentence(  # noqa: PLR0917 - a fixture each
    server: type[Answer], monkeypatch: pytest.MonkeyPatch, status: int, content: bytes, location: str, sentence: str
) -> None:
    server.status, server.content, server.location = status, content, location
    if limit := {b"silence": "_TIMEOUT_S", b"dribble": "_LONGEST_S"}.get(content):
        monkeypatch.setattr(updates, limit, 0.1)
    with pytest.raises(StudioError) as raised:
        newer_version()
    assert sentence in str(raised.value)


def test_offline_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "release_address", lambda: "http://me:secret@127.0.0.1:9/versions.json")
    with pytest.raises(StudioError) as raised:
        newer_version()
    assert str(raised.value) == "127.0.0.1 cannot be reached; check the connection."


def test_it_can_be_ended(server: type[Answer]) -> None:
    class EndedError(Exception):
        pass

    def check() -> None:
        raise EndedError

    server.content = b'{"version": "2"}'
    with pytest.raises(EndedError):
        newer_version(check)


@pytest.mark.parametrize(
    ("urls", "address"),
    [
        (["Homepage, https://example.org", "Releases, https://example.org/v.json"], "https://example.org/v.json"),
        (["Releases, http://example.org/v.json"], ""),
        (["Releases"], ""),
        (None, ""),
    ],
)
def test_the_address_is_the_projects_own(monkeypatch: pytest.MonkeyPatch, urls: list[str] | None, address: str) -> None:
    class Metadata:
        def get_all(self, _name: str) -> list[str] | None:
            return urls

    monkeypatch.setattr(updates, "metadata", lambda _name: Metadata())
    assert release_address() == address
    if not address:
        with pytest.raises(StudioError, match="names no address"):
            newer_version()
