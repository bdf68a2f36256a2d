"""The menu entry, file types, description, manual and icons: true to the program they speak of."""

import configparser
import io
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image
from PySide6.QtCore import QMimeDatabase

from app.cli.commands import LateCommand
from app.cli.main import program
from app.core.imaging.drawing import DRAWING_SUFFIX
from app.core.imaging.pictures import PICTURE_SUFFIXES
from app.core.models.foreign.containers import MODEL_SUFFIXES
from tools.installers import icons
from tools.installers.manual import manual_page
from tools.installers.project import NAME, TEMPLATES, VERSION, filled

LINUX = TEMPLATES / "linux"
CONTAINERS = {".zip", ".pb"}
"""What other things end in, too, so that a double click must not lead here."""
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"


def entry() -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(filled(LINUX / "program.desktop"))
    return parser["Desktop Entry"]


def own_types() -> dict[str, str]:
    """The file types that the program brings: pattern and name."""
    root = ElementTree.fromstring(filled(LINUX / "mime.xml"))
    return {
        glob.attrib["pattern"]: kind.attrib["type"]
        for kind in root.iter(f"{MIME}mime-type")
        for glob in kind.iter(f"{MIME}glob")
    }


def test_the_menu_entry_takes_every_file_that_the_window_opens() -> None:
    taken, own, known = set(entry()["MimeType"].strip(";").split(";")), own_types(), QMimeDatabase()
    for suffix in (DRAWING_SUFFIX, *PICTURE_SUFFIXES, *MODEL_SUFFIXES):
        kind = known.mimeTypeForFile(f"a{suffix}", QMimeDatabase.MatchMode.MatchExtension)
        names = {own[f"*{suffix}"]} if f"*{suffix}" in own else {kind.name(), *kind.aliases()}
        is_told_by_name = f"*{suffix}" in own or not kind.isDefault()  # of others, desktops look at the content
        if is_told_by_name and suffix not in CONTAINERS:
            assert names & taken, f"{suffix} is {kind.name()}"
    assert set(own.values()) <= taken


def test_the_menu_entry_speaks_of_the_program() -> None:
    found = entry()
    assert found["Exec"] == f"/usr/bin/{NAME} %F"
    assert found["StartupWMClass"] == NAME


@pytest.mark.parametrize("template", ["linux/program.desktop", "linux/metainfo.xml", "linux/mime.xml"])
def test_no_word_is_left_to_fill_in(template: str) -> None:
    assert "@" not in filled(TEMPLATES / template)


def test_a_word_that_is_no_fact_is_an_error(tmp_path: Path) -> None:
    template = tmp_path / "template"
    template.write_text("@NOBODY_KNOWS@")
    with pytest.raises(KeyError):
        filled(template)


def test_the_description_names_this_version() -> None:
    root = ElementTree.fromstring(filled(LINUX / "metainfo.xml"))
    assert [release.attrib["version"] for release in root.iter("release")] == [VERSION]
    assert root.findtext("launchable") == f"{NAME}.desktop"


def test_the_manual_has_every_command_and_option() -> None:
    page = manual_page()
    waiting: list[Any] = [program()]
    commands = 0
    while waiting:
        command = waiting.pop()
        command = command.loaded() if isinstance(command, LateCommand) else command
        waiting += getattr(command, "commands", {}).values()
        for parameter in command.params:
            for option in parameter.opts:
                assert option.replace("-", "\\-") in page
        commands += not hasattr(command, "commands")
    assert page.count("\n.SS ") == commands
    assert "--" not in page, "a dash that could not be copied as an option"


def test_the_icon_is_drawn_in_every_size() -> None:
    for size in icons.SIZES_PX:
        image = Image.open(io.BytesIO(icons.png(size)))
        assert (image.format, image.size, image.mode) == ("PNG", (size, size), "RGBA")
        alpha = image.getchannel("A")
        assert alpha.getpixel((0, 0)) == 0
        assert alpha.getpixel((size // 2, size // 2)) == 255


def test_windows_and_macos_get_the_icon_in_their_own_forms(tmp_path: Path) -> None:
    ico, icns = tmp_path / "a.ico", tmp_path / "a.icns"
    icons.write_ico(ico)
    icons.write_icns(icns)
    with Image.open(ico) as for_windows, Image.open(icns) as for_macos:
        assert for_windows.info["sizes"] == {(size, size) for size in icons.WINDOWS_SIZES_PX}
        assert (512, 512, 2) in for_macos.info["sizes"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows runs no shell scripts")
@pytest.mark.parametrize("script", sorted(TEMPLATES.rglob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_shell(script: Path) -> None:
    subprocess.run(["sh", "-n", script], check=True)
    assert script.stat().st_mode & 0o111
