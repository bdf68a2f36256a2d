"""Whether there is a newer version: asked only when somebody wants to know, and nothing is downloaded but the answer.

The address is the project's own, "Releases" among the URLs in pyproject.toml; without one the program asks nobody, and
the window does not offer it. The answer is JSON as package indexes give it, {"info": {"version": "1.2.3"}}, or
{"version": "1.2.3"}.
"""

import json
import re
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, metadata
from urllib.parse import urlsplit

from app import __version__
from app.core.errors import StudioError

_LABEL = "releases"
_TIMEOUT_S = 5.0  # without a word
_LONGEST_S = 15.0  # in all
_LONGEST_ANSWER = 2**20
_PIECE = 2**14


def release_address() -> str:
    """Where the newest version is told; an empty text if this build names no address."""
    try:
        named = metadata("softmax-studio").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    pairs = (line.partition(",") for line in named)
    address = next((url.strip() for label, _, url in pairs if label.strip().lower() == _LABEL), "")
    return address if urlsplit(address).scheme == "https" else ""


def newer_version(check: Callable[[], None] = lambda: None) -> str:
    """The newest version, if it is newer than this one; else an empty text.

    Blocks for 15 s at most; `check` is called in between and may raise, which ends it. Nothing is sent that tells one
    user from another. Raises StudioError, with a sentence, where there is no answer.
    """
    address = release_address()
    if not address:
        raise StudioError("This build of Softmax Studio names no address that tells newer versions.")
    newest = _version_in(_fetch(address, check))
    return newest if _numbers(newest) > _numbers(__version__) else ""


def _fetch(address: str, check: Callable[[], None]) -> bytes:
    import requests  # nobody else needs it so far
    from urllib3.exceptions import HTTPError

    host, until, content = urlsplit(address).hostname or "", time.monotonic() + _LONGEST_S, b""
    try:
        with requests.Session() as session:
            session.trust_env = False  # no names and passwords of this user's files; proxies are set below
            session.proxies = requests.utils.get_environ_proxies(address)
            with session.get(address, timeout=_TIMEOUT_S, stream=True, allow_redirects=False) as answer:
                answer.raise_for_status()
                if answer.is_redirect:
                    raise StudioError(f"{host} has moved; look at the program's web page for a newer version.")
                while piece := answer.raw.read1(_PIECE, decode_content=True):  # what has come, however little
                    check()
                    content += piece
                    if len(content) > _LONGEST_ANSWER or time.monotonic() > until:
                        raise StudioError(f"{host} gives no sensible answer; try again later.")
    except (requests.RequestException, HTTPError, OSError) as error:
        offline = not isinstance(error, requests.HTTPError)
        reason = "cannot be reached; check the connection" if offline else "gives no answer; try again later"
        raise StudioError(f"{host} {reason}.") from None  # without the words of a library that may name a proxy
    return content


def _version_in(content: bytes) -> str:
    try:
        facts = json.loads(content)
        newest = (facts.get("info") or facts)["version"]
        if not isinstance(newest, str) or not re.fullmatch(r"\d{1,9}(\.\d{1,9}){0,4}", newest):
            raise ValueError(newest)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StudioError("The answer tells no version; look at the program's web page.") from None
    return newest


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version, without zeros at its end: 1.0 is 1."""
    numbers = [int(part) for part in re.findall(r"\d+", version)]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
