"""Signals that end a command: it ends in order, and what it was writing is removed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no such signals")

_WRITES = """
import sys, time
from pathlib import Path
from app.cli import main
from app.core.file_writing import written_beside

def write(_arguments):
    with written_beside(Path(sys.argv[1])) as new:
        new.write_text("half")
        print("writing", flush=True)
        time.sleep(60)

main._run = write
sys.exit(main.run_command([]))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_ended_removes_what_it_was_writing(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", _WRITES, str(tmp_path / "file")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        process.send_signal(number)
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
