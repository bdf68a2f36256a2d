"""Runs first in the packaged program: what PyInstaller set for it is not meant for the programs it starts.

A browser or a file manager would load our libraries in the place of its own. Our own processes begin as the first one
did, and get it set again.
"""

import collections
import dataclasses
import marshal
import os
import sys
import typing
from _locale import LC_CTYPE, setlocale
from pathlib import Path
from types import CodeType, ModuleType

if (ours := "LD_LIBRARY_PATH") in os.environ:
    before = os.environ.pop(f"{ours}_ORIG", None)
    del os.environ[ours]
    if before is not None:
        os.environ[ours] = before
os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"

# As Python does by itself where it is not packaged: Qt complains at each start of a system that has no language.
if sys.platform == "linux" and setlocale(LC_CTYPE) == "C":
    os.environ["LC_CTYPE"] = "C.UTF-8"

# TensorFlow and pyqtgraph import what only profiling and OpenGL use: build.spec leaves it out. So do others what is
# of no use here, and takes its time at each start.
for name in (
    "tensorflow.python.profiler.internal._pywrap_profiler_plugin",
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
    "numpy._core._add_newdocs",  # texts for Python's help(), a part of NumPy's own start
    "numpy._core._add_newdocs_scalars",
    "pydantic.plugin._loader",  # looks for plugins in what is installed, of which there is nothing
):
    sys.modules[name] = ModuleType(name)
sys.modules["PySide6.QtOpenGLWidgets"].__dict__["QOpenGLWidget"] = object  # what a widget is derived from
sys.modules["pydantic.plugin._loader"].__dict__["get_plugins"] = tuple

# What these would compile at each start lies there compiled, see tools/precompiled.py.
precompiled = marshal.loads(Path(sys.prefix, "precompiled").read_bytes())


def code(text: str) -> CodeType | None:
    """None for what was not foreseen: then Python compiles it."""
    return marshal.loads(precompiled[text]) if text in precompiled else None


vars(dataclasses)["exec"] = lambda text, *spaces: exec(code(text) or text, *spaces)
vars(collections)["eval"] = lambda text, *spaces: eval(code(text) or text, *spaces)
vars(typing)["compile"] = lambda text, *how: code(text) or compile(text, *how)
