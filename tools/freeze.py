"""`python -m tools.freeze`: the program as one folder that needs no Python, dist/softmax-studio/.

It is frozen in an environment of its own, build/environment, which holds what pip installs for the program and nothing
that happened to be around.
"""

import os
import platform
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / "build" / "environment"
STAND_IN = ROOT / "build" / "tensorflow"

HAS_TENSORFLOW_CPU = {("Linux", "x86_64"), ("Windows", "AMD64")}
"""Systems for which tensorflow-cpu is published. On others, `tensorflow` itself knows no graphics cards."""

UNCOMPRESSED = {"PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0"}
"""Python's modules lie in the program as they are loaded: it starts sooner, and the installers, which compress all of
it together, are smaller by 15 MB."""


def main() -> None:
    """Make the environment, or bring it up to date, and freeze."""
    subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
    python = ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    wanted = ["-e", f"{ROOT}[package]"]
    if (platform.system(), platform.machine()) in HAS_TENSORFLOW_CPU:
        wanted.append(str(tensorflow_stand_in()))
    subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    subprocess.run(
        [python, "-m", "PyInstaller", "build.spec", "--noconfirm"], check=True, cwd=ROOT, env=os.environ | UNCOMPRESSED
    )


def tensorflow_stand_in() -> Path:
    """A package called `tensorflow` that is empty and asks for `tensorflow-cpu`.

    That is the same program without the code for graphics cards, at two thirds of the size; but pip knows no way to
    say that one package takes the place of another.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (version,) = (line.partition("==")[2] for line in project["dependencies"] if line.startswith("tensorflow=="))
    STAND_IN.mkdir(parents=True, exist_ok=True)
    (STAND_IN / "pyproject.toml").write_text(
        f"""
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "tensorflow"
version = "{version}"
license = "Apache-2.0"
dependencies = ["tensorflow-cpu=={version}"]

[tool.hatch.build.targets.wheel]
bypass-selection = true
""",
        "utf-8",
    )
    return STAND_IN


if __name__ == "__main__":
    main()
