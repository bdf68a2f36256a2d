"""In which of the old encodings a text is written that is not UTF-8: told by its letters, as good as it can be."""

import re
from collections.abc import Sequence
from contextlib import suppress

WESTERN = "cp1252"
"""What Western Windows writes; it reads any bytes."""

_LETTER = rb"(?:[\x80-\xff][\[\]{}|]?|[^\s,;|\"'\d:/()\[\]{}=<>+\-])"
_WORDS = re.compile(rb"%b*[\x80-\xff][\[\]{}|]?%b*" % (_LETTER, _LETTER))
"""With the brackets that are the second half of a Japanese letter."""
_MOST_WORDS = 2_000
_ASIAN = ("cp949", "euc_kr", "cp932", "shift_jis", "euc_jp", "gb18030", "big5")
_OF_DOS = ("cp437", "cp850", "cp866")
_NAMES = {
    "cp949": "Korean (cp949)", "euc_kr": "Korean (cp949)", "cp932": "Japanese (Shift JIS)",
    "shift_jis": "Japanese (Shift JIS)", "euc_jp": "Japanese (EUC-JP)", "gb18030": "Chinese (GB 18030)",
    "big5": "Chinese (Big5)", "cp1251": "Cyrillic (Windows-1251)", "koi8_r": "Cyrillic (KOI8-R)",
    "cp1253": "Greek (Windows-1253)", "cp1255": "Hebrew (Windows-1255)", "cp1256": "Arabic (Windows-1256)",
    WESTERN: "Western European (Windows-1252)",
}  # fmt: skip


def encoding_in_words(encoding: str) -> str:
    """Its name as people know it."""
    return _NAMES.get(encoding, encoding)


def guessed_encoding(text: bytes) -> str:
    """The encoding, by Python's names, of the words in a text that have other letters than ASCII's."""
    from charset_normalizer import from_bytes  # takes a while, and few texts are so old

    words = list(dict.fromkeys(match[0] for match in _WORDS.finditer(text)))[:_MOST_WORDS]
    best = from_bytes(b"\n".join(words)).best() if words else None
    encoding = best.encoding if best is not None else WESTERN
    if encoding not in _NAMES or re.search(r"[A-Za-z][^\W\d_a-zA-Z]|[^\W\d_a-zA-Z][A-Za-z]", str(best)):
        return WESTERN  # words of one script have no letters of two
    if encoding == "cp949" and re.search(r"[가-힣]", str(best)) and re.search(r"[\u4e00-\u9fff]", str(best)):
        return "gb18030"  # Chinese read as Korean is a mixture
    return encoding


def encoding_of_zip(names: Sequence[bytes]) -> str:
    """In which encoding names in a ZIP file are that does not say it: UTF-8, or what Windows has in some country."""
    text = b"\n".join(names)
    if text.isascii():
        return _OF_DOS[0]
    with suppress(UnicodeDecodeError):
        text.decode()
        return "utf-8"
    asian = guessed_encoding(text)
    if asian in _ASIAN:
        return asian
    odd = bytes(byte for byte in set(text) if byte >= 128)
    return next((encoding for encoding in _OF_DOS if odd.decode(encoding).isalpha()), _OF_DOS[0])
