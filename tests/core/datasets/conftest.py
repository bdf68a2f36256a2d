"""No test here sees the data, the caches or the network of the machine it runs on."""

from pathlib import Path

import pytest

from app.core.datasets import sources

from .helpers import SmallSet, small_set


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder, empty."""
    monkeypatch.setenv("SOFTMAX_STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("SOFTMAX_STUDIO_MIRROR", raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(sources, "_SYSTEM_FOLDER", tmp_path / "system")
    return tmp_path / "home"


@pytest.fixture
def tiny() -> SmallSet:
    return small_set()
