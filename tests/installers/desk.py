"""A desk to try an installation at: a screen, a home of its own, and no Python in sight."""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.core.imaging.drawing import Drawing
from app.core.imaging.paper import load_papers

PROGRAM = "softmax-studio"
PATIENCE_S = 120
_LOOK_S = 0.1


class Desk:
    """What a user has who opens files from a file manager: `gio open` takes the same way as one does."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.user_folder = home / ".local" / "share" / PROGRAM
        read_end, write_end = os.pipe()
        # Without -noreset the server is out of reach for a moment whenever its last program ends.
        screen = ("-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset")
        self._screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), *screen], pass_fds=[write_end], stderr=subprocess.DEVNULL
        )
        os.close(write_end)
        with os.fdopen(read_end) as numbers:
            self.display = f":{numbers.readline().strip()}"
        self.environment = {"HOME": str(home), "DISPLAY": self.display, "PATH": "/nonexistent", "LANG": "C.UTF-8"}

    def close(self) -> None:
        """End what runs, and the screen."""
        self._screen.terminate()
        self._screen.wait()

    def run(self, *command: str | Path) -> str:
        """Run a command of the system as this user; returns what it prints."""
        # A file, not a pipe: what the command starts may hold it open for hours.
        with tempfile.TemporaryFile() as printed:
            words = [shutil.which(command[0]) or str(command[0]), *map(str, command[1:])]
            subprocess.run(words, env=self.environment, check=True, stdout=printed)
            printed.seek(0)
            return printed.read().decode()

    def open(self, file: Path, installed: Path) -> None:
        """Open a file as a double click does, and wait for the window of the program that is `installed`."""
        self.run("gio", "open", file)
        wait_for(lambda: self._titles() and running(installed), f"a window with {file.name}")

    def quit(self, installed: Path) -> None:
        """Close the window, and wait until everything is saved."""
        for process in running(installed):
            os.kill(process, signal.SIGINT)
        wait_for(lambda: not running(installed), "the end of the program")

    def paper(self) -> Drawing | None:
        """What lay on the paper when it was last kept."""
        history = load_papers(self.user_folder / "paper")
        return None if history is None else history.now.drawing

    def kept(self) -> dict[str, str]:
        """All files of the user's folder: their names and sums."""
        files = (path for path in sorted(self.user_folder.rglob("*")) if path.is_file())
        return {
            str(path.relative_to(self.user_folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
        }

    def _titles(self) -> bool:
        return '"Softmax Studio' in self.run("xwininfo", "-root", "-tree")


def running(installed: Path) -> list[int]:
    """The processes of the program that is `installed`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "exe").readlink() == installed:
                found.append(int(process.name))
        except OSError:
            continue
    return found


def wait_for(is_there: Callable[[], object], what: str) -> None:
    """Wait until it is true. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_there():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {PATIENCE_S} s")
        time.sleep(_LOOK_S)
