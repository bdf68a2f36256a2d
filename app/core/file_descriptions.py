"""What a file is, told by how it begins: for the sentence that refuses it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

HEAD_BYTES = 4096
"""How much of a file's beginning tells what it is."""


@dataclass(frozen=True)
class Description:
    """`words` say what it is, with an article: "a web page". `advice` says how a picture is had from it."""

    words: str
    advice: str = "choose a picture"

    def refusal(self, name: str, wanted: str = "a picture") -> str:
        """The sentence that refuses a file called `name` where something else is `wanted`."""
        is_other = self.words.startswith(("a ", "an ")) and wanted.partition(" ")[2] not in self.words
        return f"{name} is {self.words}{f', not {wanted}' if is_other else ''}; {self.advice}."


_AS_PNG = "open it in the program that made it and save it as PNG"
_UNPACK = "unpack it and choose a picture in it"
_STILL = "take a screenshot of it and paste that"
_IMPORT = "import it on the Data page"

EMPTY = Description("empty (0 bytes)", "copy or download it again, or choose another file")
ZEROS = Description("not complete (nothing but zeros)", "copy or download it again, or choose another file")
WEB_PAGE = Description("a web page", "open it in a browser and save the picture itself")

_SIGNS: tuple[tuple[int, bytes, Description], ...] = (
    (0, b"%!PS", Description("a PostScript document", _AS_PNG)),
    (0, b"\xc5\xd0\xd3\xc6", Description("a PostScript document", _AS_PNG)),
    (0, b"{\\rtf", Description("a text document (RTF)", _AS_PNG)),
    (0, b"8BPS", Description("a Photoshop document", _AS_PNG)),
    (0, b"gimp xcf", Description("a GIMP document", _AS_PNG)),
    (0, b"\xff\x0a", Description("a JPEG XL picture", "save it as PNG or JPEG")),
    (4, b"JXL \r\n", Description("a JPEG XL picture", "save it as PNG or JPEG")),
    (0, b"FUJIFILMCCD-RAW", Description("a camera's raw file", "save it as JPEG")),
    (0, b"IIRO", Description("a camera's raw file", "save it as JPEG")),
    (0, b"IIU\x00", Description("a camera's raw file", "save it as JPEG")),
    (128, b"DICM", Description("a medical picture (DICOM)", "export it as PNG")),
    (0, b"SIMPLE  =", Description("an astronomical picture (FITS)", "export it as PNG")),
    (0, b"\xd7\xcd\xc6\x9a", Description("a Windows metafile", _AS_PNG)),
    (40, b" EMF", Description("a Windows metafile", _AS_PNG)),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Description("a Microsoft Office document", _AS_PNG)),
    (0, b"Rar!\x1a\x07", Description("a RAR archive", _UNPACK)),
    (0, b"7z\xbc\xaf\x27\x1c", Description("a 7-Zip archive", _UNPACK)),
    (0, b"\x1f\x8b", Description("a gzip archive", _UNPACK)),
    (0, b"\xfd7zXZ\x00", Description("an xz archive", _UNPACK)),
    (0, b"BZh", Description("a bzip2 archive", _UNPACK)),
    (0, b"\x28\xb5\x2f\xfd", Description("a Zstandard archive", _UNPACK)),
    (257, b"ustar", Description("a tar archive", _UNPACK)),
    (0, b"\x1aE\xdf\xa3", Description("a video", _STILL)),
    (0, b"FLV\x01", Description("a video", _STILL)),
    (0, b"\x00\x00\x01\xba", Description("a video", _STILL)),
    (0, b"\x00\x00\x01\xb3", Description("a video", _STILL)),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Description("a video", _STILL)),
    (8, b"AVI LIST", Description("a video", _STILL)),
    (8, b"WAVEfmt", Description("a sound file")),
    (0, b"OggS", Description("a sound file")),
    (0, b"fLaC", Description("a sound file")),
    (0, b"ID3", Description("a sound file")),
    (0, b"\x93NUMPY", Description("a NumPy array", _IMPORT)),
    (
        0,
        b"\x89HDF\r\n\x1a\n",
        Description("an HDF5 file (a model or data)", "import it on the Models or Data page"),
    ),
    (4, b"TFL3", Description("a TensorFlow Lite model", "import it on the Models page")),
    (0, b"PAR1", Description("a Parquet table", "save its pictures as PNG")),
    (0, b"MATLAB 5.0 MAT", Description("a MATLAB file", "save its pictures as PNG")),
    (0, b"MATLAB 7.3 MAT", Description("a MATLAB file", "save its pictures as PNG")),
    (0, b"\x80\x03}", Description("a pickle (data or a program of Python's)", "save its pictures as PNG")),
    (0, b"\x80\x02}", Description("a pickle (data or a program of Python's)", "save its pictures as PNG")),
    (0, b"\x80\x04\x95", Description("a pickle (data or a program of Python's)", "save its pictures as PNG")),
    (0, b"\x80\x05\x95", Description("a pickle (data or a program of Python's)", "save its pictures as PNG")),
    (0, b"SQLite format 3\x00", Description("a database (SQLite)")),
    (0, b"\x7fELF", Description("a program")),
    (0, b"MZ", Description("a program")),
    (0, b"\xcf\xfa\xed\xfe", Description("a program")),
    (0, b"\x4c\x00\x00\x00\x01\x14\x02\x00", Description("a Windows shortcut", "choose the file it leads to")),
    (0, b"[InternetShortcut]", Description("a link to a web page", "open it in a browser and save the picture")),
    (
        0,
        b"version https://git-lfs",
        Description("a Git LFS pointer, not the file itself", "fetch the file with 'git lfs pull'"),
    ),
)

_ISO_KINDS = {
    b"crx ": Description("a camera's raw file", "save it as JPEG"),
    b"M4A ": Description("a sound file"),
    b"M4B ": Description("a sound file"),
}
"""Of what begins as MP4 does, by its brand; what is no picture either is a video."""

PICTURE_BRANDS = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"avif", b"avis")
)

_OFFICE = (
    (b"word/", Description("a Word document", "copy the picture in it and paste it here, or save that as PNG")),
    (b"xl/", Description("an Excel workbook", "save its table as CSV and import that on the Data page")),
    (
        b"ppt/",
        Description("a PowerPoint presentation", "copy the picture in it and paste it here, or save that as PNG"),
    ),
    (
        b"opendocument",
        Description("an office document", "copy the picture in it and paste it here, or save that as PNG"),
    ),
    (b"application/epub", Description("a book (EPUB)", _STILL)),
    (b"application/x-krita", Description("a Krita document", _AS_PNG)),
    (b"metadata.json", Description("a model (Keras)", "import it on the Models page")),
    (b".npy", Description("a NumPy archive (npz)", _IMPORT)),
)

_ROWS_OF_ART, _ART = 8, frozenset(b"01\r\n ")
_ENCRYPTED = 1
"""The bit of a ZIP entry's flags."""


def describe_file(head: bytes) -> Description | None:
    """What a file is whose first HEAD_BYTES, or all that there are, are `head`; None for pictures and the unknown."""
    if not head:
        return EMPTY
    if not head.strip(b"\x00"):
        return ZEROS
    if head[4:8] == b"ftyp":
        return _iso_kind(head)
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(head)
    if b"%PDF-" in head[:1024]:
        protected = b"/Encrypt" in head
        return Description("a PDF document with a password" if protected else "a PDF document", "save its page as PNG")
    if head.startswith(b"bplist00"):
        return _plist_kind(head)
    found = next((kind for place, sign, kind in _SIGNS if head.startswith(sign, place)), None)
    return found or _text_kind(head)


def is_text_art(head: bytes) -> bool:
    """Whether a file is a picture of 0 and 1 as text, one for each pixel, as books teach nearest neighbours with."""
    rows = head.split()[:_ROWS_OF_ART]
    widths = {len(row) for row in rows}
    return len(rows) == _ROWS_OF_ART and len(widths) == 1 and 16 <= widths.pop() <= 48 and not set(head) - _ART


def _iso_kind(head: bytes) -> Description | None:
    brands = set(_brands(head))
    if brands & PICTURE_BRANDS:
        return None
    return next((kind for brand, kind in _ISO_KINDS.items() if brand in brands), Description("a video", _STILL))


def _brands(head: bytes) -> Iterator[bytes]:
    """Yield the major brand and the compatible ones."""
    end = min(int.from_bytes(head[:4], "big"), len(head), 256)
    yield head[8:12]
    for place in range(16, end - 3, 4):
        yield head[place : place + 4]


def _zip_kind(head: bytes) -> Description:
    found = next((kind for sign, kind in _OFFICE if sign in head), None)
    if found is None and int.from_bytes(head[6:8], "little") & _ENCRYPTED:
        return Description("a ZIP archive with a password", _UNPACK)
    return found or Description("a ZIP archive", _UNPACK)


def _plist_kind(head: bytes) -> Description:
    if b"NSURLNameKey" in head or b"NSURLFileSize" in head:
        return Description("kept in iCloud and not on this computer", "download it first (open it once)")
    if b"WebMainResource" in head:
        return WEB_PAGE
    return Description("a property list")


_TAG = re.compile(r"<\s*(!doctype\s+)?([a-z:]+)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->|<\?.*?\?>|<!doctype svg.*?>", re.DOTALL | re.IGNORECASE)
_PAGE_TAGS = {"html", "head", "body", "script", "meta", "title", "div", "table", "p", "a", "img", "link", "style", "br"}


def _text_kind(head: bytes) -> Description | None:
    text = _text(head)
    if text is None:
        return None
    begin = _COMMENT.sub("", text).lstrip()
    tag = _TAG.match(begin)
    if tag is not None:
        name = tag[2].lower().rpartition(":")[2]
        if name == "svg":
            return Description("an SVG picture, made of lines", "save it as PNG")
        return WEB_PAGE if name in _PAGE_TAGS else Description("an XML file")
    if "multipart/related" in text and "MIME-Version" in text:
        return WEB_PAGE
    if begin.startswith(('{"', "[", "{\n", "{ ")):
        return Description("a JSON file", f"if it holds data, {_IMPORT}")
    return Description("a text file")


def _text(head: bytes) -> str | None:
    """The text that a file begins with; None if it is not text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    else:
        for cut in range(4):  # a letter may have been cut
            try:
                text = head[: len(head) - cut].decode("utf-8-sig")
                break
            except UnicodeDecodeError:
                continue
        else:
            return None
    odd = sum(not (letter.isprintable() or letter in "\t\n\r\f") for letter in text)
    return text if text.strip() and odd <= len(text) // 100 else None
