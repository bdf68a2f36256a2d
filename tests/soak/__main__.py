"""`python -m tests.soak [--minutes N] [--trainings N] [--seed N]`: a monkey at the window, or trainings in one window.

The window is closed and opened again now and then. Memory is told every minute. The exit code is 1 if there was an
exception, a warning of Qt, a thread that stayed, or growth of more than 100 MB after the first tenth: what is loaded
once is loaded by then.
"""

import argparse
import faulthandler
import gc
import os
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from pathlib import Path
from types import TracebackType

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from PySide6.QtCore import QEventLoop, QMessageLogContext, QThread, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QLayout, QWidgetItem
from shiboken6 import getCppPointer

from app.core.memory import give_back
from app.ui.launch import open_window
from app.ui.main_window import MainWindow

MOST_GROWTH_MB = 100
_HARMLESS = ("propagateSizeHints", "does not support")
"""What the platform without a screen says of itself."""


class Problems:
    """Everything that must not happen, as it happens."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}
        self.doing = ""
        sys.excepthook = self._on_exception
        threading.excepthook = lambda about: self._on_exception(about.exc_type, about.exc_value, about.exc_traceback)
        qInstallMessageHandler(self._on_message)

    def add(self, problem: str) -> None:
        """Note it, and tell the first of a kind."""
        self.found[problem] = self.found.get(problem, 0) + 1
        if self.found[problem] == 1:
            print(f"  ({self.doing}) {problem}", file=sys.stderr, flush=True)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.add("".join(traceback.format_exception(kind, error, trace)))

    def _on_message(self, kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and not any(word in text for word in _HARMLESS):
            self.add(f"Qt: {text}")


def memory_mb() -> float:
    """What this process alone has of the machine's memory, without what the C library keeps for the next that asks.

    Libraries are not counted, which are read from the drive as they are used: the system drops them when it likes.
    """
    give_back()
    own = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon"))
    return int(own.split()[1]) * 1024 / 1e6


def grown(before: Counter[str], most: int = 8) -> tuple[Counter[str], str]:
    """How many Python objects there are of each type now, and of which there are more than before."""
    now = Counter(f"{type(each).__module__}.{type(each).__qualname__}" for each in gc.get_objects())
    return now, ", ".join(f"{count:+,} {name}" for name, count in (now - before).most_common(most))


def threads() -> int:
    """How many this process has; TensorFlow keeps some for good."""
    return len(list(Path("/proc/self/task").iterdir()))


def wait(milliseconds: int) -> None:
    """Let the window, and threads beside it, do what they do."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def lost_items(window: MainWindow) -> list[QWidgetItem]:
    """Python objects of layouts' items that are gone: what comes to lie there crashes (see `app.ui.common.build`)."""
    items = [layout.itemAt(place) for layout in window.findChildren(QLayout) for place in range(layout.count())]
    there = {getCppPointer(each)[0] for each in items if each is not None}
    objects = [each for each in gc.get_objects() if isinstance(each, QWidgetItem)]
    return [each for each in objects if getCppPointer(each)[0] not in there]


def close(window: MainWindow, problems: Problems) -> None:
    """Close the window as at the end of a session, and see that its threads end."""
    if lost := lost_items(window):
        problems.add(f"{len(lost)} items of layouts that are gone have an object still")
    window.end()
    until = time.monotonic() + 120
    while window.isVisible() and time.monotonic() < until:
        wait(50)
    if window.isVisible():
        problems.add("the window does not close")
    window.deleteLater()
    wait(50)
    gc.collect()
    app = QApplication.instance()
    assert app is not None
    if busy := [thread for thread in app.findChildren(QThread) if thread.isRunning()]:
        problems.add(f"threads that stay: {busy}")


def load_for_good() -> None:
    """Load what stays: TensorFlow takes 300 MB once, the compiler of the engine `xla` 80 MB and some threads."""
    from app.core.quiet import load_tensorflow

    load_tensorflow()
    import tensorflow as tf

    tf.function(tf.matmul, jit_compile=True)(tf.eye(2), tf.eye(2))


def soak(minutes: float, seed: int, problems: Problems) -> list[float]:
    """A monkey for so long; returns the memory after each time the window was closed."""
    load_for_good()
    curve, told, ends = list[float](), _Told(), time.monotonic() + 60 * minutes
    objects = Counter[str]()
    while time.monotonic() < ends:
        session_ends = min(ends, time.monotonic() + min(300.0, 60 * minutes / 4))
        one_session(f"{seed} {len(curve)}", session_ends, problems, told)
        gc.collect()
        curve.append(memory_mb())
        objects, more = grown(objects)
        print(f"     closed {len(curve)} times, {curve[-1]:.0f} MB, {threads()} threads, {more}", flush=True)
    return curve


class _Told:
    """How much was done, told every minute."""

    def __init__(self) -> None:
        self._began, self._minutes, self._acts = time.monotonic(), 0, 0

    def count(self) -> None:
        """One more act."""
        self._acts += 1
        if time.monotonic() - self._began > 60 * self._minutes:
            print(f"{self._minutes:>4} min {memory_mb():>6.0f} MB, {threads()} threads, {self._acts} acts", flush=True)
            self._minutes += 1


def one_session(seed: str, ends: float, problems: Problems, told: _Told) -> None:
    """Open the window, let the monkey in, and close it. Nothing holds the window then."""
    from tests.soak.monkey import Monkey

    _, window = open_window(["softmax-studio"])
    monkey = Monkey(window, seed)
    while time.monotonic() < ends:
        try:
            problems.doing = monkey.act()
        except Exception:
            problems.add(traceback.format_exc())
        told.count()
        wait(monkey.random.choice([0, 0, 5, 20, 100]))
    monkey.settle()
    close(window, problems)


def repeat(trainings: int, problems: Problems) -> list[float]:
    """So many trainings in one window; returns the memory after each."""
    from app.core.recipes import find_recipe
    from app.ui.train.stage import Stage

    _, window = open_window(["softmax-studio"])
    window.show_page("train")
    page, curve = window.page("train"), list[float]()
    for number in range(trainings):
        config = find_recipe("quickstart-mnist").config.changed(epochs=2, steps_per_epoch=20, seed=number)
        page.train(config, f"run {number}")
        while page._stage is not Stage.IDLE:
            wait(20)
        curve.append(memory_mb())
        print(f"{number + 1:>4} trainings {curve[-1]:>6.0f} MB", flush=True)
    close(window, problems)
    return curve


def main() -> int:
    """Soak, and tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--trainings", type=int, default=0, help="so many in one window, and no monkey")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    faulthandler.enable()
    with tempfile.TemporaryDirectory(prefix="softmax-studio-soak-") as home:
        os.environ["SOFTMAX_STUDIO_HOME"] = home
        problems = Problems()
        if arguments.trainings:
            curve = repeat(arguments.trainings, problems)
        else:
            curve = soak(arguments.minutes, arguments.seed, problems)
        problems.doing = "the end"
    first, last = curve[len(curve) // 10], curve[-1]
    print(f"memory {first:.0f} MB after a tenth of the curve, {last:.0f} MB at the end, {max(curve):.0f} MB at most")
    if last - first > MOST_GROWTH_MB:
        problems.add(f"memory grew by {last - first:.0f} MB")
    print(f"{sum(problems.found.values())} problems of {len(problems.found)} kinds")
    return 1 if problems.found else 0


if __name__ == "__main__":
    sys.exit(main())
