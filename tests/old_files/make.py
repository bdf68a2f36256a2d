"""Makes what lies here: `SOFTMAX_STUDIO_HOME=/tmp/old/home python tests/old_files/make.py FOLDER`.

The PYTHONPATH leads to the program that is to write it all. What lies here is never made again: should a later program
write something otherwise, that goes into a folder of its own.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

HOME = Path(os.environ["SOFTMAX_STUDIO_HOME"])
TINY = "max_pooling2d 4, flatten, dense 4"
WINDOW = """
import json
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from app.ui.launch import open_window

app, window = open_window(["softmax-studio"])
window.move(60, 40)
window.resize(1290, 820)
canvas = window.recognize.canvas
for corners in (((0.3, 0.2), (0.7, 0.2)), ((0.7, 0.2), (0.4, 0.8))):
    points = [QPoint(round(x * canvas.width()), round(y * canvas.height())) for x, y in corners]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, points[0])
    for step in range(1, 6):
        QTest.mouseMove(canvas, points[0] + (points[1] - points[0]) * step / 5)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, points[1])
canvas.undo()
window.recognize.tools.brush_size.setValue(31)
window.rail.scheme_chosen.emit("dark")
window.show_page("train")
form = json.loads(window.page("train")._setup.kept)
window.page("train")._setup.restore(json.dumps(form | {"epochs": 17, "learning_rate": 0.0042, "rotate_deg": 7.0}))
window.show_page("runs")
window.page("runs").table.show_columns(("name", "state", "val_accuracy", "epochs", "tags"))
window.page("runs").table.columns_changed.emit()
window.recognize.use_new_model("old-bars")
QTest.qWait(1500)
window.closed.connect(app.quit)
window.close()
app.exec()
"""


def program(*words: str) -> str:
    """What a command of the program prints."""
    done = subprocess.run([sys.executable, "-m", "app", *words], check=False, capture_output=True, text=True)
    print(">", *words, done.returncode, done.stdout[-600:], done.stderr[-600:])
    return done.stdout


def stopped(when: Callable[[dict[str, Any]], bool], *words: str) -> None:
    """A training or search that is stopped by Ctrl+C after it has printed a line of which `when` is true."""
    command = [sys.executable, "-m", "app", *words, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if when(json.loads(line)):
                run.send_signal(signal.SIGINT)
                break
        run.stdout.read()


def bars(folder: Path, count: int) -> None:
    """Pictures of a flat and of an upright bar, a folder for each class."""
    random = np.random.default_rng(3)
    for name in ("flat", "upright"):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            image = np.zeros((28, 28), np.uint8)
            at = int(random.integers(10, 15))
            image[at : at + 4, 4:24] = random.integers(200, 255)
            Image.fromarray(image if name == "flat" else image.T.copy()).save(folder / name / f"{number}.png")


def strokes(path: Path, *corners: tuple[float, float, float, float]) -> Path:
    """A drawing of one stroke through points of x, y, time and pressure."""
    drawing = {"format": "softmax-studio-drawing", "version": 1, "canvas": [400, 400], "strokes": [corners], "pen": 24}
    path.write_text(json.dumps(drawing))
    return path


def make(out: Path) -> None:
    """A home with one of everything, and what can be exported from it."""
    work = HOME.with_name(f"{HOME.name}-work")
    for folder in (HOME, work, out):
        shutil.rmtree(folder, ignore_errors=True)
    work.mkdir()
    out.mkdir(parents=True)
    bars(work / "bars", 12)
    program("data", "import", str(work / "bars"), "--name", "old-set")

    program("samples", "new", "Old samples", "--classes", "flat,upright")
    for number in range(6):
        at = 150.0 + 20 * number
        for name, ends in (("flat", ((60, 200), (340, at))), ("upright", ((200, 60), (at, 340)))):
            (x, y), (right, low) = ends
            file = strokes(work / f"{name}-{number}.drawing.json", (x, y, 0.0, 0.5), (right, low, 120.0, 0.8))
            program("samples", "add", "old-samples", str(file), "--label", name)
    program("samples", "relabel", "old-samples", "3", "--label", "upright")
    program("samples", "remove", "old-samples", "4")
    shutil.copyfile(work / "flat-0.drawing.json", out / "flat.drawing.json")

    tiny: tuple[str, ...] = (
        "--set",
        f"layers={TINY}",
        "--set",
        "dataset=old-set",
        "--data",
        "full",
        "--set",
        "engine=graph",
    )
    tiny += ("--set", "batch_size=8", "--set", "learning_rate=0.02")
    program("train", "fast-cnn", *tiny, "--epochs", "3", "--name", "old-bars")
    endless = ("--epochs", "1000", "--set", "schedule=constant")
    stopped(lambda line: line.get("epoch") == 2, "train", "fast-cnn", *tiny, *endless)
    fine: tuple[str, ...] = ("--set", "dataset=old-samples", "--set", "start_from=old-bars", "--set", "beside=old-set")
    fine += ("--set", "validation_split=0", "--set", "shift_px=1")
    program("train", "fast-cnn", *tiny, *fine, "--epochs", "2", "--name", "old-tuned")
    program("train", "fast-cnn", *tiny, "--epochs", "1", "--name", "thrown")
    program("runs", "rename", "1", "Bars, the first")
    program("runs", "note", "1", "Two lines\nabout bars")
    program("runs", "tag", "1", "bars", "first hour")
    program("runs", "delete", "4")
    program("models", "rename", "old-bars", "Old bars")
    program("models", "describe", "old-bars", "Reads flat and upright bars.")
    program("models", "remove", "thrown")

    network = "max_pooling2d 4, flatten, dense 4, dense 4, dense 4, dense 4, dense 4, dense 4"
    vary = ("--vary", "hidden_units=4,512,5", "--method", "grid", "--study", "old search", "--workers", "1")
    sets = ("optimizer=sgd", "learning_rate=10", "momentum=0.9", "batch_size=1", "epochs=2", "dataset=old-set")
    given = [word for text in (*sets, f"layers={network}") for word in ("--set", text)]
    stopped(lambda line: line["event"] == "trial_failed", "search", "fast-cnn", *vary, *given, "--data", "full")

    program("models", "export", "old-bars", str(out / "old-bars.zip"))
    program("samples", "export", "old-samples", str(out / "old-samples"))
    screen = f"offscreen:configfile={Path(__file__).parents[1] / 'screen.json'}"
    subprocess.run([sys.executable, "-c", WINDOW], check=True, env=os.environ | {"QT_QPA_PLATFORM": screen})
    for path in HOME.glob("*.sqlite3"):
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.rmtree(HOME / "runs.locks")
    shutil.make_archive(str(out / "home"), "zip", HOME)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
