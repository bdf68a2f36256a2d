"""Whose the files of the frozen program are, so that About can name all of it: `metadata_of`, for build.spec.

Every file comes from a package of Python's index, from Python, from this repository, or from the system that it was
frozen on. Debian's packages have no metadata that Python reads; it is made from what Debian says of them.
"""

import csv
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path

_DEBIAN_DOCUMENTS = Path("/usr/share/doc")
_FORM_FOR_MACHINES = "https://www.debian.org/doc/packaging-manuals/copyright-format"
_OF_ALL_FILES = re.compile(r"^Files:\s*\*\s*\n(?:\S.*\n|[ \t]+\S.*\n)*?License:[ \t]*(\S.*)$", re.MULTILINE)
"""The licence's name in the paragraph on all files, in copyright files of the form for machines."""


def metadata_of(files: Iterable[str], own: Path, work: Path) -> list[tuple[str, str]]:
    """The metadata of the packages that these files come from: the path of each of its files, and its name inside.

    `own` is the repository, whose files need none. What Debian says is written into `work`. Raises SystemExit where
    nobody knows where a file is from.
    """
    unknown = {Path(file).resolve() for file in files if Path(file).is_file()}
    folders: list[Path] = []
    for distribution in distributions():
        place = Path(str(distribution.locate_file(""))).resolve()
        record = csv.reader((distribution.read_text("RECORD") or "").splitlines())
        listed = {row[0] for row in record}
        inside = {path for path in unknown if path.is_relative_to(place)}
        if mine := {path for path in inside if path.relative_to(place).as_posix() in listed}:
            unknown -= mine
            folders += [(place / name).parent for name in listed if name.endswith(".dist-info/METADATA")]
    standard_library = Path(sysconfig.get_path("stdlib")).resolve()
    unknown = {path for path in unknown if not (path.is_relative_to(own) or path.is_relative_to(standard_library))}
    unknown = {path for path in unknown if not path.name.startswith("libpython")}
    if shutil.which("dpkg-query"):
        folders += [_debian_metadata(package, work) for package in _debian_packages(unknown)]
    paths = [(folder, path) for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return [(str(path), f"{folder.name}/{path.relative_to(folder).as_posix()}") for folder, path in paths]


def _debian_packages(files: set[Path]) -> set[str]:
    """The names of the packages that the files belong to, with their architecture."""
    # Where /lib is a link to /usr/lib, some packages are still registered with the one, some with the other.
    names = {path: {str(path), str(path).removeprefix("/usr")} for path in files}
    command = ["dpkg-query", "--search", *sorted(set().union(*names.values()))]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # it fails where one is missing
    owners = {file: package for line in said.splitlines() for package, _, file in [line.partition(": ")]}
    if nobodys := sorted(str(path) for path in files if not owners.keys() & names[path]):
        raise SystemExit(f"Nobody knows where these files come from: {', '.join(nobodys)}")
    return set(owners.values())


def _debian_metadata(package: str, work: Path) -> Path:
    """Write what Debian says of a package as Python reads it; returns the folder."""
    version = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Version}", package], capture_output=True, text=True, check=True
    ).stdout
    name = package.partition(":")[0]
    text = (_DEBIAN_DOCUMENTS / name / "copyright").read_text("utf-8", errors="replace")
    folder = work / f"{re.sub('[-_.]+', '_', name)}-{re.sub('[^0-9A-Za-z.+]', '_', version)}.dist-info"
    (folder / "licenses").mkdir(parents=True, exist_ok=True)
    (folder / "licenses" / "copyright").write_text(text, "utf-8")
    facts = {"Metadata-Version": "2.4", "Name": name, "Version": version, "License-File": "copyright"}
    facts["License"] = debian_licence(text) or "named in its text"
    (folder / "METADATA").write_text("".join(f"{field}: {value}\n" for field, value in facts.items()), "utf-8")
    return folder


def debian_licence(text: str) -> str:
    """The name of the licence that a copyright file gives for most of the package; empty where it names none."""
    found = _OF_ALL_FILES.search(text) if _FORM_FOR_MACHINES in text else None
    return found[1].strip() if found else ""
