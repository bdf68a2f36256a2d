"""What a file is that was taken for a picture, or for data."""

import gzip
import io
import tarfile
import zipfile

import pytest

from app.core.file_descriptions import describe_file


def zipped(name: str, content: bytes = b"x") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.png"), io.BytesIO())
    return file.getvalue()


LOCKED = bytearray(zipped("a.png"))
LOCKED[6] |= 1


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"", "empty (0 bytes)"),
        (bytes(4096), "not complete (nothing but zeros)"),
        (b"<!DOCTYPE html>\n<html><head>", "a web page"),
        (b"\xef\xbb\xbf\r\n<!-- saved from url -->\n<HTML>", "a web page"),
        ("<html lang='ko'>안녕".encode("utf-16"), "a web page"),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0"><html>', "a web page"),
        (b"<div>not found</div>", "a web page"),
        (b"From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related;", "a web page"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "x">\n<svg width="9">', "an SVG picture, made of lines"),
        (b"<svg:svg xmlns:svg='http://www.w3.org/2000/svg'>", "an SVG picture, made of lines"),
        (b"<?xml version='1.0'?><note/>", "an XML file"),
        (b"%PDF-1.7\n1 0 obj", "a PDF document"),
        (b"%PDF-1.7\ntrailer << /Encrypt 5 0 R >>", "a PDF document with a password"),
        (zipped("word/document.xml"), "a Word document"),
        (zipped("a.png"), "a ZIP archive"),
        (bytes(LOCKED), "a ZIP archive with a password"),
        (zipped("mimetype", b"application/vnd.oasis.opendocument.text"), "an office document"),
        (tarred(), "a tar archive"),
        (gzip.compress(b"x", mtime=0), "a gzip archive"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41", "a video"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", "a video"),
        (b"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom", "a camera's raw file"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", "a video"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "a sound file"),
        (b"8BPS\x00\x01", "a Photoshop document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a Microsoft Office document"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer, not the file itself"),
        (b"bplist00\xd3\x01\x02\x0cNSURLNameKey\x0eNSURLFileSizeKey", "kept in iCloud and not on this computer"),
        (b"[InternetShortcut]\r\nURL=https://example.org/", "a link to a web page"),
        (b'{"format":"softmax-studio-drawing"}', "a JSON file"),
        ("Grüße, ein Brief".encode(), "a text file"),
        (b"a,b\n" * 1023 + "abc안".encode()[:-1], "a text file"),  # cut within a letter
    ],
)
def test_a_file_is_called_what_it_is(head: bytes, words: str) -> None:
    kind = describe_file(head)
    assert kind is not None
    assert kind.words == words


@pytest.mark.parametrize(
    "head",
    [
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
        b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00avifmif1",
        b"RIFF\x24\x00\x00\x00WEBPVP8 ",
        b"II*\x00\x08\x00\x00\x00",
        b"\x00\x00\x08\x03\x00\x00\xea\x60",  # IDX
        b"\x07\x93\x11\xfe",
    ],
)
def test_pictures_and_the_unknown_are_not_called_anything_else(head: bytes) -> None:
    assert describe_file(head) is None


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        (b"<html>", "a.png is a web page, not a picture; open it in a browser and save the picture itself."),
        (b"", "a.png is empty (0 bytes); copy or download it again, or choose another file."),
        (b"<svg>", "a.png is an SVG picture, made of lines; save it as PNG."),
    ],
)
def test_the_refusal_says_what_it_is_and_what_to_do(head: bytes, sentence: str) -> None:
    kind = describe_file(head)
    assert kind is not None
    assert kind.refusal("a.png") == sentence
