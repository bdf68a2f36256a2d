"""What the program never does, whatever it is given: unpickle, run texts, open a network port, write elsewhere."""

import ast
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageOps

import app
from app.core.paths import resources_dir
from tests.audited_session import Watch

SOURCES = sorted(Path(app.__file__).parent.rglob("*.py"))
MODULES = {"pickle", "marshal", "shelve", "dill", "joblib", "socketserver", "xmlrpc", "telnetlib", "http.server"}
CALLS = {"eval", "exec", "__import__", "system", "popen", "mktemp", "load_model"}
SUSPECT = re.compile("|".join({*MODULES, *CALLS, "shell", "allow_pickle", "safe_mode", "Server", "UdpSocket"}))
"""What is in every source that has one of these faults: few have to be parsed."""
QT_SERVERS = {"QTcpServer", "QUdpSocket", "QWebSocketServer", "QHttpServer"}


def faults_in(tree: ast.AST) -> Iterator[str]:
    """What a source does that the program never does."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names) if found := MODULES & {name.name for name in names}:
                yield f"imports {found}"
            case ast.ImportFrom(module=module, names=names):
                if module in MODULES or QT_SERVERS & {name.name for name in names}:
                    yield f"imports from {module}"
            case ast.Call(func=ast.Name(id=name)) if name in CALLS:
                yield f"calls {name}"
            case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)) if name in CALLS and module in {
                "os",
                "tempfile",
                "builtins",
                "keras",
                "models",
            }:
                yield f"calls {module}.{name}"
            case ast.keyword(arg="shell" | "allow_pickle" as name, value=ast.Constant(value=True)):
                yield f"says {name}=True"
            case ast.keyword(arg="safe_mode", value=ast.Constant(value=False)):
                yield "says safe_mode=False"


def test_no_source_unpickles_runs_texts_or_serves() -> None:
    texts = {str(path): path.read_text(encoding="utf-8") for path in SOURCES}
    found = {path: list(faults_in(ast.parse(text))) for path, text in texts.items() if SUSPECT.search(text)}
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    "source", ["import pickle", "eval(x)", "os.system(x)", "run(x, shell=True)", "np.load(x, allow_pickle=True)",
               "from PySide6.QtNetwork import QTcpServer", "tempfile.mktemp()"],
)  # fmt: skip
def test_the_look_at_sources_sees(source: str) -> None:
    assert list(faults_in(ast.parse(source)))


def test_no_length_of_time_is_measured_with_a_clock_that_can_be_set_back() -> None:
    wall_clock = re.compile(r"\btime\.time\(|from time import|datetime\.now\([^)]*\) -")
    found = {path.name for path in SOURCES if wall_clock.search(path.read_text(encoding="utf-8"))}
    assert found == {
        "file_writing.py",  # how long ago a program that is gone wrote a file
        "history.py",  # which runs were deleted more than a day ago
    }


def session(folder: Path, *commands: str) -> list[str]:
    """What a session did that none may do."""
    temporary = folder / "temporary"
    temporary.mkdir()
    environment = os.environ | {
        "SOFTMAX_STUDIO_HOME": str(folder / "home"),
        "TMPDIR": str(temporary),
        "PYTHONPATH": str(Path(app.__file__).parents[1]),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.audited_session", str(folder), *commands],
        env=environment, cwd=Path(app.__file__).parents[1], capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: list[str] = json.loads(done.stderr.splitlines()[-1])
    return found + [f"left behind {path.name}" for path in temporary.iterdir()]


def test_a_session_stays_in_its_home(tmp_path: Path) -> None:
    drawing = resources_dir() / "samples" / "digit-7.drawing.json"
    shared, bars = tmp_path / "shared.zip", tmp_path / "bars.zip"
    with zipfile.ZipFile(bars, "w") as packed:
        for number in range(20):
            picture = io.BytesIO()
            ImageOps.expand(Image.new("L", (4 + number % 2 * 10, 20), 255), 6).save(picture, "PNG")
            packed.writestr(f"{'ab'[number % 2]}/{number}.png", picture.getvalue())
    assert (
        session(
            tmp_path,
            "models list",
            "data list",
            "runs list",
            f"predict {drawing}",
            "models copy fast-cnn",
            f"models export fast-cnn {shared}",
            f"data import {bars}",
            f"data preview {bars}",
            "samples new Mine",
            f"samples add mine --label 7 {drawing}",
            "samples show mine",
            "samples delete mine",
        )
        == []
    )


def test_the_watch_sees(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    inside = tmp_path / "inside"
    inside.mkdir()
    found = session(inside, f"models export fast-cnn {elsewhere / 'shared.zip'}")
    assert any("elsewhere" in each for each in found)


def test_the_watch_sees_temporary_files_that_are_not_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    watch = Watch(tmp_path)
    watch("os.mkdir", (str(tmp_path / "ours"), 0o700, -1))
    watch("open", (str(tmp_path / "ours.txt"), None, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    watch("open", (str(tmp_path / "ours" / "x.txt"), None, os.O_CREAT | os.O_WRONLY))
    assert watch.found == []
    watch("os.mkdir", (str(tmp_path / "all"), 0o777, -1))
    watch("open", (str(tmp_path / "all.txt"), None, os.O_CREAT | os.O_WRONLY))
    assert len(watch.found) == 2
