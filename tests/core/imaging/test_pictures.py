"""Pictures of every kind arrive upright, opaque and of a workable size; broken ones are refused plainly."""

import contextlib
import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.core.errors import InputError
from app.core.imaging import pictures
from app.core.imaging.pictures import MAX_SIDE, load_picture, picture_from_rgba

RNG = np.random.default_rng(3)
RGB = np.kron(RNG.integers(0, 256, (5, 8, 3)), np.ones((8, 8, 1))).astype(np.uint8)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "WEBP", "GIF", "JPEG"])
def test_every_format_by_its_content(kind: str, tmp_path: Path) -> None:
    options: dict[str, Any] = {"lossless": True} if kind == "WEBP" else {}
    path = tmp_path / "picture.txt"
    path.write_bytes(encoded(Image.fromarray(RGB), kind, **options))
    picture = load_picture(path)
    assert picture.rgb.shape == RGB.shape
    assert picture.rgb.dtype == np.uint8
    assert np.abs(picture.rgb.astype(int) - RGB).mean() < (30 if kind == "JPEG" else 1)


def test_grey_is_luminance() -> None:
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0]]], np.uint8)
    grey = load_picture(encoded(Image.fromarray(colours), "PNG")).grey
    assert grey.dtype == np.float32
    assert grey[0] == pytest.approx([0.299, 0.587, 0.114, 1, 0], abs=1e-6)
    assert grey.max() <= 1


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "PA", "RGBA", "CMYK", "YCbCr", "I;16", "I", "F"])
def test_every_mode_keeps_light_and_dark(mode: str) -> None:
    ramp = np.repeat(np.array([[0, 255]], np.uint8), 8, axis=1).repeat(8, axis=0)
    if mode in ("I;16", "I"):
        image = Image.fromarray((ramp.astype(np.uint16) * 257).astype(np.uint16 if mode == "I;16" else np.int32))
    elif mode == "F":
        image = Image.fromarray(ramp.astype(np.float32) / 255)
    else:
        image = Image.fromarray(ramp).convert("RGB").convert(mode)
    grey = (
        load_picture(encoded(image, "PNG" if mode in ("1", "L", "P", "LA", "RGBA", "I;16") else "TIFF")).grey
        if mode != "PA"
        else picture_from_rgba(np.asarray(image.convert("RGBA"))).grey
    )
    assert grey[:, :8].max() < 0.02
    assert grey[:, 8:].min() > 0.98


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    values = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    grey = load_picture(encoded(Image.fromarray(values), "PNG")).grey
    assert np.abs(grey - values / 65535).max() < 0.005


@pytest.mark.parametrize(("dtype", "top"), [(np.uint16, 65535), (np.int32, 1000), (np.float32, 1), (np.float32, 9)])
def test_pictures_that_are_scaled_in_bands_are_scaled_alike(
    monkeypatch: pytest.MonkeyPatch, dtype: type[np.generic], top: float
) -> None:
    monkeypatch.setattr("app.core.imaging.decoding._BAND", 100)  # 3 rows of 30 pixels
    values = (np.linspace(0, top, 600).reshape(20, 30)).astype(dtype)
    full = 65535 if np.issubdtype(dtype, np.integer) else top
    grey = load_picture(encoded(Image.fromarray(values), "TIFF")).grey
    assert np.abs(grey - values / full).max() < 0.005


def test_rotation_from_the_camera_is_undone() -> None:
    image = Image.fromarray(RGB)
    turns = {1: 0, 3: 2, 6: 1, 8: 3}  # EXIF: how many quarter turns anticlockwise the pixels were stored
    for orientation, quarters in turns.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored = Image.fromarray(np.ascontiguousarray(np.rot90(RGB, quarters)))
        assert np.array_equal(load_picture(encoded(stored, "PNG", exif=exif)).rgb, RGB)
    assert np.array_equal(load_picture(encoded(image, "PNG")).rgb, RGB)


def test_transparency_keeps_ink_legible() -> None:
    for ink, background in ((0, 255), (255, 0)):
        rgba = np.zeros((20, 20, 4), np.uint8)
        rgba[8:12, :, :3], rgba[8:12, :, 3] = ink, 255
        for picture in (load_picture(encoded(Image.fromarray(rgba), "PNG")), picture_from_rgba(rgba)):
            assert (picture.rgb[10] == ink).all()
            assert (picture.rgb[0] == background).all()
    half = np.full((4, 4, 4), (0, 0, 0, 128), np.uint8)
    assert np.abs(picture_from_rgba(half).rgb.astype(int) - 127).max() <= 1
    assert (picture_from_rgba(np.zeros((4, 4, 4), np.uint8)).rgb == 255).all()
    opaque = np.full((4, 4, 4), 255, np.uint8)
    assert (picture_from_rgba(opaque).rgb == 255).all()


def test_large_pictures_are_reduced() -> None:
    picture = load_picture(encoded(Image.new("RGB", (3000, 30), (10, 20, 30)), "PNG"))
    assert picture.rgb.shape == (10, MAX_SIDE, 3)
    assert (picture.rgb == (10, 20, 30)).all()
    assert max(load_picture(encoded(Image.new("L", (4000, 2000), 9), "JPEG")).grey.shape) == MAX_SIDE
    assert load_picture(encoded(Image.new("L", (30000, 1), 9), "PNG")).grey.shape == (1, MAX_SIDE)


def test_the_first_frame_of_an_animation() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ((255, 0, 0), (0, 255, 0))]
    for kind in ("GIF", "TIFF", "WEBP"):
        content = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert np.abs(load_picture(content).rgb[4, 4].astype(int) - (255, 0, 0)).max() < 12


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


GOOD_PNG = encoded(Image.fromarray(RGB), "PNG")
GOOD_JPEG = encoded(Image.fromarray(RGB), "JPEG")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"hello", "is a text file, not a picture"),
        (b"\x07\x93\x11 nothing known", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is an SVG picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is a PostScript document, not a picture"),
        (GOOD_PNG[: len(GOOD_PNG) // 2], "damaged"),
        (GOOD_JPEG[: len(GOOD_JPEG) // 2], "damaged"),
        (GOOD_PNG[:60] + b"\x00" * 40 + GOOD_PNG[100:], "damaged"),
        (bomb(10_001, 10_000), "damaged"),
        (bomb(20_001, 20_000), "pixels"),
        (bomb(60_000, 60_000), "pixels"),
    ],
)
def test_bad_files_are_refused_by_name(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"^photo\.png .*{words}.*\.$"):
        load_picture(path)


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^missing\.png cannot be opened"):
        load_picture(tmp_path / "missing.png")
    with pytest.raises(InputError, match=f"^{tmp_path.name} is a folder; choose a picture in it"):
        load_picture(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_what_would_be_waited_for_without_end_is_no_picture(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(InputError, match="is not a file"):
        load_picture(tmp_path / "pipe.png")


def test_random_damage_never_escapes() -> None:
    rng = np.random.default_rng(7)
    tiff, gif = encoded(Image.fromarray(RGB), "TIFF"), encoded(Image.fromarray(RGB), "GIF")
    for content in (GOOD_PNG, GOOD_JPEG, tiff, gif):
        for _ in range(40):
            broken = bytearray(content)
            for place in rng.integers(0, len(broken), 6):
                broken[place] = int(rng.integers(0, 256))
            with contextlib.suppress(InputError):
                assert load_picture(bytes(broken)).rgb.ndim == 3


def test_pasting_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="empty or too large"):
        picture_from_rgba(np.zeros((0, 5, 4), np.uint8))
    monkeypatch.setattr(pictures, "MAX_PIXELS", 10)
    with pytest.raises(InputError, match="empty or too large"):
        picture_from_rgba(np.zeros((4, 4, 4), np.uint8))
