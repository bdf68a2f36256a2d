"""Runs first in the packaged program: what PyInstaller set for it is not meant for the programs it starts.

A browser or a file manager would load our libraries in the place of its own. Our own processes begin as the first one
did, and get it set again.
"""

import os
import sys
from _locale import LC_CTYPE, setlocale
from types import ModuleType

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
    "pydantic.plugin._loader",  # looks for plugins in what is installed, of which there is nothing
):
    sys.modules[name] = ModuleType(name)
sys.modules["PySide6.QtOpenGLWidgets"].__dict__["QOpenGLWidget"] = object  # what a widget is derived from
sys.modules["pydantic.plugin._loader"].__dict__["get_plugins"] = tuple
