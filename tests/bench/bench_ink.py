"""How much of the ink arrives on a real X display, at 125 and 1,000 events a second, idle and in training.

The window is a process of its own on a display of its own (`ink_child`), so that nothing else here disturbs it.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.report import Figure, Skipped, quantile
from tests.bench.strokes_drawn import StrokeDrawn

_MOST_S = 300


def measure() -> list[Figure | Skipped]:
    """Points kept, the first gap of a stroke, and how long ink and bars take after the time stamp of a move."""
    if shutil.which("Xvfb") is None:
        return [Skipped("ink", "ink that arrives", "Xvfb is not installed (on Debian the package xvfb)")]
    with _display() as display:
        environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        child = subprocess.run(
            [sys.executable, "-m", "tests.bench.ink_child"],
            env=environment,
            stdout=subprocess.PIPE,
            timeout=_MOST_S,
            check=False,
        )
    if child.returncode:
        return [Skipped("ink", "ink that arrives", f"the window ended with code {child.returncode}")]
    drawn = [StrokeDrawn(**json.loads(line)) for line in child.stdout.decode().splitlines() if line.startswith("{")]
    return list(_figures(drawn))


def _figures(drawn: list[StrokeDrawn]) -> Iterator[Figure]:
    for situation in ("idle", "training"):
        for hz in (125, 1000):
            these = [stroke for stroke in drawn if (stroke.situation, stroke.hz) == (situation, hz)]
            at = f"{hz:,} events a second, {situation}"
            kept = 100 * sum(stroke.kept for stroke in these) / sum(stroke.sent for stroke in these)
            gaps = [stroke.first_gap_ms for stroke in these]
            ink = [each for stroke in these for each in stroke.ink_ms]
            first = [each for stroke in these for each in stroke.bars_ms if not stroke.place]
            later = [each for stroke in these for each in stroke.bars_ms if stroke.place]
            yield Figure("ink", f"points kept, {at}", kept, "%", ">= 99")
            yield Figure("ink", f"worst stroke's points kept, {at}", min(100 * s.kept / s.sent for s in these), "%")
            yield Figure("ink", f"first gap, median, {at}", quantile(gaps, 0.5), "ms", "<= 20")
            yield Figure("ink", f"first gap, longest, {at}", max(gaps), "ms")
            yield Figure("ink", f"move to painted ink, p95, {at}", quantile(ink, 0.95), "ms")
            yield Figure("ink", f"move to painted bars, p95, {at}", quantile(first, 0.95), "ms", "<= 33")
            yield Figure("ink", f"the same for further digits of a number, median, {at}", quantile(later, 0.5), "ms")


@contextmanager
def _display() -> Iterator[str]:
    """A display that nobody else uses."""
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x720x24", "-nolisten", "tcp", "-noreset"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path("/tmp"),
    )
    assert server.stdout is not None
    try:
        yield f":{int(server.stdout.readline())}"
    finally:
        server.terminate()
        server.wait()
