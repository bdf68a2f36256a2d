"""The versions that a result depends on."""

import platform
from functools import cache
from importlib.metadata import version

from app import __version__


@cache
def program_versions() -> dict[str, str]:
    """The versions of the program, of Python and of the libraries that train."""
    libraries = {name: version(name) for name in ("tensorflow", "keras", "numpy")}
    return {"softmax-studio": __version__, "python": platform.python_version()} | libraries
