"""Starts that cannot succeed say so in one sentence."""

import os
import subprocess
import sys

import pytest

from app.ui import launch
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="screens are reached by name only there")


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    bare.pop("QT_QPA_PLATFORM", None)
    command = [sys.executable, "-m", "app"]
    return subprocess.run(
        command, env=bare | environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


@pytest.mark.parametrize("environment", [{}, {"DISPLAY": ":4711"}, {"QT_QPA_PLATFORM": "xcb"}, {"QT_QPA_PLATFORM": ""}])
def test_without_a_screen_there_is_one_sentence_and_code_2(environment: dict[str, str]) -> None:
    done = start(**environment)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("softmax-studio: ")
    assert "QT_QPA_PLATFORM=offscreen" in line


def test_an_unknown_platform_is_named_and_code_2() -> None:
    done = start(QT_QPA_PLATFORM="crystal-ball")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("softmax-studio: QT_QPA_PLATFORM is 'crystal-ball'")
    assert "offscreen" in line


def test_a_home_that_cannot_be_found_is_a_sentence_and_code_2() -> None:
    done = start(QT_QPA_PLATFORM="offscreen", SOFTMAX_STUDIO_HOME="~nobody-of-that-name")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("softmax-studio: Your home folder cannot be found")


def test_missing_libraries_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(launch, "_loads", lambda library: not library.startswith("libxcb-cursor"))
    assert launch.missing_library() == "System libraries are missing; run: apt-get install libxcb-cursor0"


def test_offscreen_needs_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert launch.missing_display() == launch.missing_library() == ""


def test_the_window_check_of_the_self_check_passes(qapp: object) -> None:
    assert "7" in launch.check_window()
