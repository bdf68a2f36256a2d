"""The wheel, as `pip install` brings it to a computer that has no checkout of this program."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # pip builds in an environment of its own, which it fills from the package index

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"app": "app", "resources": "app/resources", "trained_models": "app/trained_models"}
"""Where folders of the repository lie in the wheel."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT], folder)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel; its libraries are those that are here."""
    folder = tmp_path_factory.mktemp("installed")
    _run([sys.executable, "-m", "venv", "--without-pip", folder], folder)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    _run([sys.executable, "-m", "pip", "--python", programs / "python", "install", "-q", "--no-deps", wheel], folder)
    own = _run([programs / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder).strip()
    Path(own, "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return programs


def _run(command: Iterable[str | Path], folder: Path) -> str:
    """What a command prints, away from the checkout and its variables."""
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    environment |= {"SOFTMAX_STUDIO_HOME": str(folder / "home"), "QT_QPA_PLATFORM": "offscreen"}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_file_of_the_program_is_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    tracked = _run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", *FOLDERS], wheel.parent).splitlines()
    wanted = {FOLDERS[name.partition("/")[0]] + "/" + name.partition("/")[2] for name in tracked}
    assert wanted
    assert wanted <= inside
    assert {name.partition("/")[0] for name in inside - wanted} == {f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"}


def test_the_installed_program_finds_what_comes_with_it(installed: Path, tmp_path: Path) -> None:
    program = installed / "softmax-studio"
    assert _run([program, "--version"], tmp_path).startswith("softmax-studio ")
    assert "fast-cnn" in _run([program, "models", "list"], tmp_path)
    found = "from app.core import paths; print(paths.resources_dir())"
    resources = Path(_run([installed / "python", "-c", found], tmp_path).strip())
    assert resources.is_relative_to(installed.parent)
    drawing = resources / "samples" / "digit-7.drawing.json"
    assert " 7 " in f"{_run([program, 'predict', drawing], tmp_path)} "


def test_the_installed_window_opens_in_its_own_font_and_reads(installed: Path, tmp_path: Path) -> None:
    opened = "from app.ui.launch import check_window; print(check_window())"
    assert "read a drawn 7 as" in _run([installed / "python", "-c", opened], tmp_path)
