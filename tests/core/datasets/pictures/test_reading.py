"""Pictures of data sets: as they are or made ready, and what cannot be read."""

import io
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.core.datasets.choices import ImportChoices, Polarity
from app.core.datasets.formats import read_data
from app.core.datasets.sources import load_dataset
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing

from .making import digit, picture, write, write_digits


def _photograph(label: int, number: int = 0, side: int = 200) -> bytes:
    """Dark ink on a light sheet, somewhere on it."""
    sheet = np.full((300, 400), 230, np.uint8)
    large = np.asarray(Image.fromarray(digit(label, number)).resize((side, side), Image.Resampling.BICUBIC))
    sheet[40 : 40 + side, 90 : 90 + side] -= (large * 0.8).astype(np.uint8)
    return picture(sheet, "JPEG")


def test_small_pictures_of_one_size_are_pixels_as_they_are(tmp_path: Path) -> None:
    clothes = load_dataset("fashion-mnist").test
    for number, (image, label) in enumerate(zip(clothes.images[:100], clothes.labels[:100], strict=True)):
        write(tmp_path / str(label) / f"{number:03}.png", image)
    raw = read_data(tmp_path)
    assert (raw.is_prepared, raw.preprocessing) == (False, None)
    order = np.argsort(clothes.labels[:100], kind="stable")
    np.testing.assert_array_equal(raw.train.images, clothes.images[:100][order])


@pytest.mark.parametrize("side", [8, 16, 32, 64])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "1", "P"])
def test_small_pictures_of_other_sizes_and_colours(tmp_path: Path, side: int, mode: str) -> None:
    for label in range(2):
        for number in range(3):
            image = Image.fromarray(digit(label, number)).resize((side, side)).convert(mode)
            image.save(write(tmp_path / str(label) / f"{number}.png", b""))
    raw = read_data(tmp_path)
    assert raw.train.images.shape == (6, side, side)
    with Image.open(tmp_path / "1" / "2.png") as image:
        np.testing.assert_array_equal(raw.train.images[5], np.asarray(image.convert("L")))


def test_colours_become_their_luminance(tmp_path: Path) -> None:
    for label in range(2):
        colours = np.zeros((32, 32, 3), np.uint8)
        colours[:, :16] = (200, 100, 50 + label)
        write(tmp_path / str(label) / "0.png", colours)
    assert read_data(tmp_path).train.images[0, 0, 0] == round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)


def test_one_picture_of_another_size_is_scaled_and_said(tmp_path: Path) -> None:
    write_digits(tmp_path, count=8)
    write(tmp_path / "1" / "large.png", np.asarray(Image.fromarray(digit(1)).resize((56, 56))))
    raw = read_data(tmp_path)
    assert raw.train.images.shape == (25, 28, 28)
    assert raw.notes == ("1 picture of another size became 28 x 28 pixels, all that is on them.",)


def test_photographs_are_made_ready_one_by_one(tmp_path: Path) -> None:
    for label in range(3):
        for number in range(3):
            write(tmp_path / str(label) / f"{number}.jpg", _photograph(label, number))
    raw = read_data(tmp_path)
    assert (raw.is_prepared, raw.preprocessing, raw.train.images.shape) == (True, Preprocessing.DIGITS, (9, 28, 28))
    assert np.abs(raw.train.images[4].astype(float) - digit(1, 1)).mean() < 12
    light = read_data(tmp_path, ImportChoices(polarity=Polarity.LIGHT_INK)).train.images
    assert (light != raw.train.images).any()
    whole = read_data(tmp_path, ImportChoices(polarity=Polarity.AS_IS))
    assert (whole.is_prepared, whole.train.images.shape) == (False, (9, 28, 28))
    assert np.median(whole.train.images) > 200


def test_small_pictures_of_many_sizes_have_one_polarity(tmp_path: Path) -> None:
    for label in range(3):
        for number in range(8):
            image = digit(label, number)
            rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
            tight = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            write(tmp_path / str(label) / f"{number}.png", 255 - np.pad(tight, 1 + number % 3))
    raw = read_data(tmp_path)
    assert raw.is_prepared
    for label, image in zip(raw.train.labels, raw.train.images, strict=True):
        assert np.abs(image[0]).max() == 0
        assert 4 < image.mean() < 90, label


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        (".JPG", "JPEG"),
        (".jfif", "JPEG"),
        ("", "PNG"),
        (".pgm", "PPM"),
        (".dat", "BMP"),
        (".jpg", "PNG"),
        (".webp", "WEBP"),
    ],
)
def test_the_content_tells_what_a_picture_is(tmp_path: Path, ending: str, kind: str) -> None:
    for label in range(2):
        for number in range(3):
            write(tmp_path / str(label) / f"{number}{ending}", picture(digit(label, number), kind))
    raw = read_data(tmp_path)
    assert (len(raw.train), raw.left_out_count) == (6, 0)
    assert np.abs(raw.train.images[4].astype(int) - digit(1, 1)).max() <= (0 if kind != "JPEG" else 60)


def test_bad_files_are_left_out_and_named(tmp_path: Path) -> None:
    write_digits(tmp_path, count=8)
    write(tmp_path / "0" / "empty.png", b"")
    write(tmp_path / "0" / "page.jpg", b"<!DOCTYPE html><html>404</html>")
    write(tmp_path / "1" / "damaged.png", picture(digit(1))[:70])
    write(tmp_path / "1" / "blank.png", np.full((28, 28), 255, np.uint8))
    write(tmp_path / "2" / "notes.docx", b"PK\x03\x04...")
    write(tmp_path / "2" / "clip.mp4", b"\x00\x00\x00\x18ftypisom")
    raw = read_data(tmp_path)
    assert len(raw.train) == 24
    assert raw.left_out_count == 6
    said = {one.source: one.why for one in raw.left_out}
    assert set(said) == {
        *("0/empty.png", "0/page.jpg", "1/damaged.png", "1/blank.png"),
        *("2/notes.docx", "2/clip.mp4"),
    }
    assert "empty" in said["0/empty.png"]
    assert "web page" in said["0/page.jpg"]
    assert said["1/blank.png"] == "Nothing was found on it."


def test_if_more_than_half_is_bad_the_reason_is_told(tmp_path: Path) -> None:
    write_digits(tmp_path, count=2)
    for label in range(3):
        for number in range(4):
            write(tmp_path / str(label) / f"x{number}.png", b"<html>Please log in</html>")
    with pytest.raises(InputError, match=r"More than half of the 18 pictures cannot be used\. 0/x0\.png.*web page"):
        read_data(tmp_path)


def test_many_bad_files_are_counted_but_not_all_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.core.datasets.files.listing.MOST_LISTED", 3)
    write_digits(tmp_path, count=4)
    for number in range(5):
        write(tmp_path / "0" / f"x{number}.png", b"")
    raw = read_data(tmp_path)
    assert (len(raw.left_out), raw.left_out_count) == (3, 5)


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of Unix")
def test_links_and_pipes_among_pictures(tmp_path: Path) -> None:
    write_digits(tmp_path)
    os.mkfifo(tmp_path / "0" / "pipe.png")
    (tmp_path / "1" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    (tmp_path / "1" / "zero.png").symlink_to("/dev/zero")
    (tmp_path / "2" / "fine.png").symlink_to(tmp_path / "2" / "0.png")
    raw = read_data(tmp_path)
    assert len(raw.train) == 13
    assert {one.source for one in raw.left_out} == {"0/pipe.png", "1/gone.png", "1/zero.png"}


def test_progress_counts_and_stops(tmp_path: Path) -> None:
    write_digits(tmp_path)
    told = list[tuple[int, int]]()
    read_data(tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told[0][0] == 0  # while the folder is looked through
    assert (0, 12) in told
    assert told[-1][0] >= 11

    def stop(done: int, _total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_data(tmp_path, progress=stop)


def test_pictures_that_would_unpack_to_gigabytes_among_others(tmp_path: Path) -> None:
    write_digits(tmp_path)
    buffer = io.BytesIO()
    Image.new("1", (1, 1)).save(buffer, "PNG")
    data = bytearray(buffer.getvalue())
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    write(tmp_path / "0" / "huge.png", bytes(data))
    raw = read_data(tmp_path)
    assert (len(raw.train), raw.left_out_count) == (12, 1)


def test_pictures_of_0_and_1_as_text(tmp_path: Path) -> None:
    for label in range(3):
        for number in range(4):
            large = np.asarray(Image.fromarray(digit(label, number)).resize((32, 32)))
            rows = ("".join("01"[int(level > 90)] for level in row) for row in large)
            write(tmp_path / "trainingDigits" / f"{label}_{number}.txt", ("\r\n".join(rows) + "\r\n").encode())
    raw = read_data(tmp_path)
    assert raw.class_names == ("0", "1", "2")
    for place, found in enumerate(raw.train.images):
        assert np.corrcoef(found.ravel(), digit(place // 4, place % 4).ravel())[0, 1] > 0.7
    write(tmp_path / "trainingDigits" / "2_0.txt", b"0101010101010101\n" * 9 + b"01\n")
    assert ["damaged" in each.why for each in read_data(tmp_path).left_out] == [True]


def test_further_pages_of_pictures_are_said(tmp_path: Path) -> None:
    for label in range(2):
        for number in range(2):
            pages = [Image.fromarray(digit(label, each)) for each in range(3)]
            pages[0].save(write(tmp_path / str(label) / f"{number}.tif", b""), save_all=True, append_images=pages[1:])
    assert "0.tif has 3 pages: page 1 was opened (3 more files are like it)." in read_data(tmp_path).notes
    for label in range(2):
        (tmp_path / str(label) / "0.tif").unlink()
    with pytest.raises(InputError, match=r"1\.tif has 3 pages.*save each page"):
        read_data(tmp_path)
