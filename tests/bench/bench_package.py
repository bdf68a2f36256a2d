"""The packaged program in dist/: how large it is and why, and how soon it is there, as seen on a display."""

import mmap
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from app.core.paths import resources_dir
from tests.bench.report import Figure, Skipped

FROZEN = Path("dist", "softmax-studio")
PROGRAM = FROZEN.absolute() / FROZEN.name
LARGEST, REPEATS = 12, 5
WATCHED_S, POLL_S = 5.0, 0.005
"""How long a start is watched: nothing moves on the screen any more when it is over."""
WAIT_S = 60.0

Bench = Iterator[Figure | Skipped]


def measure() -> Bench:
    """Sizes in MB of 10^6 bytes; times are medians over several starts, after one that warms the disk's cache."""
    if not PROGRAM.is_file():
        yield Skipped("package", "the packaged program", "make it with: python -m tools.freeze")
        return
    yield from _sizes()
    yield from _times()


def _sizes() -> Bench:
    files = {path: path.lstat().st_size for path in FROZEN.rglob("*") if path.is_file() and not path.is_symlink()}
    yield Figure("package", "unpacked", sum(files.values()) / 1e6, "MB", "<= 1050")
    archives = sorted(FROZEN.parent.glob(f"{FROZEN.name}-*.tar.xz"))
    for archive in archives:
        yield Figure("package", f"packed, {archive.name}", archive.stat().st_size / 1e6, "MB", "<= 220")
    if not archives:
        yield Skipped("package", "packed", "make it with: python -m tools.installers archive")
    parts: dict[str, int] = {}
    for path, size in files.items():
        first, *deeper = path.relative_to(FROZEN).parts
        part = "/".join(deeper[:2]) if deeper else first
        parts[part] = parts.get(part, 0) + size
    for part in sorted(parts, key=lambda name: -parts[name])[:LARGEST]:
        yield Figure("package", f"of it {part}", parts[part] / 1e6, "MB")


def _times() -> Bench:
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"SOFTMAX_STUDIO_HOME": home, "QT_QPA_PLATFORM": "xcb"}
        helps = [_help(environment) for _ in range(REPEATS + 1)][1:]
        yield Figure("package", "--help", statistics.median(helps), "s", "<= 0.4")
        if shutil.which("Xvfb") is None:
            yield Skipped("package", "start", "Xvfb is not installed (on Debian the package xvfb)")
            return
        starts = [_start(environment, Path(home)) for _ in range(REPEATS + 1)][1:]
    if () in starts:
        yield Skipped("package", "start", f"nothing was on the screen after {WATCHED_S:.0f} s")
        return
    painted, answered = (statistics.median(start[place] for start in starts if start) for place in (0, 1))
    yield Figure("package", "start to the window on the screen", painted, "s", "<= 1.0")
    yield Figure("package", "start to the answer to a drawing that was given", answered, "s", "<= 1.3")


def _help(environment: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run([PROGRAM, "--help"], env=environment, capture_output=True, check=True)
    return time.perf_counter() - began


def _start(environment: dict[str, str], folder: Path) -> tuple[float, float] | tuple[()]:
    """Seconds to the first change of the screen, and to the last one; nothing where there was none."""
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x720x24",
            "-nolisten",
            "tcp",
            "-noreset",
            "-fbdir",
            str(folder),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        display = {"DISPLAY": f":{server.stdout.readline().strip()}"}
        drawing = resources_dir() / "samples" / "digit-7.drawing.json"
        with (
            (folder / "Xvfb_screen0").open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as shown,
        ):
            pixels = np.frombuffer(shown, np.uint32)
            began, before, changes = time.perf_counter(), pixels.copy(), list[float]()
            program = subprocess.Popen([PROGRAM, drawing], env=environment | display)
            try:
                while (now := time.perf_counter() - began) < WATCHED_S:
                    if not np.array_equal(pixels, before):
                        before = pixels.copy()
                        changes.append(now)
                    time.sleep(POLL_S)
            finally:
                program.terminate()
                program.wait(WAIT_S)
                del pixels
    finally:
        server.terminate()
        server.wait()
    return (changes[0], changes[-1]) if changes else ()
