"""What can be said of the installers for Windows and macOS without a machine of theirs."""

import plistlib
import re
import subprocess
import sys
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


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An app with a library and a framework."""
    if sys.platform == "win32":
        pytest.skip("Windows runs no shell scripts")
    app = tmp_path / "Softmax Studio.app"
    (app / "Contents" / "MacOS").mkdir(parents=True)
    (app / "Contents" / "Frameworks" / "Qt Core.framework").mkdir(parents=True)
    (app / "Contents" / "Frameworks" / "one two.dylib").touch()
    return app


def make_image(app: Path, **variables: str) -> list[str]:
    """Run the script with tools that only write down what they were asked for; returns that, line by line."""
    tools, told = app.parent / "tools", app.parent / "told"
    tools.mkdir()
    for name in ("codesign", "ditto", "hdiutil", "spctl", "xcrun"):
        (tools / name).write_text(f'#!/bin/sh\necho "{name} $*" >>"$TOLD"\n')
        (tools / name).chmod(0o755)
    environment = {"PATH": f"{tools}:/usr/bin:/bin", "TOLD": str(told)} | variables
    subprocess.run([TEMPLATES / "macos" / "make-dmg.sh", app, app.parent / "a.dmg"], env=environment, check=True)
    return told.read_text().splitlines()


def test_the_app_is_signed_from_the_inside_out_and_notarized(app: Path) -> None:
    calls = make_image(app, SIGNING_IDENTITY="Developer ID", NOTARY_PROFILE="mine")
    signed = [
        call.rpartition("/")[2] for call in calls if call.startswith("codesign") and "--sign Developer ID" in call
    ]
    assert signed == ["one two.dylib", "Qt Core.framework", "Softmax Studio.app", "a.dmg"]
    assert all("--timestamp --sign" in call for call in calls if "--sign" in call)
    steps = [" ".join(call.split()[:2]) for call in calls if not call.startswith("codesign")]
    assert [step.partition(" /")[0] for step in steps] == [
        *("ditto", "hdiutil create", "xcrun notarytool", "xcrun stapler", "spctl --assess")
    ]


def test_without_a_certificate_the_app_is_signed_for_no_one(app: Path) -> None:
    calls = make_image(app)
    assert all("--timestamp=none --sign - " in call for call in calls if "--sign" in call)
    assert not [call for call in calls if call.startswith("xcrun")]


def test_the_disk_image_is_asked_for_with_an_app(app: Path) -> None:
    script = TEMPLATES / "macos" / "make-dmg.sh"
    done = subprocess.run([script, app / "Contents", "a.dmg"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr[:6]) == (2, "Usage:")


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipes_for_runners_take_the_same_steps(recipe: str) -> None:
    text = (ROOT / recipe).read_text(encoding="utf-8")
    for step in RECIPES[recipe]:
        assert re.search(step, text), step
    for opening, closing in ("()", "{}", "[]"):
        assert recipe.endswith(".sh") or text.count(opening) == text.count(closing)
