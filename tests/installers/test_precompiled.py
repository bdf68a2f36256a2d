"""What the packaged program need not compile at its start: all of it is there, and is what Python would make itself."""

import subprocess
import sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from tools.installers.project import ROOT
from tools.precompiled import ONLY_FOR_STUBS, record_generated, shiboken_support

SMALL = """
import collections, dataclasses, typing

@dataclasses.dataclass(frozen=True, order=True)
class Point:
    x: int
    y: "typing.Optional[int]" = None

Pair = collections.namedtuple("Pair", "first second")
assert str(Point(1, 2)) == "Point(x=1, y=2)" and Point(1, 2) < Point(2, 0) and hash(Point(1)) == hash(Point(1))
assert Pair(1, second=2)._asdict() == {"first": 1, "second": 2}
assert typing.get_type_hints(Point)["y"] == typing.Optional[int]
"""
AS_PACKAGED = """
import runpy, sys
sys.prefix = sys.argv[1]
runpy.run_path("tools/frozen_environment.py")
compiled = []
sys.addaudithook(lambda event, given: compiled.append(given) if event == "compile" else None)
import small
assert not [given for given in compiled if given[1] == "<string>"], compiled
"""


def test_every_module_that_pyside_carries_as_source_is_compiled(tmp_path: Path) -> None:
    import PySide6.QtCore  # noqa: F401

    files = dict(shiboken_support(tmp_path))
    carried = {name for name in sys.modules if name.partition(".")[0] == "shibokensupport"}
    modules = {
        name.removeprefix("shiboken6/files.dir/").removesuffix(".pyc").removesuffix("/__init__").replace("/", ".")
        for name in files
    }
    assert "shibokensupport.signature.loader" in carried
    assert carried <= modules
    assert {name.removeprefix("shiboken6/files.dir/").removesuffix("c") for name in files} > ONLY_FOR_STUBS
    assert all(Path(file).read_bytes().startswith(MAGIC_NUMBER) for file in files.values())


def test_what_was_recorded_is_not_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "small.py").write_text(SMALL, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    record_generated(tmp_path / "precompiled", ("small",))
    subprocess.run([sys.executable, "-c", AS_PACKAGED, tmp_path], check=True, cwd=ROOT)
