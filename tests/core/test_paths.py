"""Reading plain files."""

from pathlib import Path

from app.core.paths import BoundedReader


def test_no_memory_is_set_aside_for_what_a_file_cannot_have(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"0123456789")
    with BoundedReader((tmp_path / "a").open("rb", buffering=0)) as file:
        assert file.read(2) == b"01"
        assert file.read(2**62) == b"23456789"  # Python's own reader raises MemoryError
        assert (file.read(2**62), file.read()) == (b"", b"")
        file.seek(100)
        assert file.read(2**62) == b""
