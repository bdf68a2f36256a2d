"""`python -m tools.installers [KIND]...`: make installers of the frozen program, for the system it was frozen on.

Run it where `python -m tools.freeze` was run. It needs what comes with the system, and on Windows Inno Setup.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from app.core.errors import InputError
from tools.installers import linux, macos, windows
from tools.installers.project import NAME, ROOT, placeholders

KINDS: dict[str, dict[str, Callable[[Path, Path, Path, bool], Path]]] = {
    "linux": {"deb": linux.write_deb, "archive": linux.write_archive},
    "win32": {"setup": windows.write_setup},
    "darwin": {"dmg": macos.write_image},
}
DEBIAN_TOOLS = ("dpkg-deb", "objdump", "tar", "xz")


def main() -> int:
    """Make the installers that are asked for; returns the exit code."""
    kinds = KINDS[sys.platform]
    parser = argparse.ArgumentParser(prog="python -m tools.installers", description="Make installers.")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"{' or '.join(kinds)}; all by default")
    parser.add_argument("--frozen", type=Path, default=ROOT / "dist" / NAME, help="the frozen program")
    parser.add_argument("--to", type=Path, default=ROOT / "dist", help="the folder for the installers")
    parser.add_argument("--fast", action="store_true", help="compress little, to try them out")
    parser.add_argument("--release", action="store_true", help="refuse what still has placeholders in pyproject.toml")
    given = parser.parse_args()
    if unknown := set(given.kinds) - set(kinds):
        parser.error(f"{', '.join(sorted(unknown))}: choose from {', '.join(kinds)}")
    if given.release and (missing := placeholders()):
        parser.error(f"{' '.join(missing)} Complete pyproject.toml first.")
    if not given.frozen.is_dir():
        parser.error(f"{given.frozen} is not there; make it with: python -m tools.freeze")
    if sys.platform == "linux" and (missing := [tool for tool in DEBIAN_TOOLS if not shutil.which(tool)]):
        parser.error(f"{', '.join(missing)}: missing; run: apt-get install binutils dpkg tar xz-utils")
    given.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.to, prefix=".installers-") as folder:
        program = given.frozen
        if sys.platform == "linux":
            program = Path(folder, NAME)
            linux.copy_program(given.frozen, program)
        for kind in given.kinds or kinds:
            try:
                made = kinds[kind](program, Path(folder), given.to, given.fast)
            except InputError as error:
                parser.error(str(error))
            print(f"{made} {made.stat().st_size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
