"""Both installers, as a user has them: installed, used from the desktop, upgraded, removed. Needs root, for apt.

`python -m pytest -m installers` takes the frozen program in dist/, as `.ci/run` does.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.imaging.drawing import DRAWING_SUFFIX, load_drawing
from app.core.paths import resources_dir
from tests.installers.desk import Desk, running, wait_for
from tools.installers import linux
from tools.installers.project import IDENTIFIER, NAME, ROOT, VERSION

pytestmark = pytest.mark.installers

FROZEN = Path(os.environ.get("SOFTMAX_STUDIO_FROZEN", ROOT / "dist" / NAME))
SHARE = Path("/usr/share")
OPT = Path("/opt") / NAME
LARGE_BYTES = 200_000
NEWER, GONE = f"{VERSION}-2", "only-in-the-older-version"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The frozen program."""
    if not (FROZEN / NAME).is_file():
        pytest.skip(f"{FROZEN} is not there; make it with: python -m tools.freeze")
    copy = tmp_path_factory.mktemp("program") / NAME
    linux.copy_program(FROZEN, copy)
    return copy


@pytest.fixture(scope="module")
def older(program: Path) -> Path:
    """An older version: without what trains, which opening a drawing does not need, and with a file that has gone."""
    copy, inside = program.parent / "older" / NAME, str(program / "_internal")
    leave_out = lambda folder, _names: {"tensorflow"} if folder == inside else set()  # noqa: E731
    shutil.copytree(program, copy, symlinks=True, copy_function=os.link, ignore=leave_out)
    (copy / GONE).write_text("once")
    return copy


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Path]:
    """A folder whose large content does not outlive the test."""
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    home = tmp_path / "a user's home"
    home.mkdir()
    desk = Desk(home)
    yield desk
    desk.close()


def test_debian_package(program: Path, older: Path, work: Path, desk: Desk) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can install packages")
    if shutil.which(NAME) or OPT.exists():
        pytest.skip(f"{NAME} is installed on this machine, and would be removed")
    check(program, work)
    package = linux.write_deb(older, work / "older", work, is_fast=True)
    says("built", package)
    try:
        apt("install", package)
        says("installed")
        assert desk.run("softmax-studio", "--version").strip() == f"{NAME} {VERSION}"
        use(desk, OPT / NAME)
        kept = desk.kept()

        apt("install", linux.write_deb(program, work / "newer", work, True, NEWER))
        says("upgraded")
        assert not (OPT / GONE).exists(), "left over from the older version"
        assert (OPT / "_internal" / "tensorflow").is_dir()
        assert desk.kept() == kept, "the upgrade touched the user's folder"
        assert not subprocess.run(["dpkg", "--verify", NAME], capture_output=True, check=True).stdout
        use(desk, OPT / NAME)
        kept = desk.kept()
    finally:
        apt("purge", NAME)
        says("removed")
    assert desk.kept() == kept, "the removal touched the user's folder"
    left = [OPT, Path("/usr/bin") / NAME, SHARE / "doc" / NAME, *SHARE.glob(f"*/*/{NAME}*"), *SHARE.glob(f"*/{NAME}*")]
    assert not [path for path in left if path.exists() or path.is_symlink()]
    assert NAME not in (SHARE / "applications" / "mimeinfo.cache").read_text()


def test_archive_in_a_home_directory(program: Path, older: Path, work: Path, desk: Desk) -> None:
    installed = desk.home / ".local" / "lib" / NAME
    before = files_below(desk.home)
    # The script needs the commands of a system; the program, below, needs none.
    tools = desk.environment | {"PATH": "/usr/bin:/bin"}
    for version in (older, program):
        folder = work / version.parent.name
        archive = linux.write_archive(version, folder / "made", work, is_fast=True)
        subprocess.run(["tar", "-xf", archive, "-C", folder], check=True)
        kept = desk.kept()
        subprocess.run([folder / f"{NAME}-{VERSION}" / "install.sh"], check=True, env=tools)
        says("installed", archive)
        shutil.rmtree(folder)
        assert desk.kept() == kept, "the user's folder was touched"
        assert (installed / GONE).exists() == (version is older)
        use(desk, installed / NAME)
    kept = desk.kept()
    subprocess.run([installed / "install.sh", "--uninstall"], check=True, env=tools)
    says("removed")
    assert desk.kept() == kept, "the removal touched the user's folder"
    own, caches = f".local/share/{NAME}/", (".local/share/mime/", ".local/share/applications/mimeinfo.cache", ".cache/")
    left = files_below(desk.home) - before
    assert not {path for path in left if not path.startswith((own, *caches, ".config/"))}


def check(program: Path, work: Path) -> None:
    """Debian's and the desktops' own checks, of a package without the large libraries, which take them minutes."""

    def large(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if ".so" in name and Path(folder, name).stat().st_size > LARGE_BYTES]

    shutil.copytree(program, work / "few", symlinks=True, ignore=large)
    shutil.copy(program / NAME, work / "few")
    package = linux.write_deb(work / "few", work / "small", work, is_fast=True)
    share = work / "small" / "deb" / "usr" / "share"
    subprocess.run(["desktop-file-validate", share / "applications" / f"{NAME}.desktop"], check=True)
    data = share / "metainfo" / f"{IDENTIFIER}.metainfo.xml"
    subprocess.run(["appstreamcli", "validate", "--no-net", data], check=True)
    page = share / "man" / "man1" / f"{NAME}.1.gz"
    assert not subprocess.run(["man", "--warnings", "-P", "cat", "-l", page], capture_output=True, check=True).stderr
    # Only packages for trying out are compressed in this fast way.
    subprocess.run(["lintian", "--fail-on", "error", "--suppress-tags", "malformed-deb-archive", package], check=True)
    says("checked", package)


def use(desk: Desk, installed: Path) -> None:
    """Open two drawings from the desktop; the second goes to the window that is open, and both are on the paper."""
    drawings = [resources_dir() / "samples" / f"digit-{digit}{DRAWING_SUFFIX}" for digit in (4, 7)]
    desk.open(drawings[0], installed)
    wait_for(lambda: shown(desk) == load_drawing(drawings[0]).strokes, "the first drawing on the paper")
    first = running(installed)
    desk.open(drawings[1], installed)
    wait_for(lambda: shown(desk) == load_drawing(drawings[1]).strokes, "the second drawing on the paper")
    wait_for(lambda: running(installed) == first, "the end of the program that handed its drawing over")
    desk.quit(installed)
    says("used")


def shown(desk: Desk) -> object:
    drawing = desk.paper()
    return drawing and drawing.strokes


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()}


def apt(verb: str, what: Path | str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    words = ["apt-get", "-qq", "-y", "-o", "DPkg::Lock::Timeout=60", verb, what]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


_began = time.monotonic()


def says(what: str, file: Path | None = None) -> None:
    """Tell on the terminal how far it is."""
    size = f", {file.stat().st_size / 1e6:.0f} MB" if file else ""
    print(f"{time.monotonic() - _began:6.1f} s  {what}{size}", flush=True)
