"""Names in any script that every file system takes as the name of a file or folder."""

import re
import unicodedata

LONGEST_BYTES = 200
"""Of a name in UTF-8: file systems take 255, and there must be room for what is written beside it meanwhile."""

_RESERVED = re.compile(r"(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|con(in|out)\$)( *\..*)?", re.IGNORECASE)


def is_reserved(name: str) -> bool:
    """Tell whether Windows takes the name for a device: "con", "Aux.txt"."""
    return _RESERVED.fullmatch(name) is not None


def is_word_character(character: str) -> bool:
    """Tell whether it is a letter or digit of any script, or a mark that belongs to one."""
    return unicodedata.category(character)[0] in "LMN"


def same_name(name: str) -> str:
    """The name as it is compared and stored: composed (Unicode's NFC), which keyboards and systems do in two ways."""
    return unicodedata.normalize("NFC", name.strip())


def folder_name(title: str, longest: int, otherwise: str) -> str:
    """A folder's name that is like a title: letters and digits of any script in lower case, with hyphens between them.

    "숫자 모음" is "숫자-모음". `otherwise` is taken for a title without any of these.
    """
    visible = "".join(c for c in same_name(title).lower() if unicodedata.category(c) != "Cf")
    name = unicodedata.normalize("NFC", "".join(c if is_word_character(c) else "-" for c in visible))
    name = re.sub(r"-+", "-", name).strip("-")[:longest]
    name = name.encode()[:LONGEST_BYTES].decode(errors="ignore").strip("-") or otherwise
    return f"{name}-data" if is_reserved(name) else name
