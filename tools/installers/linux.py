"""The installers for Linux, made with Debian's own tools: a .deb, and a .tar.xz for a home directory."""

import gzip
import hashlib
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path

from app.core.components import components
from tools.installers import icons
from tools.installers.manual import manual_page
from tools.installers.project import (
    CONTACT,
    IDENTIFIER,
    NAME,
    ROOT,
    SUMMARY,
    TEMPLATES,
    VERSION,
    filled,
    source_date,
)

DEBIAN_VERSION = f"{VERSION}-1"
SUFFIXES = {"xz": "xz", "zstd": "zst"}
_ELF = b"\x7fELF"


@dataclass(frozen=True)
class Compression:
    """A kind of compression that dpkg-deb and tar both know, and its level."""

    kind: str
    level: int


COMPRESSION = {False: Compression("xz", 9), True: Compression("zstd", 1)}
"""As small as can be, or fast."""
_MACHINE_CODE = {"x86_64": "--x86 "}
"""What makes xz look for jumps in the code of a processor, which most of the program is."""


def copy_program(frozen: Path, to: Path) -> None:
    """Copy the frozen program, readable by everybody, whatever the umask it was built with."""
    shutil.copytree(frozen, to, symlinks=True)
    for path in (to, *to.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path == to / NAME else 0o644)  # the only one that is started


def write_archive(program: Path, work: Path, to: Path, is_fast: bool = False) -> Path:
    """Write the .tar.xz for a home directory."""
    top, compression = lay_out_archive(program, work), COMPRESSION[is_fast]
    target = to / f"{top.name}-linux-{platform.machine()}.tar.{SUFFIXES[compression.kind]}"
    owner = ("--owner=root:0", "--group=root:0", "--sort=name", f"--mtime=@{source_date().timestamp():.0f}")
    packer = f"{compression.kind} -T0 -{compression.level}"
    if compression.kind == "xz":
        packer = f"xz -T0 {_MACHINE_CODE.get(platform.machine(), '')}--lzma2=preset={compression.level}"
    _run(["tar", *owner, "-I", packer, "-cf", target, "-C", work, top.name])
    return target


def lay_out_archive(program: Path, work: Path) -> Path:
    """Make the folder that is packed: the program, what puts it into a menu, and the script that installs both."""
    top = work / f"{NAME}-{VERSION}"
    _link_tree(program, top / NAME)
    _write_share(top / "share")
    shutil.copy(TEMPLATES / "linux" / "install.sh", top)
    shutil.copy(ROOT / "LICENSE", top)
    return top


def write_deb(program: Path, work: Path, to: Path, is_fast: bool = False, version: str = DEBIAN_VERSION) -> Path:
    """Write the .deb. It has no scripts: Debian's own triggers refresh the menu, the file types and the manual."""
    root, compression = work / "deb", COMPRESSION[is_fast]
    _link_tree(program, root / "opt" / NAME)
    (root / "usr" / "bin").mkdir(parents=True)
    (root / "usr" / "bin" / NAME).symlink_to(f"/opt/{NAME}/{NAME}")
    share = root / "usr" / "share"
    _write_share(share)
    _zipped(share / "man" / "man1" / f"{NAME}.1")
    _write_documents(share / "doc" / NAME, program, version)
    overrides = share / "lintian" / "overrides" / NAME
    overrides.parent.mkdir(parents=True)
    shutil.copy(TEMPLATES / "debian" / "lintian-overrides", overrides)
    _write_control(root, version)
    architecture = _output(["dpkg", "--print-architecture"]).strip()
    target = to / f"{NAME}_{version}_{architecture}.deb"
    date = {"SOURCE_DATE_EPOCH": f"{source_date().timestamp():.0f}"}
    _run(
        ["dpkg-deb", "--root-owner-group", f"-Z{compression.kind}", f"-z{compression.level}", "--build", root, target],
        os.environ | date,
    )
    return target


def libraries_from_outside(program: Path) -> set[str]:
    """The names of the shared libraries that the program needs and does not bring along."""
    brought = {path.name for path in program.rglob("*")}
    return set(re.findall(r"^ +NEEDED +(\S+)", _headers(program), re.MULTILINE)) - brought


def qt_packages() -> list[str]:
    """The packages that the README tells to install, those of Python aside."""
    listed = re.search(r"^apt-get install (.*)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    return [package for package in listed[1].split() if not package.startswith("python3")] if listed else []


def _write_share(share: Path) -> None:
    """Write what desktops look for below share/: menu entry, icons, file types, description and manual."""
    texts = {
        share / "applications" / f"{NAME}.desktop": filled(TEMPLATES / "linux" / "program.desktop"),
        share / "metainfo" / f"{IDENTIFIER}.metainfo.xml": filled(TEMPLATES / "linux" / "metainfo.xml"),
        share / "mime" / "packages" / f"{NAME}.xml": filled(TEMPLATES / "linux" / "mime.xml"),
        share / "man" / "man1" / f"{NAME}.1": manual_page(),
        share / "icons" / "hicolor" / "scalable" / "apps" / f"{NAME}.svg": icons.DRAWING.read_text(encoding="utf-8"),
    }
    for path, text in texts.items():
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    for size in icons.SIZES_PX:
        picture = share / "icons" / "hicolor" / f"{size}x{size}" / "apps" / f"{NAME}.png"
        picture.parent.mkdir(parents=True)
        picture.write_bytes(icons.png(size))


def _write_documents(folder: Path, program: Path, version: str) -> None:
    folder.mkdir(parents=True)
    parts = components(program / "_internal")[1:]
    libraries = "\n".join(f" - {one.name} {one.version}: {one.licence or 'see there'}" for one in parts)
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8").split("\n\n", 2)[2].strip()
    text = "\n".join(f" {line}".rstrip() or " ." for line in licence.splitlines())
    copyright_ = filled(TEMPLATES / "debian" / "copyright", COMPONENTS=libraries, LICENCE_TEXT=text)
    (folder / "copyright").write_text(copyright_, encoding="utf-8")
    entry = f"{NAME} ({version}) stable; urgency=medium\n\n  * Version {VERSION}; changelog.gz tells what changed.\n"
    signed = f"\n -- {CONTACT}  {format_datetime(source_date())}\n"
    (folder / "changelog.Debian").write_text(entry + signed, encoding="utf-8")
    shutil.copy(ROOT / "CHANGELOG.md", folder / "changelog")
    _zipped(folder / "changelog.Debian")
    _zipped(folder / "changelog")


def _write_control(root: Path, version: str) -> None:
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    sizes_kib = sum(-(-path.stat().st_size // 1024) for path in files)
    glibc = max(re.findall(r"\bGLIBC_(\d+)\.(\d+)", _headers(root)), key=lambda found: [int(part) for part in found])
    depends = [f"libc6 (>= {'.'.join(glibc)})", *qt_packages()]
    facts = {
        "DEBIAN_VERSION": version,
        "ARCHITECTURE": _output(["dpkg", "--print-architecture"]).strip(),
        "INSTALLED_KIB": str(sizes_kib),
        "DEPENDS": ", ".join(depends),
        "SHORT_SUMMARY": SUMMARY.removeprefix("A ").removeprefix("An "),
    }
    folder = root / "DEBIAN"
    folder.mkdir()
    (folder / "control").write_text(filled(TEMPLATES / "debian" / "control", **facts), encoding="utf-8")
    sums = [f"{_md5(path)}  {path.relative_to(root)}\n" for path in files]
    (folder / "md5sums").write_text("".join(sums), encoding="utf-8")


def _headers(folder: Path) -> str:
    """What the programs and libraries in a folder say of themselves and of what they need."""
    binaries = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and _is_elf(path)]
    return _output(["objdump", "-p", *map(str, binaries)])


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_ELF)) == _ELF


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def _zipped(path: Path) -> None:
    """Put a file into a .gz of its own, the same bytes each time."""
    packed = gzip.compress(path.read_bytes(), mtime=0)
    path.with_name(f"{path.name}.gz").write_bytes(packed)
    path.unlink()


def _link_tree(source: Path, to: Path) -> None:
    """A copy of the folder that shares the files' content."""
    shutil.copytree(source, to, symlinks=True, copy_function=os.link)


def _run(command: Iterable[str | Path], environment: dict[str, str] | None = None) -> None:
    subprocess.run([str(word) for word in command], check=True, env=environment)


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
