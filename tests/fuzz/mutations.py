"""What is done to a good file: flipped bits, cut ends, other numbers, values of other types in JSON and zips.

A mutation is given a source of chance, the content, and all seeds of the reader; it returns another content, and knows
nothing else, so that an input can be made again from its number.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Literal

Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]

EDGES = (0, 1, -1, 2**7 - 1, 2**8 - 1, 2**15 - 1, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1)
"""Where counters run over."""
TEXTS = (
    "",
    "\0",
    "\ud800",
    "\x1b[2J",
    "a" * 5_000,
    "../../x",
    "NaN",
    "1e999",
    "9" * 5_000,
    "é\u0301\u202e",
    "\n" * 500,
)
NUMBERS = (*EDGES, -(2**63), 10**400, 1e308, -1e-320, float("nan"), float("inf"), -float("inf"), 0.5)
_ASCII_NUMBERS = (*(str(number).encode() for number in EDGES), b"1e999", b"-0", b"nan", b"9" * 400, b"0x10", b"1_0")
_NUMBER = re.compile(rb"\d+")
_DEEP = 100_000
_MANY = 1000
_LONG = 100_000
"""Bytes; what is longer is not repeated many times, which would take gigabytes to make."""
_LARGEST = 64 << 20
"""Bytes that a zip may hold to be changed within."""


def flip(random: Random, content: bytes, _seeds: Sequence[bytes]) -> bytes:
    """Some bits are others."""
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 1, 4, 32))):
        if changed:
            changed[_place(random, changed)] ^= 1 << random.randrange(8)
    return bytes(changed)


def cut(random: Random, content: bytes, _seeds: Sequence[bytes]) -> bytes:
    """The end is missing."""
    return content[: _place(random, content)]


def remove(random: Random, content: bytes, _seeds: Sequence[bytes]) -> bytes:
    """Some bytes are missing."""
    start = _place(random, content)
    return content[:start] + content[start + random.choice((1, 2, 4, 16, 256, 4096)) :]


def insert(random: Random, content: bytes, _seeds: Sequence[bytes]) -> bytes:
    """Something is there that was not."""
    start = _place(random, content)
    new = random.choice((b"\0", b"\xff", random.randbytes(4), b"\0" * 4096, b"A" * 4096, content[start : start + 64]))
    return content[:start] + new * random.choice((1, 1, 1, 8)) + content[start:]


def splice(random: Random, content: bytes, seeds: Sequence[bytes]) -> bytes:
    """The beginning of one and the end of another."""
    other = random.choice(seeds)
    return content[: _place(random, content)] + other[_place(random, other) :]


def number(random: Random, content: bytes, _seeds: Sequence[bytes]) -> bytes:
    """A number in the header, or anywhere, is as large or small as it can be."""
    width = random.choice((1, 2, 4, 4, 8))
    order: Literal["little", "big"] = "little" if random.random() < 0.5 else "big"
    start = _place(random, content) // width * width
    edge: bytes = (random.choice(EDGES) % 256**width).to_bytes(width, order)
    return content[:start] + edge + content[start + width :]


def ascii_number(random: Random, content: bytes, _seeds: Sequence[bytes]) -> bytes:
    """A number that is written in digits is another."""
    found = list(_NUMBER.finditer(content[:100_000]))
    if not found:
        return content
    chosen = random.choice(found)
    return content[: chosen.start()] + random.choice(_ASCII_NUMBERS) + content[chosen.end() :]


def any_of(*mutations: Mutation) -> Mutation:
    """One of these."""
    return lambda random, content, seeds: random.choice(mutations)(random, content, seeds)


ANY_BYTES = any_of(flip, flip, flip, number, number, cut, remove, insert, splice)
"""For files of any kind."""
ANY_TEXT = any_of(flip, ascii_number, cut, remove, insert, splice)
"""For what is written in words and digits."""


def value(random: Random) -> Any:
    """What a JSON file can hold where something else was expected."""
    match random.randrange(8):
        case 0:
            return random.choice(NUMBERS)
        case 1:
            return random.choice(TEXTS)
        case 2:
            return random.choice((None, True, False))
        case 3:
            few = [value(random)] * random.choice((0, 1, 2))
            return random.choice((few, few, few, [random.choice(TEXTS)] * _MANY))
        case 4:
            return {random.choice(TEXTS): value(random)}
        case 5:
            return random.choice(("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "-271821-04-20", "now"))
        case 6:
            return random.randint(-(2**70), 2**70)
        case _:
            return random.random() * 10.0 ** random.randint(-320, 308)


def in_json(random: Random, content: bytes, seeds: Sequence[bytes]) -> bytes:
    """A value in a JSON file is another, is missing, or is there twice; sometimes it is nested without end."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return ANY_TEXT(random, content, seeds)
    if random.random() < 0.01:
        return _deep(random, content)
    places: list[tuple[Any, Any]] = []
    _collect(document, places)
    if not places:
        return json.dumps(value(random)).encode("utf-8", "surrogatepass")
    holder, key = random.choice(places)
    if random.random() < 0.2:
        del holder[key]
    elif random.random() < 0.1:
        holder[key] = [holder[key]] * random.choice((2, 3, _MANY if len(content) < _LONG else 3))
    else:
        holder[key] = value(random)
    return json.dumps(document, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")


def _deep(random: Random, content: bytes) -> bytes:
    opening, closing = random.choice(((b"[", b"]"), (b'{"a":', b"}")))
    nested = opening * _DEEP + b"1" + closing * _DEEP
    found = list(re.finditer(rb'": ?', content))
    start = random.choice(found).end() if found else 0
    return content[:start] + nested + content[start:]


def _collect(place: Any, found: list[tuple[Any, Any]]) -> None:
    keys = place if isinstance(place, dict) else range(len(place)) if isinstance(place, list) else ()
    for key in keys:
        found.append((place, key))
        _collect(place[key], found)


def in_zip(*inner: Mutation) -> Mutation:
    """Something is done to one of the files in a zip, whose check sum is right again; `inner` says what."""

    def change(random: Random, content: bytes, seeds: Sequence[bytes]) -> bytes:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                if sum(entry.file_size for entry in packed.infolist()) > _LARGEST:  # a bomb
                    return ANY_BYTES(random, content, seeds)
                files = {entry.filename: packed.read(entry) for entry in packed.infolist()}
        except Exception:  # an earlier mutation may have left anything
            return ANY_BYTES(random, content, seeds)
        if not files:
            return content
        name = random.choice(sorted(files))
        match random.randrange(12):
            case 0:
                del files[name]
            case 1:
                files[random.choice(("../x", "/x", "a" * 300, "x/card.json", "\0", name + " "))] = files.pop(name)
            case _:
                change_file = in_json if name.endswith(".json") and random.random() < 0.8 else random.choice(inner)
                files[name] = change_file(random, files[name], (files[name],))
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as packed:
            for each, data in files.items():
                packed.writestr(zipfile.ZipInfo(each), data)
        return whole.getvalue()

    return change


def _place(random: Random, content: bytes | bytearray) -> int:
    """Anywhere; where headers and directories are, at the beginning and the end, more often."""
    if not content:
        return 0
    most = len(content)
    match random.randrange(4):
        case 0 | 1:
            most = min(most, 256)
        case 2:
            return max(0, most - 1 - random.randrange(min(most, 512)))
    return random.randrange(most)
