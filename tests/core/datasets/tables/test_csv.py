"""CSV as spreadsheets, pandas, R and others write it: the same pictures and labels, however they are written."""

import gzip
import lzma
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from app.core.datasets.choices import ChoiceNeededError, ImportChoices
from app.core.datasets.content import RawData
from app.core.datasets.formats import read_data
from app.core.datasets.tables import text as table_text
from app.core.datasets.tables.csv_format import whole_numbers
from app.core.datasets.tables.reading import read_tables
from app.core.errors import InputError

from .made import DIGITS, LABEL, PIXELS, pixel_columns, table

PLAIN = table([LABEL, *pixel_columns()])
BARE = table([LABEL, *pixel_columns()], titles=False)
LETTERS = [chr(65 + label) for label in DIGITS.labels]
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NUMBERS = list(range(len(DIGITS)))


def read(path: Path, **choices: str) -> RawData:
    raw = read_tables([path], ImportChoices(**choices))  # type: ignore[arg-type]
    assert raw is not None
    return raw


def check_digits(raw: RawData, *, tolerance: int = 0, names: bool = False) -> None:
    np.testing.assert_allclose(raw.train.images.astype(int), DIGITS.images, atol=tolerance)
    np.testing.assert_array_equal(raw.train.labels, DIGITS.labels)
    assert (raw.class_names is not None) is names
    assert raw.left_out_count == 0


@pytest.mark.parametrize("block_bytes", [1000, 1 << 20])
@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", "|"),
        PLAIN.replace(",", " "),
        PLAIN.replace(",", ", "),
        PLAIN.replace("\n", ",\n"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace("\n", "\n\n"),
        PLAIN.replace(",", '","').replace("\n", '"\n"').join('""')[:-1],
        "# made by hand\n" + PLAIN,
        "sep=;\n" + PLAIN.replace(",", ";"),
        BARE,
        BARE.replace(",", "  "),
        BARE.replace(",", ".0,"),
        BARE.replace(",", ";").replace(";", ",0;"),
        PLAIN.removesuffix("\n"),
        PLAIN.replace("label", "Étiquette"),
        PLAIN + PLAIN,
    ],
    ids=[
        "plain",
        "semicolon",
        "tab",
        "bar",
        "space",
        "comma-space",
        "trailing-comma",
        "crlf",
        "cr",
        "blank-lines",
        "quoted",
        "comment",
        "sep=",
        "no-titles",
        "spaces",
        "floats",
        "decimal-commas",
        "no-last-newline",
        "other-title",
        "twice",
    ],
)
def test_ways_to_write_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, block_bytes: int) -> None:
    monkeypatch.setattr(table_text, "BLOCK_BYTES", block_bytes)
    (tmp_path / "a.csv").write_bytes(text.encode())
    raw = read(tmp_path / "a.csv")
    if len(raw.train) > len(DIGITS):  # two tables in one file: the second row of titles is no picture
        np.testing.assert_array_equal(raw.train.images, np.concatenate([DIGITS.images] * 2))
    else:
        check_digits(raw)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
def test_how_characters_are_written(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes(PLAIN.replace("pixel", "größe").encode(encoding))
    check_digits(read(tmp_path / "a.csv"))


@pytest.mark.parametrize("ending", [".csv.gz", ".csv.xz", ".csv.zip", ".tsv", ".txt", ".CSV", ".data"])
def test_what_a_table_is_packed_in(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    if ending.endswith(".zip"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", PLAIN)
            archive.writestr("__MACOSX/._a.csv", "rubbish")
    else:
        packings: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".xz": lzma.compress}
        pack = packings.get(path.suffix, bytes)
        path.write_bytes(pack(PLAIN.encode()))
    check_digits(read(path))


INDEX: tuple[str, Sequence[object]] = ("", list(NUMBERS))
LAST = ("class", DIGITS.labels.tolist())


@pytest.mark.parametrize(
    ("columns", "titles"),
    [
        ([INDEX, LABEL, *pixel_columns()], True),
        ([("Unnamed: 0", NUMBERS[::-1]), LABEL, *pixel_columns()], True),
        ([*pixel_columns(), LAST], True),
        ([*pixel_columns(), LAST], False),
        ([INDEX, *pixel_columns(), LAST], False),
        ([*pixel_columns()[:300], LAST, *pixel_columns()[300:]], True),
        ([*pixel_columns()[:398], LAST, *pixel_columns()[398:]], False),
        ([("Digit Label", LABEL[1]), *pixel_columns(title="{}")], True),
        ([(str(number), column) for number, (_, column) in enumerate([LABEL, *pixel_columns()])], True),
        ([(f"V{number}", column) for number, (_, column) in enumerate([*pixel_columns(), LABEL])], True),
        ([("id", [number * 7 for number in NUMBERS]), LABEL, *pixel_columns(title="px_{}")], True),
        ([("filename", [f"img_{number}.png" for number in NUMBERS]), *pixel_columns(), ("y", LABEL[1])], True),
        ([LABEL, ("", [""] * 60), *pixel_columns()], True),
        ([("target", [f"{label}.0" for label in DIGITS.labels]), *pixel_columns()], True),
    ],
)
def test_columns_are_told_by_titles_and_by_what_they_hold(
    tmp_path: Path, columns: list[tuple[str, Sequence[object]]], titles: bool
) -> None:
    (tmp_path / "a.csv").write_text(table(columns, titles=titles))
    check_digits(read(tmp_path / "a.csv"))


def test_the_label_of_a_table_sorted_by_class_is_found_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_text, "BLOCK_BYTES", 20_000)
    order = np.argsort(DIGITS.labels, kind="stable")
    columns = [*pixel_columns(np.tile(PIXELS[order], (20, 1))), ("", np.repeat(DIGITS.labels[order], 1).tolist() * 20)]
    (tmp_path / "a.csv").write_text(table(columns, titles=False))
    np.testing.assert_array_equal(read(tmp_path / "a.csv").train.labels, np.tile(DIGITS.labels[order], 20))


@pytest.mark.parametrize("place", [0, 784])
@pytest.mark.parametrize("titles", [True, False])
def test_letters_and_words_are_labels(tmp_path: Path, place: int, titles: bool) -> None:
    columns = pixel_columns()
    columns.insert(place, ("what", list(LETTERS)))
    (tmp_path / "a.csv").write_text(table(columns, titles=titles))
    raw = read(tmp_path / "a.csv")
    check_digits(raw, names=True)
    assert raw.class_names == tuple("ABCDEFGHIJ")


def test_labels_in_other_scripts_are_written_one_way(tmp_path: Path) -> None:
    names = ["e\u0301" if label else "\u00e9" for label in DIGITS.labels % 2]  # twice é
    labels = ["Ä" if label == 1 else name for name, label in zip(names, DIGITS.labels, strict=True)]
    (tmp_path / "a.csv").write_text(table([("label", labels), *pixel_columns()]))
    assert read(tmp_path / "a.csv").class_names == ("Ä", "é")


@pytest.mark.parametrize(
    ("values", "tolerance"),
    [
        (PIXELS / 255, 0),
        (np.round(PIXELS / 255, 3), 1),
        (PIXELS / 127.5 - 1, 0),
        (PIXELS / 255 - 0.5, 0),
        ((PIXELS / 255 - 0.1307) / 0.3081, 1),
        (PIXELS.astype(float), 0),
        (PIXELS.astype(int) - 128, 0),
        (PIXELS.astype(np.int8), 0),
        (PIXELS.astype(int) * 257, 0),
    ],
    ids=range(9),
)
def test_what_pixels_are_counted_in(tmp_path: Path, values: np.ndarray, tolerance: int) -> None:
    (tmp_path / "a.csv").write_text(table([LABEL, *pixel_columns(values)]))
    check_digits(read(tmp_path / "a.csv"), tolerance=tolerance)


def test_decimal_commas(tmp_path: Path) -> None:
    text = table([LABEL, *pixel_columns(np.round(PIXELS / 255, 4))], ";").replace(".", ",")
    (tmp_path / "a.csv").write_text(text)
    check_digits(read(tmp_path / "a.csv"), tolerance=1)


def test_binary_pictures_of_another_size_with_a_column_for_each_class(tmp_path: Path) -> None:
    """Semeion: 256 pixels of 0 and 1, ten columns of which one is 1, spaces between and at the end."""
    small = (DIGITS.images[:, 6:22, 6:22].reshape(-1, 256) > 100).astype(float)
    rows = [" ".join([*(f"{value:.4f}" for value in row), *map(str, np.eye(10, dtype=int)[label]), ""])
            for row, label in zip(small, DIGITS.labels, strict=True)]  # fmt: skip
    (tmp_path / "semeion.data").write_text("\n".join(rows) + "\n")
    raw = read(tmp_path / "semeion.data")
    np.testing.assert_array_equal(raw.train.images.reshape(-1, 256), small * 255)
    np.testing.assert_array_equal(raw.train.labels, DIGITS.labels)


def test_columns_for_each_class_have_names(tmp_path: Path) -> None:
    one_hot = [(f"is_{name}", (DIGITS.labels == number).astype(int).tolist())
               for number, name in enumerate(WORDS)]  # fmt: skip
    (tmp_path / "a.csv").write_text(table([*pixel_columns(), *one_hot]))
    raw = read(tmp_path / "a.csv")
    assert raw.class_names is not None
    assert [raw.class_names[label] for label in raw.train.labels[:3]] == ["zero", "one", "two"]


def test_small_digits_of_sixteen_levels(tmp_path: Path) -> None:
    levels = DIGITS.images[:, 6:22, 6:22].reshape(-1, 8, 2, 8, 2).mean(axis=(2, 4)).reshape(-1, 64) / 255
    levels = np.rint(levels / levels.max() * 16).astype(int)
    (tmp_path / "optdigits.tra").write_text(table([*pixel_columns(levels), LABEL], titles=False))
    raw = read(tmp_path / "optdigits.tra")
    assert raw.train.images.shape == (60, 8, 8)
    np.testing.assert_array_equal(raw.train.images.reshape(60, -1), np.rint(levels * 255 / 16))
    assert raw.notes == ("The pixels go from 0 to 16; they were made 0 to 255.",)


@pytest.mark.parametrize("planes", [True, False])
def test_colour_is_made_grey(tmp_path: Path, planes: bool) -> None:
    grey = DIGITS.images[:, :, :, None].astype(int)
    colour = np.concatenate([grey, grey // 2, grey // 4], axis=3)
    pixels = (colour.transpose(0, 3, 1, 2) if planes else colour).reshape(len(DIGITS), -1)
    (tmp_path / "a.csv").write_text(table([*pixel_columns(pixels, "pixel{:04}"), LABEL]))
    raw = read(tmp_path / "a.csv")
    expected = colour[..., 0] * 0.299 + colour[..., 1] * 0.587 + colour[..., 2] * 0.114
    assert np.abs(raw.train.images - expected).max() <= 0.51
    assert raw.notes == ("The pictures were in colour; they were made grey.",)


def test_pixels_in_one_column_and_parts_by_a_word(tmp_path: Path) -> None:
    """FER2013: emotion, pixels with spaces between, Usage."""
    usage = ["Training"] * 40 + ["PublicTest"] * 10 + ["PrivateTest"] * 10
    packed = [" ".join(map(str, row)) for row in PIXELS]
    for text in (
        table([("emotion", LABEL[1]), ("pixels", packed), ("Usage", usage)]),
        table([("emotion", LABEL[1]), ("pixels", [f'"{cell}"' for cell in packed]), ("Usage", usage)]),
        table([("pixels", [f'"[{cell.replace(" ", ", ")}]"' for cell in packed]), ("usage", usage), LABEL]),
    ):
        (tmp_path / "fer.csv").write_text(text)
        raw = read(tmp_path / "fer.csv")
        assert raw.test is not None
        assert raw.validation is not None
        for part, place in ((raw.train, slice(40)), (raw.validation, slice(40, 50)), (raw.test, slice(50, 60))):
            np.testing.assert_array_equal(part.images, DIGITS.images[place])
            np.testing.assert_array_equal(part.labels, DIGITS.labels[place])


def test_parts_share_their_classes(tmp_path: Path) -> None:
    parts = {"train": slice(40), "val": slice(40, 50), "test": slice(52, 60)}
    for part, place in parts.items():
        columns: list[tuple[str, Sequence[object]]] = [("label", LETTERS[place]), *pixel_columns(PIXELS[place])]
        (tmp_path / f"letters_{part}.csv").write_text(table(columns))
    raw = read_tables(sorted(tmp_path.iterdir()))
    assert raw is not None
    assert raw.class_names == tuple("ABCDEFGHIJ")
    for found, place in zip((raw.train, raw.validation, raw.test), parts.values(), strict=True):
        assert found is not None
        np.testing.assert_array_equal(found.labels, DIGITS.labels[place])


def test_labels_in_a_file_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "csvTrainImages 60x784.csv").write_text(table(pixel_columns(), titles=False))
    (tmp_path / "csvTrainLabel 60x1.csv").write_text("\n".join(map(str, DIGITS.labels)))
    raw = read_tables(sorted(tmp_path.iterdir()))
    assert raw is not None
    check_digits(raw)
    (tmp_path / "csvTrainLabel 60x1.csv").write_text("\n".join(map(str, DIGITS.labels[1:])))
    with pytest.raises(InputError, match=r"60 pictures|do not fit"):
        read_tables(sorted(tmp_path.iterdir()))


def test_a_label_that_cannot_be_told_is_asked_for(tmp_path: Path) -> None:
    twice = [("a", LABEL[1]), *pixel_columns(), ("b", LABEL[1][::-1])]
    (tmp_path / "a.csv").write_text(table([twice[0], *twice[2:]]))
    with pytest.raises(ChoiceNeededError, match="which column of a.csv holds the labels") as asked:  # noqa: RUF043
        read(tmp_path / "a.csv")
    assert asked.value.field == "label_column"
    assert asked.value.options[:2] == ("a", "b")
    for answer in ("a", "A", "1"):
        np.testing.assert_array_equal(read(tmp_path / "a.csv", label_column=answer).train.labels, DIGITS.labels)
    np.testing.assert_array_equal(read(tmp_path / "a.csv", label_column="b").train.labels, DIGITS.labels[::-1])
    with pytest.raises(InputError, match="no column 'c'"):
        read(tmp_path / "a.csv", label_column="c")


def test_a_table_without_labels_is_for_reading_only(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text(table(pixel_columns()))
    with pytest.raises(InputError, match="has no labels; it can be read with a model"):
        read(tmp_path / "test.csv")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS"),
        (b"PAR1abcd", "Parquet"),
        (bytes(range(1, 256)) * 40 + bytes(40), "bytes that are no text"),
        (b"PK\x03\x04nonsense", "damaged"),
        (b"\xfd7zXZ\x00nonsense", "damaged"),
        (b"7" * (9 << 20), "a line is longer"),
        (gzip.compress(bytes(1 << 20), mtime=0), "bytes that are no text"),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(InputError, match=said):
        read(tmp_path / "a.csv")


def test_too_many_labels(tmp_path: Path) -> None:
    columns: list[tuple[str, Sequence[object]]] = [
        ("label", [f"word {number}" for number in range(120)]),
        *pixel_columns(np.tile(PIXELS, (2, 1))),
    ]
    (tmp_path / "a.csv").write_text(table(columns))
    with pytest.raises(InputError, match="different labels"):
        read(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (b"1,2\n3,40\n", [[1, 2], [3, 40]]),
        (b"123456789\n", [[123456789]]),
        (b"1,2\n3\n", None),
        (b"1,2\n3,\n", None),
        (b"1,-2\n", None),
        (b"1,2.5\n", None),
        (b"1234567890\n", None),
        (b"1,2\n\n", None),
        (b"1\n2,3\n4\n", None),
    ],
)
def test_whole_numbers_all_at_once(text: bytes, rows: list[list[int]] | None) -> None:
    found = whole_numbers(text, b",")
    assert (None if found is None else found.tolist()) == rows


@pytest.mark.parametrize(
    ("encoding", "words", "said"),
    [
        ("cp949", "영 일 이 삼 사 오 육 칠 팔 구", "Korean"),
        ("cp932", "零 いち に さん よん ご ろく なな はち きゅう", "Japanese"),
        ("gb18030", "零 一 二 三 四 五 六 七 八 九", "Chinese"),
        ("cp1251", "ноль один два три четыре пять шесть семь восемь девять", "Cyrillic"),
        ("cp1252", "null eins zwei drei vier fünf sechs größer Kälte neun", "Western"),
        ("cp1252", "zéro un deux trois quatre cinq six sept huit été", "Western"),
    ],
)
def test_labels_in_the_encodings_of_old_spreadsheets(encoding: str, words: str, said: str, tmp_path: Path) -> None:
    names = words.split()
    text = table([("label", [names[label] for label in DIGITS.labels]), *pixel_columns()])
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    raw = read(tmp_path / "a.csv")
    assert raw.class_names is not None
    assert [raw.class_names[label] for label in raw.train.labels] == [names[label] for label in DIGITS.labels]
    assert any(f"read as {said}" in note for note in raw.notes)


@pytest.mark.parametrize("words", [("TRUE", "FALSE"), ("True", "False"), ("true", "false")])
def test_one_hot_labels_in_words(words: tuple[str, str], tmp_path: Path) -> None:
    hot = [(f"class_{digit}", [words[int(label != digit)] for label in DIGITS.labels]) for digit in range(10)]
    (tmp_path / "a.csv").write_text(table([*hot, *pixel_columns()]))
    check_digits(read(tmp_path / "a.csv"))
    (tmp_path / "b.csv").write_text(table([*pixel_columns(), *hot], ";"))
    check_digits(read(tmp_path / "b.csv"))


def test_pixels_that_are_true_or_false(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(table([LABEL, *pixel_columns(np.where(PIXELS > 127, "True", "False"))]))
    raw = read(tmp_path / "a.csv")
    np.testing.assert_array_equal(raw.train.images, np.where(DIGITS.images > 127, 255, 0))


@pytest.mark.parametrize("block_bytes", [5_000, 1 << 20])
def test_cells_in_quotes_may_go_over_lines(block_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_text, "BLOCK_BYTES", block_bytes)
    notes = ['"written by\nAnna, 2""\nlong"' if number % 3 else f'{number}" wide' for number in NUMBERS]
    text = table([("note", notes), LABEL, *pixel_columns(title='"pixel\n{}"')])
    (tmp_path / "a.csv").write_text(text)
    check_digits(read(tmp_path / "a.csv"))
    damaged = text.rstrip("\n").rpartition(",")[0] + "\n"  # the last row lacks a cell
    (tmp_path / "a.csv").write_text(damaged)
    assert [each.source for each in read(tmp_path / "a.csv").left_out] == [
        f"a.csv, line {damaged.count(chr(10)) - 2 * bool(NUMBERS[-1] % 3)}"
    ]


@pytest.mark.parametrize("title", ["pixel{}", "{}", "p_{}"])
def test_columns_in_another_order_are_put_in_order_by_their_titles(title: str, tmp_path: Path) -> None:
    columns = pixel_columns(title=title)
    for order in (
        sorted(columns, key=lambda column: column[0]),
        [columns[at] for at in np.random.default_rng(0).permutation(784)],
    ):
        (tmp_path / "a.csv").write_text(table([LABEL, *order]))
        check_digits(read(tmp_path / "a.csv"))
    squares = [(f"{at // 28 + 1}x{at % 28 + 1}", values) for at, (_, values) in enumerate(columns)]
    (tmp_path / "a.csv").write_text(table([LABEL, *sorted(squares)]))
    check_digits(read(tmp_path / "a.csv"))


def test_pictures_in_one_cell_as_python_writes_lists(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [(label, repr(image.tolist())) for label, image in zip(DIGITS.labels, DIGITS.images, strict=True)]
    path.write_text("label,image\n" + "".join(f'{label},"{image}"\n' for label, image in rows))
    check_digits(read(path))
    with np.printoptions(threshold=100_000):
        rows = [(label, str(image / 255)) for label, image in zip(DIGITS.labels, DIGITS.images, strict=True)]
    path.write_text("label,image\n" + "".join(f'{label},"{image}"\n' for label, image in rows))
    check_digits(read(path))
    path.write_text('label,image\n1,"[[0 0 ... 0 0]\n [0 3 ... 4 0]]"\n2,"[[0 0 ... 0 0]\n [0 3 ... 4 0]]"\n')
    with pytest.raises(InputError, match="shortened"):
        read(path)


def test_a_label_that_is_the_one_column_beside_the_pixels(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(table([("is_seven", (DIGITS.labels == 7).tolist()), *pixel_columns()]))
    assert np.bincount(read(path).train.labels).tolist() == [54, 6]
    order = np.argsort(DIGITS.labels, kind="stable")
    few = table([("etiqueta", [0] * 300), *pixel_columns(np.tile(PIXELS[:3], (100, 1)))])
    path.write_text(few + table([("", DIGITS.labels[order].tolist()), *pixel_columns(PIXELS[order])], titles=False))
    assert np.bincount(read(path).train.labels).tolist() == [306] + [6] * 9


@pytest.mark.parametrize("nothing", ["NA", "N/A", "NaN"])
def test_words_for_no_label(tmp_path: Path, nothing: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(table([("label", [nothing, *WORDS * 5, *WORDS[:9]]), *pixel_columns()]))
    raw = read(path)
    assert raw.class_names is not None
    assert len(raw.class_names) == 10
    assert [each.why for each in raw.left_out] == ["It has no label."]


@pytest.mark.parametrize("title", ["id", "ImageId", ""])
def test_labels_of_another_file_belong_to_the_rows_that_they_name(tmp_path: Path, title: str) -> None:
    order = np.random.default_rng(1).permutation(len(DIGITS))
    ids = [f"{number + 1}" for number in NUMBERS]
    (tmp_path / "train.csv").write_text(table([(title, ids), *pixel_columns()]))
    shuffled = [(title, [ids[place] for place in order]), ("digit", DIGITS.labels[order].tolist())]
    (tmp_path / "train_labels.csv").write_text(table(shuffled))
    check_digits(read_data(tmp_path))
    (tmp_path / "train_labels.csv").write_text(table([(title, [*ids[:59], "x"]), ("digit", NUMBERS)]))
    with pytest.raises(InputError, match="do not name the same rows"):
        read_data(tmp_path)


def test_labels_in_another_order_than_an_array(tmp_path: Path) -> None:
    order = np.random.default_rng(1).permutation(len(DIGITS))
    np.save(tmp_path / "images.npy", DIGITS.images)
    (tmp_path / "labels.csv").write_text(table([("id", order.tolist()), ("label", DIGITS.labels[order].tolist())]))
    check_digits(read_data(tmp_path))
    (tmp_path / "labels.csv").write_text(table([("", order.tolist()), ("label", DIGITS.labels.tolist())]))
    check_digits(read_data(tmp_path))  # rows that pandas has shuffled keep their old numbers
