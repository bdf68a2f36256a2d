"""Files that grow shorter while they are read: another program writes them anew, a drive is pulled out."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

from app.core.errors import StudioError
from app.core.paths import HOME_VARIABLE
from tests.fuzz.readers import READERS, data

_READS = ("read", "read1", "readinto", "seek")


@contextmanager
def shrinking(folder: Path, when: int) -> Iterator[list[str]]:
    """Cut a third off a file in a folder just before something of it is read, or looked for, for time number `when`."""
    seen: list[str] = []

    def watch(_frame: FrameType, event: str, called: Any) -> None:
        if (
            event != "c_call"
            or called.__name__ not in _READS
            or not isinstance(called.__self__, io.FileIO | io.BufferedReader)
        ):
            return
        with suppress(OSError, ValueError, AttributeError):  # what is unpacked has no file
            file = Path(f"/proc/self/fd/{called.__self__.fileno()}")
            if file.readlink().is_relative_to(folder):
                seen.append(called.__name__)
                if len(seen) == when:
                    os.truncate(file, file.stat().st_size // 3)

    sys.setprofile(watch)
    try:
        yield seen
    finally:
        sys.setprofile(None)


_SEEKING = [
    name for name, each in READERS.items() if each.kind in ("pictures", "drawings", "data") or name == "model-zip"
]


@pytest.mark.skipif(sys.platform != "linux", reason="tells by /proc which file is read")
@pytest.mark.parametrize("name", _SEEKING)
def test_a_file_that_shrinks_is_read_or_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (15, 40, 40), np.uint8)  # more than is read in one piece
    monkeypatch.setattr(data, "_PIXELS", pixels)
    monkeypatch.setattr(data, "_LABELS", np.arange(15, dtype=np.uint8) % 3)
    monkeypatch.setattr(data, "_PICTURE_SHAPE", (100, 90, 3))
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    reader, path = READERS[name], tmp_path / READERS[name].file
    for content in reader.seeds():
        for when in (1, 2, 4, 9):
            path.write_bytes(content)
            with shrinking(tmp_path, when) as seen, suppress(StudioError):
                reader.read(path)
            assert seen
            if len(seen) < when:
                break
