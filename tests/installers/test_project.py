"""What the installers say of the project: nothing that nobody has, when they are handed out."""

import re
import subprocess
import sys
import tomllib

import pytest

from tools.installers.project import ROOT, placeholders

OWN = {"Homepage": "https://www.example.org/studio", "Source": "https://github.com/Some-Body/studio"}


@pytest.mark.parametrize("identifier", ["org.example", "io.github.some_body"])
def test_an_address_and_an_identifier_of_ones_own_can_be_handed_out(identifier: str) -> None:
    assert placeholders("Some Body <some@example.org>", identifier, OWN) == []


@pytest.mark.parametrize(
    ("contact", "identifier", "urls", "said"),
    [
        ("Some Body <some@example.invalid>", "org.example", OWN, "address is none"),
        ("Some Body <some@example.org>", "org.other", OWN, "org.other belongs to none"),
        ("Some Body <some@example.org>", "io.github.other", OWN, "io.github.other belongs to none"),
        ("Some Body <some@example.org>", "org.example", {}, "no URL"),
        ("Some Body <some@example.org>", "org.example", {"Homepage": "http://example.org"}, "no URL"),
    ],
)
def test_what_nobody_has_is_told(contact: str, identifier: str, urls: dict[str, str], said: str) -> None:
    (sentence,) = placeholders(contact, identifier, urls)
    assert said in sentence


@pytest.mark.skipif(not placeholders(), reason="pyproject.toml is complete")
def test_a_release_with_placeholders_is_refused() -> None:
    command = [sys.executable, "-m", "tools.installers", "--release"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Complete pyproject.toml first." in done.stderr


def test_every_library_that_is_asked_for_is_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    own = [line for line in asked if line.startswith(f"{project['name']}[")]
    assert len(asked) > 20
    assert not [line for line in asked if line not in own and not re.match(r"[\w.-]+(\[[\w,-]+\])?==[\d.]+(;|$)", line)]
