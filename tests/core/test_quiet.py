"""Standard error is always given back."""

from pathlib import Path

from app.core.quiet import native_silence


def target() -> str:
    return str(Path("/proc/self/fd/2").readlink())


def test_overlapping_silences_give_standard_error_back() -> None:
    before = target()
    first, second = native_silence(), native_silence()
    first.__enter__()
    second.__enter__()
    assert target() == "/dev/null"
    first.__exit__(None, None, None)
    assert target() == "/dev/null"
    second.__exit__(None, None, None)
    assert target() == before
