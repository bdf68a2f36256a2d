"""Pictures as phones, scanners and browsers make them: formats, pages, huge ones, and such as were cut off."""

import contextlib
import io
import re
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from app.core.errors import InputError
from app.core.imaging import decoding, pictures
from app.core.imaging.pictures import Picture, load_picture, read_heif
from app.core.paths import resources_dir

pillow_heif.register_heif_opener()
RNG = np.random.default_rng(5)
RGB = np.kron(RNG.integers(0, 256, (6, 8, 3)), np.ones((16, 16, 1))).astype(np.uint8)
WHITE = Image.new("RGB", (128, 96), "white")
SHOWN = Image.fromarray(RGB)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    more = {
        name: [one.copy() for one in value] if name == "append_images" else value for name, value in options.items()
    }
    image.copy().save(file, kind, **more)  # copies, for images keep some of these
    return file.getvalue()


def far_from(picture: Picture, rgb: NDArray[np.uint8]) -> float:
    return float(np.abs(picture.rgb.astype(int) - rgb).mean())


@pytest.mark.parametrize(
    "content",
    [
        encoded(SHOWN, "HEIF", quality=-1, chroma=444, matrix_coefficients=0),
        encoded(SHOWN, "HEIF", quality=90, chroma=444, tile_size=64),
        encoded(SHOWN, "AVIF", quality=100, subsampling="4:4:4"),
        encoded(SHOWN, "JPEG2000"),
        encoded(SHOWN, "PPM"),
        encoded(SHOWN, "DIB"),
        encoded(SHOWN, "ICO", sizes=[(128, 96)]),
        encoded(SHOWN, "MPO", save_all=True, append_images=[WHITE], quality=98, subsampling=0),
        encoded(SHOWN, "PNG", interlace=1),
        encoded(SHOWN, "TIFF", compression="jpeg", quality=98),
        encoded(SHOWN, "TIFF", compression="tiff_lzw"),
        encoded(SHOWN, "JPEG", quality=98, subsampling=0, progressive=True),
    ],
)
def test_formats_are_known_by_their_content(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(content)
    picture = load_picture(path)
    assert picture.rgb.shape == RGB.shape
    assert far_from(picture, RGB) < 8
    assert picture.note == ""


@pytest.mark.parametrize("plain", [b"P1 4 2\n1 0 0 1\n0 1 1 0\n", b"P2\n# a comment\n4 2 15\n0 15 15 0 15 0 0 15\n"])
def test_pictures_written_as_numbers(plain: bytes) -> None:
    assert (load_picture(plain).grey.round() == [[0, 1, 1, 0], [1, 0, 0, 1]]).all()


def test_a_phones_photograph_is_upright_and_keeps_its_true_size() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = Image.fromarray(np.ascontiguousarray(np.rot90(RGB)))
    for kind in ("HEIF", "JPEG", "PNG", "AVIF", "TIFF", "WEBP"):
        picture = load_picture(encoded(turned, kind, exif=exif.tobytes(), quality=95))
        assert far_from(picture, RGB) < 12
        assert picture.size == (128, 96)


# Pages and animations.


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_the_first_that_shows_something_is_opened_and_said(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "several"
    options = {} if kind in ("TIFF", "PNG") else {"duration": 100}
    path.write_bytes(encoded(WHITE, kind, save_all=True, append_images=[WHITE.point(lambda _: 250), SHOWN], **options))
    picture = load_picture(path)
    assert far_from(picture, RGB) < 30
    assert re.fullmatch(r"several (has 3 pages|is an animation): (page|picture) \d, the first that .*\.", picture.note)


def test_of_very_many_pages_the_first_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_MOST_PAGES", 3)
    for pages in (2, 3, 5):
        content = encoded(SHOWN, "TIFF", save_all=True, append_images=[WHITE] * (pages - 1))
        assert f"has {min(pages, 3)} pages" in load_picture(content).note


def test_the_first_is_taken_if_all_are_blank() -> None:
    content = encoded(WHITE, "TIFF", save_all=True, append_images=[WHITE])
    assert load_picture(content).note == "The picture has 2 pages: page 1 was opened."


def test_a_transparent_first_picture_is_blank_and_white_ink_on_nothing_is_not() -> None:
    nothing, ink = Image.new("RGBA", (40, 40)), Image.new("RGBA", (40, 40))
    ink.paste((255, 255, 255, 255), (18, 5, 22, 35))
    picture = load_picture(encoded(nothing, "WEBP", save_all=True, append_images=[ink], lossless=True))
    assert (picture.rgb[20, 20] == 255).all()
    assert (picture.rgb[0, 0] == 0).all()
    assert "picture 2" in picture.note


def test_a_smaller_copy_beside_a_picture_is_no_page() -> None:
    small = Image.new("RGB", (16, 12), "red")
    content = encoded(small, "TIFF", tiffinfo={254: 1}, save_all=True, append_images=[SHOWN])
    assert load_picture(content).note == ""


# Huge ones.


@pytest.fixture
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_LARGE", 1000)
    monkeypatch.setattr(decoding, "_MOST_BYTES", 128 * 96)
    monkeypatch.setattr(pictures, "MAX_SIDE", 16)
    monkeypatch.setattr("app.core.imaging.bands._BAND_BYTES", 4000)


@pytest.mark.usefixtures("everything_is_large")
@pytest.mark.parametrize(
    ("image", "kind", "options"),
    [
        (SHOWN, "PNG", {}),
        (SHOWN.convert("RGBA"), "PNG", {}),
        (SHOWN.convert("LA"), "PNG", {}),
        (SHOWN.convert("L"), "PNG", {}),
        (SHOWN.quantize(30), "PNG", {}),
        (SHOWN, "BMP", {}),
        (SHOWN.convert("L"), "BMP", {}),
        (SHOWN, "PPM", {}),
        (SHOWN, "TIFF", {}),
        (SHOWN.convert("RGBA"), "TIFF", {}),
        (SHOWN, "TIFF", {"compression": "tiff_lzw", "strip_size": 128 * 3 * 7}),
        (SHOWN, "TIFF", {"compression": "tiff_adobe_deflate", "strip_size": 128 * 3 * 16, "tiffinfo": {317: 2}}),
        (SHOWN, "TIFF", {"compression": "jpeg", "strip_size": 128 * 3 * 16}),
        (SHOWN.quantize(30), "TIFF", {"compression": "packbits", "strip_size": 128 * 10}),
        (SHOWN.convert("1"), "TIFF", {"compression": "group4", "strip_size": 128}),
        (SHOWN.convert("CMYK"), "TIFF", {"strip_size": 128 * 4 * 8}),
    ],
)
def test_bands_give_what_the_whole_gives(image: Image.Image, kind: str, options: dict[str, Any]) -> None:
    exif = Image.Exif()
    for orientation in (1, 3, 6) if kind in ("PNG", "TIFF") else (1,):
        exif[0x0112] = orientation
        content = encoded(image, kind, **options, exif=exif.tobytes())
        with Image.open(io.BytesIO(content)) as same:
            upright = decoding.eight_bits(ImageOps.exif_transpose(same)).convert("RGB")
        whole = np.asarray(upright.resize((upright.width // 8, upright.height // 8), Image.Resampling.BOX))
        picture = load_picture(content)
        assert far_from(picture, whole) < 12
        assert picture.size == upright.size


def test_a_large_jpeg_2000_is_decoded_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_SIDE", 16)
    smooth = SHOWN.resize((128, 96), Image.Resampling.BICUBIC, (0, 0, 4, 3))
    picture = load_picture(encoded(smooth, "JPEG2000"))
    assert far_from(picture, np.asarray(smooth.resize((16, 12)))) < 8
    assert picture.size == (128, 96)


@pytest.mark.usefixtures("everything_is_large")
@pytest.mark.parametrize("kind", ["WEBP", "HEIF", "AVIF", "GIF"])
def test_what_can_only_be_decoded_as_a_whole_has_a_limit(kind: str) -> None:
    # HEIF in this process: the one that it has has other limits.
    read = partial(read_heif, name="a", may_be_cut=False) if kind == "HEIF" else load_picture
    with pytest.raises(
        InputError, match=r"million pixels, too many for \w+; make it smaller, or save it as plain JPEG\.$"
    ):
        read(encoded(SHOWN, kind))


def test_a_progressive_jpeg_is_refused_before_its_coefficients_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_MOST_BYTES", 128 * 96 * 3)
    with pytest.raises(InputError, match="too many for a progressive JPEG"):
        load_picture(encoded(SHOWN, "JPEG", progressive=True))


# Such as were cut off.


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_upper_part_of_one_that_was_cut_off_is_read_and_said(kind: str, tmp_path: Path) -> None:
    noisy = (RGB * 0.8 + RNG.integers(0, 50, RGB.shape)).astype(np.uint8)
    whole = encoded(Image.fromarray(noisy), kind)
    path = tmp_path / "half"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    picture = load_picture(path, may_be_cut=True)
    height = len(picture.rgb)
    assert 40 <= height < 70
    assert far_from(picture, noisy[:height]) < 20
    assert re.fullmatch(r"half is damaged or cut off: only its upper \d\d% was read\.", picture.note)
    assert picture.size == (128, height)
    with pytest.raises(InputError, match=r"^half is damaged or cut off: only its upper \d\d% can be read; copy"):
        load_picture(path)


def test_a_jpeg_without_its_end_is_whole() -> None:
    picture = load_picture(encoded(SHOWN, "JPEG")[:-2])
    assert picture.note == ""
    assert picture.rgb.shape == RGB.shape


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "AVIF", "WEBP", "GIF", "BMP", "TIFF", "JPEG2000", "PPM", "ICO"])
def test_cut_and_flipped_files_are_read_or_refused_in_a_sentence(kind: str) -> None:
    whole = encoded(SHOWN, kind)
    for length in np.linspace(1, len(whole) - 1, 12).astype(int):
        check_sentence(whole[:length])
    for _ in range(25):
        flipped = bytearray(whole)
        for place in RNG.integers(0, min(len(flipped), 400 if RNG.random() < 0.5 else len(flipped)), 4):
            flipped[place] = int(RNG.integers(0, 256))
        check_sentence(bytes(flipped))


def test_a_photograph_that_makes_its_library_crash_takes_nothing_along() -> None:
    content = bytearray((resources_dir() / "samples" / "photograph.heic").read_bytes())
    content[178] = 233
    with pytest.raises(InputError, match="crash: it is damaged or harmful"):
        load_picture(bytes(content))
    with pytest.raises(InputError, match="damaged and cannot be read"):
        load_picture(bytes(content[:600]))


def check_sentence(content: bytes) -> None:
    with contextlib.suppress(InputError):
        assert load_picture(content, may_be_cut=True).rgb.ndim == 3


@pytest.mark.parametrize(
    ("side", "message"), [(100_000, "million pixels"), (20_000, "too many for HEIF"), (2**32 - 1, "damaged")]
)
def test_a_heif_that_announces_a_huge_picture_is_not_decoded(tmp_path: Path, side: int, message: str) -> None:
    content = bytearray(encoded(SHOWN, "HEIF"))
    for found in re.finditer(b"ispe", content):
        content[found.start() + 8 : found.start() + 16] = side.to_bytes(4) * 2
    (tmp_path / "a.heic").write_bytes(content)
    with pytest.raises(InputError, match=message):
        load_picture(tmp_path / "a.heic", may_be_cut=True)


@pytest.mark.parametrize("height", [40, 2])
def test_rows_of_millions_of_pixels_are_refused_before_there_is_memory_for_them(
    height: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.core.imaging.bands.Image.frombytes", lambda *_: pytest.fail("it is decoded"))
    content = bytearray(encoded(Image.new("RGB", (30, 40)), "BMP"))
    content[18:26] = (8_000_030).to_bytes(4, "little") + height.to_bytes(4, "little")
    (tmp_path / "wide.bmp").write_bytes(content)
    with pytest.raises(InputError, match=r"damaged|too many for BMP"):
        load_picture(tmp_path / "wide.bmp")


def test_packed_rows_that_python_would_unpack_for_seconds_are_refused() -> None:
    content = bytearray(encoded(SHOWN.convert("L"), "BMP"))
    content[18:26] = (1_000_000).to_bytes(4, "little") + (40).to_bytes(4, "little")
    content[30:34] = (1).to_bytes(4, "little")  # run lengths
    with pytest.raises(InputError, match="too many for BMP"):
        load_picture(bytes(content))
