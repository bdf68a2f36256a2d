"""What Python would compile anew at each start of the packaged program, compiled once when it is frozen.

PySide carries its own Python modules as source inside a library, and what is made of a dataclass, a named tuple or an
annotation in quotes is text that Python compiles while it imports a module: together a sixth of the start.
"""

import collections
import dataclasses
import marshal
import py_compile
import subprocess
import sys
import typing
from importlib import import_module
from pathlib import Path
from types import CodeType
from typing import Any

AT_START = ("app.ui.launch", "app.ui.one_window", "app.ui.main_window", "app.ui.recognize.page", "app.cli.main")
"""What is imported until the window is seen, or until a command knows what to do."""

ONLY_FOR_STUBS = {"shibokensupport/signature/lib/enum_sig.py", "shibokensupport/signature/lib/pyi_generator.py"}
"""What writes PySide's .pyi files. It is imported at each start, so it is there, but empty."""


def shiboken_support(work: Path) -> list[tuple[str, str]]:
    """PySide's own modules, compiled: where each belongs in the program, and its file.

    They lie in a folder where PySide looks for them before it compiles those in its library.
    """
    import_module("shiboken6")  # it loads the modules that are in it
    loader: Any = import_module("shibokensupport").__loader__
    files = []
    for name, source in _sources(loader.zfile).items():
        place = f"shiboken6/files.dir/{name}"
        file = work / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"" if name in ONLY_FOR_STUBS else source)
        compiled = py_compile.compile(str(file), f"{file}c", name, doraise=True, optimize=2)
        files.append((f"{place}c", str(compiled)))
    return files


def _sources(archive: Any) -> dict[str, bytes]:
    names = [name for name in archive.namelist() if name.startswith("shibokensupport/") and name.endswith(".py")]
    return {name: archive.read(name) for name in names}


def record_generated(file: Path, modules: tuple[str, ...] = AT_START) -> Path:
    """Write what the `modules` have Python compile while they are imported, in a process of its own.

    It is marshalled: each text, and its code, which is marshalled by itself, as a command needs little of it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tools.precompiled", str(file.absolute()), *modules]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[1])
    return file


def _record(file: Path, modules: list[str]) -> None:
    codes: dict[str, CodeType] = {}

    def compiled(text: str, mode: str) -> CodeType:
        if text not in codes:
            codes[text] = compile(text, "<string>", mode)
        return codes[text]

    # In the same places as tools/frozen_environment.py.
    vars(dataclasses)["exec"] = lambda text, *spaces: exec(compiled(text, "exec"), *spaces)
    vars(collections)["eval"] = lambda text, *spaces: eval(compiled(text, "eval"), *spaces)
    vars(typing)["compile"] = lambda text, _file, mode: compiled(text, mode)
    for name in modules:
        import_module(name)
    file.write_bytes(marshal.dumps({text: marshal.dumps(code) for text, code in codes.items()}))


if __name__ == "__main__":
    _record(Path(sys.argv[1]), sys.argv[2:])
