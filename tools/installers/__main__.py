"""`python -m tools.installers [deb] [archive]`: make installers of the frozen program.

Run it in the environment that froze the program, on Debian or Ubuntu: it needs dpkg-deb, objdump, tar and xz.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tools.installers import linux
from tools.installers.project import NAME, ROOT

KINDS = {"deb": linux.write_deb, "archive": linux.write_archive}
TOOLS = ("dpkg-deb", "objdump", "tar", "xz")


def main() -> int:
    """Make the installers that are asked for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.installers", description="Make installers.")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"{' or '.join(KINDS)}; all by default")
    parser.add_argument("--frozen", type=Path, default=ROOT / "dist" / NAME, help="the frozen program")
    parser.add_argument("--to", type=Path, default=ROOT / "dist", help="the folder for the installers")
    parser.add_argument("--fast", action="store_true", help="compress little, to try them out")
    given = parser.parse_args()
    if unknown := set(given.kinds) - set(KINDS):
        parser.error(f"{', '.join(sorted(unknown))}: choose from {', '.join(KINDS)}")
    if not (given.frozen / NAME).is_file():
        parser.error(f"{given.frozen} is not the frozen program; make it with: python -m PyInstaller build.spec")
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        parser.error(f"{', '.join(missing)} is missing; run: apt-get install binutils dpkg tar xz-utils")
    given.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.to, prefix=".installers-") as folder:
        program = Path(folder, "program")
        linux.copy_program(given.frozen, program)
        for kind in given.kinds or KINDS:
            made = KINDS[kind](program, Path(folder), given.to, linux.FAST if given.fast else linux.SMALL)
            print(f"{made} {made.stat().st_size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
