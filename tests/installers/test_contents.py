"""What About says of a packaged program: every file in it is somebody's, and has its version and licence there."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from app.core.components import components
from tools.contents import debian_licence, metadata_of
from tools.installers.project import ROOT

needs_debian = pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="only Debian can be asked for its files")
OF_DEBIAN = "/usr/lib/os-release"
FOR_MACHINES = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: some

Files: debian/*
Copyright: somebody
License: GPL-3+

Files: *
Copyright: 2020 somebody
           2021 somebody else
License: MIT

License: MIT
 Permission is hereby granted
"""


def packaged(files: list[str], work: Path) -> dict[str, str]:
    """What About would say of a program with these files: names and licences."""
    folder = work / "program"
    for source, name in metadata_of(files, ROOT, work / "made"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, folder / name)
    return {one.name: one.licence for one in components(folder)}


def test_files_lead_to_their_packages(tmp_path: Path) -> None:
    own, library, of_python = str(ROOT / "app" / "__init__.py"), str(np.__file__), str(json.__file__)
    found = packaged([own, library, of_python, "a module that is no file"], tmp_path)
    assert set(found) == {"Softmax Studio", "numpy", "Python", "Pretendard"}
    assert "BSD-3-Clause" in found["numpy"]


@needs_debian
def test_libraries_of_debian_are_named_with_their_licence(tmp_path: Path) -> None:
    assert packaged([OF_DEBIAN], tmp_path)["base-files"] == "named in its text"
    (text,) = (tmp_path / "program").rglob("copyright")
    assert "Debian" in text.read_text("utf-8")


@needs_debian
def test_a_file_from_nowhere_is_not_packaged(tmp_path: Path) -> None:
    stray = tmp_path / "libstray.so"
    stray.touch()
    with pytest.raises(SystemExit, match=r"Nobody knows where these files come from: .*libstray\.so"):
        metadata_of([str(stray)], ROOT, tmp_path)


@pytest.mark.parametrize(
    ("text", "licence"), [(FOR_MACHINES, "MIT"), (FOR_MACHINES.replace("Files: *\n", ""), ""), ("License: MIT", "")]
)
def test_the_licence_of_all_files_is_read_where_machines_can(text: str, licence: str) -> None:
    assert debian_licence(text) == licence
