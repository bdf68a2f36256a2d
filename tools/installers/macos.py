"""The disk image for macOS."""

import platform
import subprocess
from pathlib import Path

from tools.installers.project import NAME, TEMPLATES, TITLE, VERSION


def write_image(program: Path, _work: Path, to: Path, _is_fast: bool = False) -> Path:
    """Sign the app that lies beside the frozen program, and write the .dmg; the script tells what it is told how."""
    target = to / f"{NAME}-{VERSION}-macos-{platform.machine()}.dmg"
    script = TEMPLATES / "macos" / "make-dmg.sh"
    subprocess.run([script, program.with_name(f"{TITLE}.app"), target], check=True)
    return target
