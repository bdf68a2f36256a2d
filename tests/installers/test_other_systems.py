"""What can be said of the installers for Windows and macOS without a machine of theirs."""

import plistlib
import re
import subprocess
from pathlib import Path

import pytest

from app.core.imaging.pictures import PICTURE_SUFFIXES
from tools.installers.project import NAME, ROOT, TEMPLATES, TITLE, VERSION
from tools.installers.windows import setup_script

SECTIONS = {"Setup", "InstallDelete", "Files", "Tasks", "Icons", "Registry", "Run"}
PARAMETERS = {
    *("Comment", "Description", "DestDir", "Filename", "Flags", "GroupDescription", "Name", "Root", "Source", "Subkey"),
    *("Tasks", "Type", "ValueData", "ValueName", "ValueType"),
}
RECIPES = {
    ".ci/windows.ps1": [r"tools\.freeze", r"tools\.installers", "self-check"],
    ".ci/macos.sh": [r"tools\.freeze", r"tools/installers/macos/make-dmg\.sh", "self-check"],
}


@pytest.fixture
def script(tmp_path: Path) -> dict[str, list[str]]:
    """The filled-in script for Inno Setup: the lines of each section."""
    text = setup_script(tmp_path / "program", tmp_path / "program.ico", tmp_path, is_fast=True)
    assert not re.search(r"@[A-Z_]+@", text)
    sections: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("["):
            sections[line.strip("[]")] = []
        elif line and not line.startswith(";"):
            sections[list(sections)[-1]].append(line)
    return sections


def parameters(line: str) -> dict[str, str]:
    """`Name: value; Name: "value"`, a quote within being written twice."""
    pieces = re.findall(r'(\w+): ("(?:[^"]|"")*"|[^";]+)(?:; |;?$)', line)
    assert "; ".join(f"{name}: {value}" for name, value in pieces) == line, "not all of it was understood"
    return {name: re.sub('^"|"$', "", value).replace('""', '"') for name, value in pieces}


def test_the_setup_script_is_well_formed(script: dict[str, list[str]]) -> None:
    assert set(script) == SECTIONS
    for line in script["Setup"]:
        assert re.fullmatch(r"\w+=\S.*", line)
    for section in SECTIONS - {"Setup"}:
        for line in script[section]:
            assert set(parameters(line)) <= PARAMETERS


def test_the_setup_installs_this_version_and_never_reaches_the_users_folder(script: dict[str, list[str]]) -> None:
    setup = dict(line.split("=", 1) for line in script["Setup"])
    assert (setup["AppName"], setup["AppVersion"]) == (TITLE, VERSION)
    assert re.fullmatch(r"\{\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}", setup["AppId"])
    assert Path(setup["LicenseFile"].replace("\\", "/")).is_file()
    assert setup["PrivilegesRequired"] == "lowest"
    assert [parameters(line)["Name"] for line in script["InstallDelete"]] == [r"{app}\_internal"]
    assert "localappdata" not in "\n".join(map("\n".join, script.values())).lower()


def test_the_setup_offers_pictures_drawings_and_models(script: dict[str, list[str]]) -> None:
    found = [parameters(line) for line in script["Registry"]]
    offered = {one["ValueName"] for one in found if one["Subkey"].endswith("SupportedTypes")}
    assert offered >= {*PICTURE_SUFFIXES, ".json", ".keras", ".tflite", ".h5"}
    (command,) = (one["ValueData"] for one in found if one["Subkey"].endswith("command"))
    assert command == rf'"{{app}}\{NAME}.exe" "%1"'


def test_entitlements_are_a_property_list() -> None:
    found = plistlib.loads((TEMPLATES / "macos" / "entitlements.plist").read_bytes())
    assert set(found.values()) == {True}
    assert all(name.startswith("com.apple.security.cs.") for name in found)


def test_the_disk_image_is_asked_for_with_an_app(tmp_path: Path) -> None:
    script = TEMPLATES / "macos" / "make-dmg.sh"
    done = subprocess.run([script, tmp_path, "a.dmg"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr[:6]) == (2, "Usage:")


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipes_for_runners_take_the_same_steps(recipe: str) -> None:
    text = (ROOT / recipe).read_text(encoding="utf-8")
    for step in RECIPES[recipe]:
        assert re.search(step, text), step
    for opening, closing in ("()", "{}", "[]"):
        assert recipe.endswith(".sh") or text.count(opening) == text.count(closing)
