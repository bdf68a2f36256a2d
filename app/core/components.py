"""What the program is made of: every library that comes with it, with its version and its licence."""

import platform
import re
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions, version
from pathlib import Path

from app import __version__
from app.core.paths import resources_dir

_PROGRAM = "softmax-studio"
_LICENCE_CLASSIFIER = "License :: OSI Approved :: "
_EXTRAS = ("postgresql", "mysql", "onnx", "gpu")
"""Those of the program that are for users; the others bring what tests it and builds it."""
_FONT, _FONT_VERSION = "Pretendard", "1.3.9"
_PYTHON = "Python"
_TENSORFLOW, _TENSORFLOW_ITSELF = "tensorflow", "tensorflow-cpu"
_LONGEST_NAME = 60
"""Some packages give the text of their licence where its name should be."""


@dataclass(frozen=True)
class Component:
    """A library; `licence` is its name, such as "MIT", or an empty text where the package does not say."""

    name: str
    version: str
    licence: str


@cache
def components(packaged: Path | None = None) -> tuple[Component, ...]:
    """The program first, then all that it is made of, by name.

    Of a packaged program, that is everything inside; of this one, or of that in the folder `packaged`. Otherwise all
    that it needs directly or indirectly, and is installed: optional things too. Takes a fifth of a second.
    """
    own = resources_dir().parents[1] if getattr(sys, "frozen", False) else None
    folder = packaged or own
    found = _inside(folder) if folder else _installed()
    found.pop(_PROGRAM, None)
    libraries = [Component(one.metadata["Name"], one.version, _licence(one)) for one in found.values()]
    libraries += [Component(_PYTHON, platform.python_version(), "PSF-2.0"), Component(_FONT, _FONT_VERSION, "OFL-1.1")]
    libraries.sort(key=lambda library: library.name.lower())
    return (Component("Softmax Studio", __version__, "MIT"), *libraries)


def _inside(folder: Path) -> dict[str, Distribution]:
    """What a packaged program brings, by name; `tools/contents.py` sees to it that all of it has metadata there."""
    found = {_canonical(one.metadata["Name"]): one for one in distributions(path=[str(folder)])}
    if _TENSORFLOW_ITSELF in found:
        found.pop(_TENSORFLOW)  # only a name that asks for it
    return found


def _installed() -> dict[str, Distribution]:
    found: dict[str, Distribution] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [(_PROGRAM, _EXTRAS)]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        name, extras = wanted = waiting.pop()
        if wanted in seen:
            continue
        seen.add(wanted)
        try:
            found[name] = found.get(name) or distribution(name)
        except PackageNotFoundError:  # meant for another system, or optional
            continue
        waiting += [_wanted(line) for line in found[name].requires or () if _is_part(line, extras)]
    return found


def licence_text(name: str) -> str:
    """The licence of a component, with notices that come with it, in full; empty where the package brings none."""
    if name == _FONT:
        return (resources_dir() / "fonts" / "LICENSE.txt").read_text(encoding="utf-8")
    if name == _PYTHON:
        file = python_licence()
        return file.read_text(encoding="utf-8") if file else ""
    try:
        package = distribution(_PROGRAM if name == components()[0].name else name)
    except PackageNotFoundError:
        return ""
    return _text_of(package)


def python_licence() -> Path | None:
    """The file with Python's licence, where it brings one: beside its library on Linux and macOS, at its top else."""
    places = (Path(sys.base_prefix, "lib", f"python{sys.version_info[0]}.{sys.version_info[1]}"), Path(sys.base_prefix))
    return next((file for place in places if (file := place / "LICENSE.txt").is_file()), None)


def _text_of(package: Distribution) -> str:
    """What the licence files of a package say."""
    named = package.metadata.get_all("License-File") or ("LICENSE", "LICENSE.txt", "COPYING", "LICENSE.md")
    texts = [package.read_text(f"licenses/{name}") or package.read_text(name) or "" for name in named]
    return "\n\n".join(dict.fromkeys(text.strip() for text in texts if text))


def _first_line(text: str) -> str:
    line = text.strip().partition("\n")[0].strip()
    return line if len(line) <= _LONGEST_NAME else ""


def _is_part(requirement: str, extras: tuple[str, ...]) -> bool:
    """True for what a package always needs, and for what these of its extras need."""
    extra = re.search(r"""extra == ['"](.+?)['"]""", requirement)
    return extra is None or extra[1] in extras


def _wanted(requirement: str) -> tuple[str, tuple[str, ...]]:
    """What "PySide6_Essentials[some,extras]>=6.11; ..." asks for: its name as package indexes spell it, its extras."""
    found = re.match(r"([\w.-]+)\s*(?:\[(.*?)\])?", requirement)
    if found is None:
        return "", ()
    return _canonical(found[1]), tuple(extra.strip() for extra in (found[2] or "").split(","))


def _canonical(name: str) -> str:
    """A package's name as indexes spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _licence(package: Distribution) -> str:
    metadata = package.metadata
    given = [metadata[field] for field in ("License-Expression", "License") if field in metadata]
    named = given[0] if given else ""
    if named and len(named) <= _LONGEST_NAME and "\n" not in named:
        return named
    classifiers = metadata.get_all("Classifier") or []
    classes = [line.removeprefix(_LICENCE_CLASSIFIER) for line in classifiers if _LICENCE_CLASSIFIER in line]
    return ", ".join(classes) or _first_line(_text_of(package))


# The versions that a result depends on.


@cache
def program_versions() -> dict[str, str]:
    """The versions of the program, of Python and of the libraries that train."""
    libraries = {name: version(name) for name in ("tensorflow", "keras", "numpy")}
    return {"softmax-studio": __version__, "python": platform.python_version()} | libraries
