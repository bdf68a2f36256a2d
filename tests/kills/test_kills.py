"""A few kills, so that the command goes on working; `python -m tests.kills` does hundreds."""

import sys

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="forks, and looks into /proc"),
]


def test_a_few_kills_lose_nothing() -> None:
    """In a process of its own: this one has threads, with which no fork goes well."""
    import subprocess

    command = [
        sys.executable,
        "-m",
        "tests.kills",
        "saving",
        "importing",
        "adding samples",
        "recording",
        "--kills",
        "8",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(" 0 losses") == 4
