"""What the program is made of: every library that is installed with it, with its version and its licence."""

import platform
import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version

from app import __version__

_PROGRAM = "softmax-studio"
_LICENCE_CLASSIFIER = "License :: OSI Approved :: "
_LONGEST_NAME = 60
"""Some packages give the text of their licence where its name should be."""


@dataclass(frozen=True)
class Component:
    """A library; `licence` is its name, such as "MIT", or an empty text where the package does not say."""

    name: str
    version: str
    licence: str


def components() -> tuple[Component, ...]:
    """The program first, then all libraries it needs directly or indirectly, by name."""
    found: dict[str, Distribution] = {}
    waiting = [_PROGRAM]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:  # meant for another system, or not needed by the packaged program
            continue
        waiting += [_normalized(line) for line in found[name].requires or () if "extra ==" not in line]
    found.pop(_PROGRAM, None)
    libraries = [Component(one.metadata["Name"], one.version, _licence(one)) for one in found.values()]
    libraries.sort(key=lambda library: library.name.lower())
    return (Component("Softmax Studio", __version__, "MIT"), *libraries)


def _normalized(requirement: str) -> str:
    """The name in a requirement such as "PySide6_Essentials>=6.11; extra", as package indexes spell it."""
    name = re.match(r"[\w.-]+", requirement)
    return re.sub(r"[-_.]+", "-", name.group() if name else "").lower()


def _licence(package: Distribution) -> str:
    metadata = package.metadata
    given = [metadata[field] for field in ("License-Expression", "License") if field in metadata]
    named = given[0] if given else ""
    if named and len(named) <= _LONGEST_NAME and "\n" not in named:
        return named
    classifiers = metadata.get_all("Classifier") or []
    return ", ".join(line.removeprefix(_LICENCE_CLASSIFIER) for line in classifiers if _LICENCE_CLASSIFIER in line)


# The versions that a result depends on.


@cache
def program_versions() -> dict[str, str]:
    """The versions of the program, of Python and of the libraries that train."""
    libraries = {name: version(name) for name in ("tensorflow", "keras", "numpy")}
    return {"softmax-studio": __version__, "python": platform.python_version()} | libraries
