"""install.sh with a program that is two lines long: where it puts things, what it refuses, what it leaves alone."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.installers.linux import lay_out_archive, write_archive
from tools.installers.project import NAME, TEMPLATES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it is for Linux")

TOOLS = ("sh", "cat", "cp", "dirname", "find", "grep", "ln", "mkdir", "mv", "readlink", "rm", "rmdir", "sed", "touch")
ODD = 'it\'s 100% "$HOME" `x` \\ ü'


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of the archive, with a program that knows its version."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "frozen").mkdir()
    write_program(folder / "frozen" / NAME, "echo softmax-studio 1.2.3")
    return lay_out_archive(folder / "frozen", folder)


@pytest.fixture
def user(tmp_path: Path) -> Path:
    """A home with something in it."""
    home = tmp_path / "user"
    kept = home / ".local" / "share" / NAME / "models" / "mine"
    kept.mkdir(parents=True)
    (kept / "card.json").write_text("{}")
    return home


def write_program(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def install(script: Path, home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a user with that home. Tools that keep lists for the desktop are not there."""
    tools = home.parent / "tools"
    if not tools.exists():
        tools.mkdir()
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found
            (tools / tool).symlink_to(found)
    environment = {"HOME": str(home), "PATH": str(tools)}
    return subprocess.run([script, *options], env=environment, capture_output=True, text=True, check=False)


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.skipif(not (shutil.which("xz") and shutil.which("zstd")), reason="it compresses with both")
def test_small_and_fast_archives_hold_the_same(tmp_path: Path) -> None:
    listed = set()
    for name, is_fast in (("small", False), ("fast", True)):
        program = tmp_path / name / "frozen"
        program.mkdir(parents=True)
        write_program(program / NAME, "echo softmax-studio 1.2.3")
        archive = write_archive(program, tmp_path / name, tmp_path / name, is_fast)
        listed.add(subprocess.run(["tar", "-tf", archive], capture_output=True, text=True, check=True).stdout)
    assert len(listed) == 1
    assert "install.sh" in listed.pop()


def test_it_is_installed_again_and_removed(unpacked: Path, user: Path) -> None:
    before = files_below(user)
    for _ in range(2):
        done = install(unpacked / "install.sh", user)
        assert done.returncode == 0, done.stderr
        assert "softmax-studio 1.2.3 is installed" in done.stdout
        command = user / ".local" / "bin" / NAME
        assert subprocess.run([command], capture_output=True, text=True, check=True).stdout == "softmax-studio 1.2.3\n"
        for name in (f"applications/{NAME}.desktop", f"mime/packages/{NAME}.xml", f"man/man1/{NAME}.1"):
            assert (user / ".local" / "share" / name).is_file()
    done = install(user / ".local" / "lib" / NAME / "install.sh", user, "--uninstall")
    assert done.returncode == 0, done.stderr
    folders_of_many = {".local/bin", ".local/lib"}
    assert {name for name in files_below(user) - before if not (user / name).is_dir()} == set()
    assert folders_of_many <= files_below(user)
    assert before <= files_below(user), "something of the user's is gone"


def test_the_menu_finds_a_program_in_a_folder_of_any_name(unpacked: Path, user: Path) -> None:
    prefix = user / ODD
    done = install(unpacked / "install.sh", user, "--prefix", str(prefix))
    assert done.returncode == 0, done.stderr
    entry = (prefix / "share" / "applications" / f"{NAME}.desktop").read_text()
    (line,) = (line for line in entry.splitlines() if line.startswith("Exec="))
    assert command_of(line.removeprefix("Exec=")) == [str(prefix / "lib" / NAME / NAME), "%F"]
    assert install(unpacked / "install.sh", user, f"--prefix={prefix}", "--uninstall").returncode == 0
    assert not (prefix / "lib" / NAME).exists()


def command_of(value: str) -> list[str]:
    """The words of an Exec line, read as the Desktop Entry Specification says: a string, then quoted words."""
    text = iter(value)
    unescaped = "".join({"\\": "\\", "s": " ", "n": "\n", "t": "\t"}[next(text)] if c == "\\" else c for c in text)
    words: list[str] = []
    word, quoted, letters = "", False, iter(unescaped)
    for letter in letters:
        if quoted and letter == "\\":
            word += next(letters)
        elif letter == '"':
            quoted = not quoted
        elif letter == " " and not quoted:
            words, word = [*words, word], ""
        else:
            assert quoted or letter not in "'\\><~|&;$*?#()`", "reserved outside quotes"
            word += letter
    words.append(word)
    return [word.replace("%%", "%") for word in words]


def test_the_command_of_another_installation_stays(unpacked: Path, user: Path) -> None:
    command = user / ".local" / "bin" / NAME
    command.parent.mkdir()
    command.symlink_to(user / "pipx")  # which need not be there
    done = install(unpacked / "install.sh", user)
    assert done.returncode == 0, done.stderr
    assert "belongs to another installation" in done.stdout
    assert install(unpacked / "install.sh", user, "--uninstall").returncode == 0
    assert command.readlink() == user / "pipx"


def test_what_it_did_not_make_is_not_replaced(unpacked: Path, user: Path) -> None:
    own = user / ".local" / "lib" / NAME / "own work"
    own.mkdir(parents=True)
    done = install(unpacked / "install.sh", user)
    assert (done.returncode, done.stdout) == (1, "")
    assert "was not made by this script" in done.stderr
    assert install(unpacked / "install.sh", user, "--uninstall").returncode == 1
    assert own.is_dir()


def test_a_program_that_does_not_start_does_not_replace_one_that_does(unpacked: Path, user: Path) -> None:
    assert install(unpacked / "install.sh", user).returncode == 0
    before = files_below(user)
    broken = user.parent / "broken"
    shutil.copytree(unpacked, broken)
    write_program(broken / NAME / NAME, "exit 1")
    done = install(broken / "install.sh", user)
    assert done.returncode == 1
    assert "does not start on this computer; nothing was installed" in done.stderr
    assert files_below(user) == before


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (("--prefix",), 1, "--prefix needs a folder"),
        (("--uninstall",), 1, "is not installed in"),
        (("--prefix=/proc/nothing",), 1, "choose a folder you may write"),
        (("--prefix", "a\nb"), 1, "control characters"),
        (("everything",), 2, "Usage:"),
    ],
)
def test_a_sentence_where_it_cannot_be_done(
    unpacked: Path, user: Path, options: tuple[str, ...], code: int, sentence: str
) -> None:
    done = install(unpacked / "install.sh", user, *options)
    assert done.returncode == code
    assert sentence in done.stderr


def test_half_an_archive_is_told(user: Path) -> None:
    script = user / "install.sh"
    shutil.copy(TEMPLATES / "linux" / "install.sh", script)
    assert "unpack the whole archive again" in install(script, user).stderr
