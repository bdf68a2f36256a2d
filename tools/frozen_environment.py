"""Runs first in the packaged program: what PyInstaller set for it is not meant for the programs it starts.

A browser or a file manager would load our libraries in the place of its own. Our own processes begin as the first one
did, and get it set again.
"""

import os

if (ours := "LD_LIBRARY_PATH") in os.environ:
    before = os.environ.pop(f"{ours}_ORIG", None)
    del os.environ[ours]
    if before is not None:
        os.environ[ours] = before
os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
