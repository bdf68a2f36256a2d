import base64
import errno
import gzip
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import prod
from pathlib import Path

import numpy as np
import pytest

from app.core.datasets import download as download_module
from app.core.datasets import receiving
from app.core.datasets.download import DownloadProgress, DownloadStoppedError, download
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import DatasetSpec, Variant
from app.core.errors import InputError, StudioError
from app.core.file_writing import tidy_up
from tests.patience import PATIENCE_S

from .helpers import SmallSet, left_behind, small_set

KEPT = ".tiny.download"
"""What is kept for the next download, in the user's data folder."""
Reply = Callable[[BaseHTTPRequestHandler, bytes], None]


def good(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def unannounced(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(data)


def truncated(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data[: len(data) // 2])


def silently_truncated(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    good(handler, data[: len(data) // 2])


def lying(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    plain = bytearray(gzip.decompress(data))
    plain[-1] ^= 1
    good(handler, gzip.compress(plain))


def login_page(handler: BaseHTTPRequestHandler, _data: bytes) -> None:
    good(handler, b"<html>Please log in to the network</html>")


def endless(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    good(handler, data + bytes(1_000_000))


def hanging_up(handler: BaseHTTPRequestHandler, _data: bytes) -> None:
    handler.close_connection = True


def unpacking(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    """Some servers announce .gz files as packed for transport, so that they arrive unpacked."""
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def odd_length(length: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler, data: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", length)
        handler.end_headers()
        handler.wfile.write(data)

    reply.__name__ = f"length {length}"
    return reply


def redirecting(handler: BaseHTTPRequestHandler, _data: bytes) -> None:
    handler.send_response(302)
    handler.send_header("Location", handler.path)
    handler.end_headers()


def going_on(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    """Send half of what is asked for, with Range as the standard says."""
    start = int((handler.headers["Range"] or "bytes=0-").removeprefix("bytes=").removesuffix("-"))
    handler.send_response(206 if start else 200)
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
    handler.send_header("Content-Length", str(len(data) - start))
    handler.end_headers()
    handler.wfile.write(data[start:] if start else data[: len(data) // 2])


def going_on_wrongly(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    going_on(handler, data[::-1] if handler.headers["Range"] else data)


def nonsense(handler: BaseHTTPRequestHandler, _data: bytes) -> None:
    handler.wfile.write(b"\xff\xfe" * 100 + b"\r\n\r\n")
    handler.close_connection = True


def status(code: int) -> Reply:
    def reply(handler: BaseHTTPRequestHandler, _data: bytes) -> None:
        handler.send_error(code)

    return reply


class Server:
    """A server on this machine that answers from a folder, with `replies` in turn and then with `last`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.replies: list[Reply] = []
        self.last: Reply = good
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                path = outer.folder / self.path.lstrip("/")
                if not path.is_file():
                    self.send_error(404)
                    return
                reply = outer.replies.pop(0) if outer.replies else outer.last
                reply(self, path.read_bytes())

            def log_message(self, *_args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = False
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    @contextmanager
    def running(self) -> Iterator["Server"]:
        thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            thread.join()
            self._http.server_close()


@pytest.fixture
def server(tmp_path: Path, tiny: SmallSet, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(download_module, "PAUSE_S", 0.01)
    tiny.write(tmp_path / "web" / "tiny")
    before = set(threading.enumerate())
    with Server(tmp_path / "web").running() as running:
        yield running
    for left in set(threading.enumerate()) - before:
        left.join(PATIENCE_S)  # a busy machine takes a moment to tell a thread that its server is gone
    assert not set(threading.enumerate()) - before


@pytest.fixture
def specs(server: Server) -> dict[str, DatasetSpec]:
    return small_set((f"{server.url}/tiny",)).specs


def _assert_complete(home: Path, specs: dict[str, DatasetSpec]) -> None:
    assert load_dataset("tiny", "full", specs).variant is Variant.FULL
    assert left_behind(home) == ["tiny"]
    assert len(list((home / "data" / "tiny").iterdir())) == 4


def test_all_four_files_arrive_and_progress_is_told(home: Path, server: Server, specs: dict[str, DatasetSpec]) -> None:
    heard: list[DownloadProgress] = []
    assert download("tiny", heard.append, None, None, specs) == home / "data" / "tiny"
    _assert_complete(home, specs)
    assert [p.files_done for p in heard] == sorted(p.files_done for p in heard)
    assert {p.files_done for p in heard} == {0, 1, 2, 3}
    assert {p.files_total for p in heard} == {4}
    for file in specs["tiny"].files:
        last = [p for p in heard if p.file == file.name][-1]
        assert last.bytes_done == last.bytes_total
        assert last.bytes_done > 0
    assert [p.share for p in heard] == sorted(p.share for p in heard)
    assert heard[-1].share == 1
    assert heard[-1].bytes_received == sum(path.stat().st_size for path in (server.folder / "tiny").iterdir())


def test_each_file_counts_for_what_it_holds(home: Path, server: Server, specs: dict[str, DatasetSpec]) -> None:
    heard: list[DownloadProgress] = []
    download("tiny", heard.append, specs=specs)
    sizes = [prod(file.shape) for file in specs["tiny"].files]
    ends = [max(p.share for p in heard if p.files_done == number) for number in range(4)]
    assert ends == pytest.approx([sum(sizes[: number + 1]) / sum(sizes) for number in range(4)])


@pytest.mark.parametrize(
    "reply",
    [
        *(truncated, silently_truncated, lying, login_page, endless, hanging_up, status(404), status(500)),
        *(redirecting, nonsense, odd_length("3"), status(416), status(206)),
    ],
    ids=lambda reply: reply.__name__,
)
def test_one_bad_answer_is_survived_many_are_reported(
    home: Path, server: Server, specs: dict[str, DatasetSpec], reply: Reply
) -> None:
    server.replies = [reply]
    download("tiny", specs=specs)
    _assert_complete(home, specs)
    server.last = reply
    (home / "data" / "tiny" / "mark").touch()
    with pytest.raises(StudioError, match=r"Tiny could not be downloaded \(.*; check the network.*import") as caught:
        download("tiny", specs=specs)
    assert not isinstance(caught.value, InputError)
    assert set(left_behind(home)) <= {"tiny", KEPT}
    assert (home / "data" / "tiny" / "mark").exists()  # the older data is untouched


@pytest.mark.parametrize(
    "reply",
    [unannounced, unpacking, *map(odd_length, ("many", "-1", "999999999999"))],
    ids=lambda reply: reply.__name__,
)
def test_unusual_servers_are_understood(
    home: Path, server: Server, specs: dict[str, DatasetSpec], reply: Reply
) -> None:
    server.last = reply
    heard: list[DownloadProgress] = []
    download("tiny", heard.append, specs=specs)
    _assert_complete(home, specs)
    assert all(p.bytes_total is None or p.bytes_done <= p.bytes_total for p in heard)


def test_the_next_mirror_is_asked(home: Path, server: Server, specs: dict[str, DatasetSpec]) -> None:
    mirrors = (f"{server.url}/gone", "http://127.0.0.1:1/dead", f"{server.url}/tiny")
    specs = {"tiny": replace(specs["tiny"], mirrors=mirrors)}
    download("tiny", specs=specs)
    _assert_complete(home, specs)
    assert server.asked[:2] == ["/gone/train-images-idx3-ubyte.gz", "/tiny/train-images-idx3-ubyte.gz"]


@pytest.mark.parametrize("by_variable", [True, False])
def test_a_classroom_mirror_replaces_the_public_ones(
    home: Path, server: Server, monkeypatch: pytest.MonkeyPatch, by_variable: bool
) -> None:
    small = small_set(("http://127.0.0.1:1/never",))
    small.write(server.folder / "room" / "tiny", packed=by_variable)
    base = f"{server.url}/room/"
    if by_variable:
        monkeypatch.setenv("SOFTMAX_STUDIO_MIRROR", base)
    download("tiny", base_url=None if by_variable else base, specs=small.specs)
    _assert_complete(home, small.specs)


def test_no_network(home: Path, tiny: SmallSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download_module, "PAUSE_S", 0.01)
    with pytest.raises(StudioError, match=r"\(127\.0\.0\.1:1 cannot be reached\); check the network"):
        download("tiny", base_url="http://127.0.0.1:1", specs=tiny.specs)
    assert left_behind(home) == []


def test_addresses_and_names_that_cannot_be(home: Path, tiny: SmallSet) -> None:
    host = "x" * 64
    never = (
        "http://",
        "http://[",
        "http:///x",
        "http://:80",
        "http://a..b",
        "http://a b",
        f"http://{host}.org",
        "http://a:x",
    )
    for address in ("ftp://x", "example.org", "file:///etc", *never):
        with pytest.raises(InputError, match="must begin with http"):
            download("tiny", base_url=address, specs=tiny.specs)
    with pytest.raises(InputError, match="no data set called 'other'"):
        download("other", specs=tiny.specs)
    assert left_behind(home) == []


@pytest.mark.parametrize("pieces", [0, 1, 2])
def test_stopping_leaves_only_what_has_come(home: Path, specs: dict[str, DatasetSpec], pieces: int) -> None:
    heard: list[DownloadProgress] = []
    with pytest.raises(DownloadStoppedError):
        download("tiny", heard.append, lambda: len(heard) >= pieces, specs=specs)
    assert left_behind(home) == ([KEPT] if pieces else [])
    download("tiny", specs=specs)
    _assert_complete(home, specs)


def test_stopping_between_two_rounds(
    server: Server, specs: dict[str, DatasetSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.last = status(500)
    monkeypatch.setattr(download_module, "PAUSE_S", 60)
    with pytest.raises(DownloadStoppedError):
        download("tiny", None, lambda: bool(server.asked), specs=specs)
    assert len(server.asked) == 1


def test_a_full_disk(home: Path, specs: dict[str, DatasetSpec], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _array: np.ndarray) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(download_module, "write_idx", full)
    with pytest.raises(StudioError, match="is full; free some space"):
        download("tiny", specs=specs)
    assert left_behind(home) == []


def test_a_full_disk_while_it_arrives(home: Path, specs: dict[str, DatasetSpec]) -> None:
    def full(_progress: DownloadProgress) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")  # as the write before it would

    with pytest.raises(StudioError, match="is full; free some space"):
        download("tiny", full, specs=specs)
    assert left_behind(home) == []


def test_nothing_is_logged_or_printed(
    specs: dict[str, DatasetSpec], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level("INFO"):
        download("tiny", specs=specs)
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


def test_what_broke_off_goes_on_where_it_was(home: Path, server: Server, specs: dict[str, DatasetSpec]) -> None:
    server.last = going_on
    heard: list[DownloadProgress] = []
    download("tiny", heard.append, specs=specs)
    _assert_complete(home, specs)
    assert len(server.asked) == 8
    assert {p.bytes_total for p in heard} == {path.stat().st_size for path in (server.folder / "tiny").iterdir()}


def test_large_files_go_on_at_once(
    home: Path, server: Server, specs: dict[str, DatasetSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download_module, "_WORTH_IT", 1)
    monkeypatch.setattr(download_module, "ROUNDS", 1)
    server.last = going_on
    download("tiny", specs=specs)
    _assert_complete(home, specs)


def test_what_was_put_together_wrongly_is_got_anew(home: Path, server: Server, specs: dict[str, DatasetSpec]) -> None:
    server.replies = [going_on, going_on_wrongly, good]
    download("tiny", specs=specs)
    _assert_complete(home, specs)
    assert len(set(server.asked[:3])) == 1


class Stated:
    """Answers with Range and If-Range as the standard says, for one state of the files; breaks off where told."""

    def __init__(self, tag: str = '"one"', breaks_off_at: int | None = None) -> None:
        self.tag, self.breaks_off_at, self.begun_at = tag, breaks_off_at, list[int]()

    def __call__(self, handler: BaseHTTPRequestHandler, data: bytes) -> None:
        asked = handler.headers["Range"] if handler.headers["If-Range"] in (None, self.tag) else None
        start = int((asked or "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        self.begun_at.append(start)
        handler.send_response(206 if asked else 200)
        handler.send_header("ETag" if self.tag[0] == '"' else "Last-Modified", self.tag)
        if asked:
            handler.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        handler.send_header("Content-Length", str(len(data) - start))
        handler.end_headers()
        handler.wfile.write(data[start : self.breaks_off_at])


DAY = "Wed, 21 Oct 2015 07:28:00 GMT"


def broken_off(server: Server, specs: dict[str, DatasetSpec], tag: str = '"one"') -> None:
    """A download of which twenty bytes of the first file have come."""
    server.last = Stated(tag, 20)
    with pytest.raises(StudioError, match="could not be downloaded"):
        download("tiny", specs=specs)


@pytest.mark.parametrize("tag", ['"one"', DAY])
def test_the_next_download_goes_on_where_one_broke_off(
    home: Path, server: Server, specs: dict[str, DatasetSpec], tag: str
) -> None:
    broken_off(server, specs, tag)
    assert left_behind(home) == [KEPT]
    server.last = whole = Stated(tag)
    download("tiny", specs=specs)
    assert whole.begun_at == [20, 0, 0, 0]
    _assert_complete(home, specs)


def test_of_another_state_of_the_file_everything_is_sent(
    home: Path, server: Server, specs: dict[str, DatasetSpec]
) -> None:
    broken_off(server, specs)
    server.last = whole = Stated('"two"')
    download("tiny", specs=specs)
    assert whole.begun_at == [0] * 4
    _assert_complete(home, specs)


def test_files_that_are_there_are_not_asked_for(home: Path, server: Server, specs: dict[str, DatasetSpec]) -> None:
    server.replies, server.last = [good, good], status(500)
    with pytest.raises(StudioError):
        download("tiny", specs=specs)
    server.asked, server.last = [], good
    heard: list[DownloadProgress] = []
    download("tiny", heard.append, specs=specs)
    assert len(server.asked) == 2
    assert [p.share for p in heard] == sorted(p.share for p in heard)
    _assert_complete(home, specs)


def test_what_came_from_another_address_is_not_gone_on_with(
    home: Path, server: Server, tmp_path: Path, specs: dict[str, DatasetSpec]
) -> None:
    broken_off(server, specs)
    server.last = whole = Stated()
    download("tiny", base_url=f"{server.url}/.", specs=specs)
    assert whole.begun_at == [0] * 4
    _assert_complete(home, specs)


@pytest.mark.parametrize("kept", [bytes(20), bytes(2_000), b"<html>"])
def test_a_kept_file_that_is_damaged_is_got_anew(
    home: Path, server: Server, specs: dict[str, DatasetSpec], kept: bytes
) -> None:
    broken_off(server, specs)
    (part,) = (home / "data" / KEPT).glob("*.part")
    part.write_bytes(kept)
    server.last = lambda handler, data: (status(416) if handler.headers["Range"] else good)(handler, data)
    download("tiny", specs=specs)
    _assert_complete(home, specs)


def test_two_downloads_of_one_set_at_once(home: Path, server: Server, specs: dict[str, DatasetSpec]) -> None:
    heard: list[DownloadProgress] = []

    def another(progress: DownloadProgress) -> None:
        heard.append(progress)
        if len(heard) == 1:
            download("tiny", specs=specs)

    download("tiny", another, specs=specs)
    _assert_complete(home, specs)


def test_where_nothing_can_be_locked_nothing_is_kept(
    home: Path, server: Server, specs: dict[str, DatasetSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("app.core.datasets.storage.FileLock.acquire", refuse)
    broken_off(server, specs)
    server.last = good
    download("tiny", specs=specs)
    _assert_complete(home, specs)


def test_what_nobody_came_back_for_is_removed(home: Path, server: Server, specs: dict[str, DatasetSpec]) -> None:
    broken_off(server, specs)
    kept = home / "data" / KEPT
    for age_s, is_there in ((3 * 86400, True), (8 * 86400, False)):
        os.utime(kept, (time.time() - age_s,) * 2)
        tidy_up()
        assert kept.exists() is is_there


def test_a_server_that_dribbles_is_given_up(
    home: Path, server: Server, specs: dict[str, DatasetSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    left = threading.Event()

    def be_patient_for(seconds: float) -> None:
        monkeypatch.setattr(receiving, "PATIENCE_S", seconds)

    def dribbling(handler: BaseHTTPRequestHandler, data: bytes) -> None:
        be_patient_for(PATIENCE_S)  # until it has begun to send, however busy the machine is
        handler.send_response(200)
        handler.end_headers()
        for byte in data:
            handler.wfile.write(bytes([byte]))
            if left.wait(0.02):
                return

    server.last = dribbling
    with pytest.raises(StudioError, match=r"127\.0\.0\.1:\d+ sends too slowly"):
        download("tiny", lambda _: be_patient_for(0.1), specs=specs)
    left.set()
    assert left_behind(home) == [KEPT]


@pytest.mark.parametrize("sends_head", [True, False])
def test_a_server_that_hangs_can_be_left(
    home: Path, server: Server, specs: dict[str, DatasetSpec], sends_head: bool
) -> None:
    left = threading.Event()

    def hanging(handler: BaseHTTPRequestHandler, data: bytes) -> None:
        if sends_head:
            handler.send_response(200)
            handler.end_headers()
            handler.wfile.write(data[:10])
        left.wait(PATIENCE_S)

    server.last = hanging
    heard: list[DownloadProgress] = []
    begun = heard if sends_head else server.asked
    with pytest.raises(DownloadStoppedError):
        download("tiny", heard.append, lambda: bool(begun), specs=specs)
    left.set()
    assert left_behind(home) == ([KEPT] if sends_head else [])


def test_a_web_page_is_called_one(server: Server, specs: dict[str, DatasetSpec]) -> None:
    server.last = login_page
    with pytest.raises(StudioError, match="sent a web page"):
        download("tiny", specs=specs)


def test_a_password_is_sent_and_never_told(
    home: Path, server: Server, specs: dict[str, DatasetSpec], caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[str | None] = []

    def locked(handler: BaseHTTPRequestHandler, data: bytes) -> None:
        sent.append(handler.headers["Authorization"])
        status(401)(handler, data)

    server.last = locked
    address = server.url.replace("//", "//me:s3%2Fcret@")
    (server.folder / "tiny").rename(server.folder / "room")
    (server.folder / "tiny").mkdir()
    (server.folder / "room").rename(server.folder / "tiny" / "tiny")
    with caplog.at_level("DEBUG"), pytest.raises(StudioError) as caught:
        download("tiny", base_url=f"{address}/tiny", specs=specs)
    assert sent[0] == f"Basic {base64.b64encode(b'me:s3/cret').decode()}"
    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert "127.0.0.1" in told
    assert "s3" not in told
    for wrong in ("ftp://me:s3cret@x", "me:s3cret@x", "http://me:s3/c@ret@[", "http://me:s3cret@a b?token=s3"):
        with pytest.raises(InputError, match="not a web address") as refused:
            download("tiny", base_url=wrong, specs=specs)
        assert "s3" not in "".join(traceback.format_exception(refused.value))
