"""What the installers say of the program, from where it is kept: pyproject.toml, app/__init__.py and git."""

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from app import __version__

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).resolve().parent

_ALL = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
_FACTS = _ALL["project"]
NAME: str = _FACTS["name"]
SUMMARY: str = _FACTS["description"]
LICENCE: str = _FACTS["license"]
DEVELOPERS: str = _FACTS["authors"][0]["name"]
CONTACT: str = f"{DEVELOPERS} <{_FACTS['authors'][0]['email']}>"
URLS: dict[str, str] = _FACTS.get("urls", {})
VERSION = __version__
TITLE = "Softmax Studio"
IDENTIFIER: str = _ALL["tool"]["installers"]["identifier"]


def placeholders(contact: str = CONTACT, identifier: str = IDENTIFIER, urls: Mapping[str, str] = URLS) -> list[str]:
    """What in pyproject.toml stands for an address or a name that nobody has yet, as sentences."""
    found = []
    if contact.endswith(".invalid>"):
        found.append(f"The maintainer's address is none: {contact}.")
    if not any(url.startswith("https://") for url in urls.values()):
        found.append("There is no URL of the project.")
    elif identifier.replace("_", "-").lower() not in {_backwards(url) for url in urls.values()}:
        found.append(f"The identifier {identifier} belongs to none of the project's URLs.")
    return found


def _backwards(url: str) -> str:
    """org.example for https://www.example.org/page; io.github.somebody for https://github.com/somebody/project."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if host == "github.com":
        host = f"{parts.path.strip('/').partition('/')[0]}.github.io"
    return ".".join(reversed(host.replace("_", "-").lower().split(".")))


def source_date() -> datetime:
    """When the source was last changed, in UTC, so that the same source makes the same installer."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given and shutil.which("git"):
        log = ["git", "log", "-1", "--format=%ct"]
        given = subprocess.run(log, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return datetime.fromtimestamp(float(given or (ROOT / "pyproject.toml").stat().st_mtime), UTC)


def filled(template: Path, **more: str) -> str:
    """The text of a template with every @WORD@ replaced by that fact. Raises KeyError for a word that is none."""
    facts = {
        "NAME": NAME,
        "TITLE": TITLE,
        "VERSION": VERSION,
        "SUMMARY": SUMMARY,
        "LICENCE": LICENCE,
        "DEVELOPERS": DEVELOPERS,
        "CONTACT": CONTACT,
        "IDENTIFIER": IDENTIFIER,
        "DATE": f"{source_date():%Y-%m-%d}",
        "YEAR": f"{source_date():%Y}",
    } | more
    return re.sub(r"@([A-Z_]+)@", lambda word: facts[word[1]], template.read_text(encoding="utf-8"))
