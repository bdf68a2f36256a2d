"""The installer for Windows, compiled by Inno Setup."""

import shutil
import subprocess
from pathlib import Path

from app.core.errors import InputError
from app.core.imaging.drawing import DRAWING_SUFFIX
from app.core.imaging.pictures import PICTURE_SUFFIXES
from app.core.models.foreign.containers import MODEL_SUFFIXES
from tools.installers import icons
from tools.installers.project import NAME, ROOT, TEMPLATES, VERSION, filled

COMPRESSION = {False: "lzma2/ultra64", True: "lzma2/fast"}


def write_setup(program: Path, work: Path, to: Path, is_fast: bool = False) -> Path:
    """Write the setup program. Raises InputError where Inno Setup's compiler is not installed."""
    compiler = shutil.which("iscc")
    if compiler is None:
        raise InputError("iscc, the compiler of Inno Setup, is missing; install Inno Setup 6 and put it into PATH.")
    script, icon = work / "setup.iss", work / f"{NAME}.ico"
    icons.write_ico(icon)
    script.write_text(setup_script(program, icon, to, is_fast), encoding="utf-8-sig")
    subprocess.run([compiler, "/Q", script], check=True)
    return to / f"{NAME}-{VERSION}-windows-x86_64.exe"


def setup_script(program: Path, icon: Path, to: Path, is_fast: bool) -> str:
    """What Inno Setup compiles."""
    endings = sorted(
        {f".{suffix.rpartition('.')[2]}" for suffix in (DRAWING_SUFFIX, *PICTURE_SUFFIXES, *MODEL_SUFFIXES)}
    )
    key = rf"Software\Classes\Applications\{NAME}.exe\SupportedTypes"
    types = (f'Root: HKA; Subkey: "{key}"; ValueType: string; ValueName: "{ending}"' for ending in endings)
    paths = {"PROGRAM": program, "ICON": icon, "TO": to, "ROOT": ROOT}
    return filled(
        TEMPLATES / "windows" / "setup.iss",
        FILE_TYPES="\n".join(types),
        COMPRESSION=COMPRESSION[is_fast],
        **{word: str(path.resolve()) for word, path in paths.items()},
    )
