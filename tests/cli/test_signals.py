"""Signals that end a command: it ends in order, and what it was writing is removed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue

import pytest

from tests.patience import PATIENCE_S

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no such signals")


@pytest.fixture(autouse=True)
def hang_up() -> Iterator[None]:
    """Children inherit what is ignored, as under nohup: not here, but where a test says so."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


_WRITES = """
import sys, time
from pathlib import Path
from typer import Typer
from typer.main import get_command
from app.cli import main
from app.core.file_writing import written_beside

own = Typer()

@own.command()
def write():
    with written_beside(Path(sys.argv[1])) as new:
        new.write_text("half")
        print("writing", flush=True)
        time.sleep(60)

main.program = lambda: get_command(own)
sys.exit(main.run_command([]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_ended_removes_what_it_was_writing(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", _WRITES, str(tmp_path / "file")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "writing\n"
        process.send_signal(number)
        assert process.stderr.read() == "softmax-studio: Ended before it was done; what was finished is kept.\n"
    assert process.returncode == 128 + number
    assert list(tmp_path.glob(".new-*")) == []
    assert not (tmp_path / "file").exists()


def test_what_is_to_be_ignored_stays_ignored(tmp_path: Path) -> None:
    command = ["nohup", sys.executable, "-c", _WRITES, str(tmp_path / "file")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        os.kill(process.pid, signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_download_that_is_ended_is_gone_on_with(home: Path, number: signal.Signals) -> None:
    begun = Queue[str]()
    left = threading.Event()

    class HalfWay(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            at = self.headers["Range"]
            self.send_response(206 if at else 200)
            self.send_header("ETag", '"one"')
            if at:
                self.send_header("Content-Range", f"{at.replace('=', ' ')}1999/2000")
            self.end_headers()
            self.wfile.write(bytes(1000))
            begun.put(f"{self.headers['Range']} {self.headers['If-Range']}")
            left.wait(PATIENCE_S)

        def log_message(self, *_args: object) -> None:
            pass

    def ended_halfway() -> str:
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            said = begun.get(timeout=PATIENCE_S)
            until = time.monotonic() + PATIENCE_S
            while not sum(part.stat().st_size for part in home.glob("data/.*/*.part")) and time.monotonic() < until:
                time.sleep(0.01)
            process.send_signal(number)
        assert process.returncode in {128 + number, 130}
        return said

    server = ThreadingHTTPServer(("127.0.0.1", 0), HalfWay)
    threading.Thread(target=server.serve_forever, args=(0.01,)).start()
    mirror = f"http://127.0.0.1:{server.server_port}"
    command = [sys.executable, "-m", "app", "data", "download", "mnist", "--mirror", mirror]
    try:
        assert (ended_halfway(), ended_halfway()) == ("None None", 'bytes=1000- "one"')
    finally:
        left.set()
        server.shutdown()
        server.server_close()
    assert [path.name for path in (home / "data").iterdir()] == [".mnist.download"]
