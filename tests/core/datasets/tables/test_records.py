"""JSON and sparse ARFF: records of any of the forms that people write, read as the rows that they stand for."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.datasets.formats import read_data
from app.core.datasets.tables import text as table_text
from app.core.errors import InputError

from .made import DIGITS, PIXELS

IMAGES, LABELS, ROWS = DIGITS.images.tolist(), DIGITS.labels.tolist(), PIXELS.tolist()
RECORDS = [{"label": label, "pixels": row} for label, row in zip(LABELS, ROWS, strict=True)]
SINGLE = [
    {"label": label} | {f"p{n}": value for n, value in enumerate(row)} for label, row in zip(LABELS, ROWS, strict=True)
]
FORMS: dict[str, Callable[[], Any]] = {
    "records": lambda: RECORDS,
    "records of single pixels": lambda: SINGLE,
    "pictures in rows": lambda: [{"id": n, "image": i, "label": LABELS[n]} for n, i in enumerate(IMAGES)],
    "rows": lambda: [[label, *row] for label, row in zip(LABELS, ROWS, strict=True)],
    "pairs": lambda: list(zip(ROWS, LABELS, strict=True)),
    "shares, and a label as one-hot": lambda: [
        {"input": (row / 255).tolist(), "output": np.eye(10, dtype=int)[label].tolist()}
        for row, label in zip(PIXELS, LABELS, strict=True)
    ],
    "two lists": lambda: {"images": IMAGES, "labels": LABELS},
    "columns, as pandas writes them": lambda: {
        title: {str(number): record[title] for number, record in enumerate(SINGLE)} for title in SINGLE[0]
    },
    "pixels in a text": lambda: [
        {"label": label, "pixels": " ".join(map(str, row))} for row, label in zip(PIXELS.tolist(), LABELS, strict=True)
    ],
    "rows by their index, as pandas writes them": lambda: {
        str(number): record for number, record in enumerate(SINGLE)
    },
    "split, as pandas writes it": lambda: {
        "columns": list(SINGLE[0]), "index": list(range(60)), "data": [list(record.values()) for record in SINGLE],
    },
}  # fmt: skip


def check(path: Path) -> None:
    found = read_data(path).train
    assert np.array_equal(found.images, DIGITS.images)
    assert found.labels.tolist() == LABELS


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_json(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_text, "BLOCK_BYTES", 20_000)
    (tmp_path / "digits.json").write_text(json.dumps(FORMS[form](), indent=None if form == "rows" else 1))
    check(tmp_path / "digits.json")
    check(tmp_path)


def test_json_lines_packed(tmp_path: Path) -> None:
    content = "\n".join(map(json.dumps, RECORDS))
    (tmp_path / "digits.jsonl.gz").write_bytes(gzip.compress(content.encode()))
    check(tmp_path / "digits.jsonl.gz")
    (tmp_path / "digits.ndjson").write_text(content, encoding="utf-16")
    check(tmp_path / "digits.ndjson")


@pytest.mark.parametrize(
    "whole",
    [
        {"train": RECORDS[:40], "test": RECORDS[40:]},
        {"train": {"x": IMAGES[:40], "y": LABELS[:40]}, "test": {"x": IMAGES[40:], "y": LABELS[40:]}},
        {"x_train": IMAGES[:40], "y_train": LABELS[:40], "x_test": IMAGES[40:], "y_test": LABELS[40:]},
    ],
)
def test_parts(whole: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "digits.json").write_text(json.dumps(whole))
    found = read_data(tmp_path / "digits.json")
    assert found.test is not None
    assert (len(found.train), len(found.test)) == (40, 20)
    assert np.array_equal(found.test.images, DIGITS.images[40:])
    assert found.test.labels.tolist() == LABELS[40:]


def test_a_class_a_list_and_a_class_a_file(tmp_path: Path) -> None:
    order = np.argsort(DIGITS.labels, kind="stable")
    one_list = tmp_path / "digits.json"
    one_list.write_text(json.dumps({str(digit): DIGITS.images[DIGITS.labels == digit].tolist() for digit in range(10)}))
    (tmp_path / "files").mkdir()
    for digit in range(10):
        pixels = (PIXELS[DIGITS.labels == digit].ravel() / 255).tolist()
        (tmp_path / "files" / f"{digit}.json").write_text(json.dumps({"data": pixels}))
    for place in (one_list, tmp_path / "files"):
        found = read_data(place).train
        assert np.array_equal(found.images, DIGITS.images[order])
        assert found.labels.tolist() == sorted(LABELS)


def test_labels_beside_arrays(tmp_path: Path) -> None:
    np.save(tmp_path / "x_train.npy", DIGITS.images)
    (tmp_path / "y_train.json").write_text(json.dumps(LABELS))
    check(tmp_path)


def test_damaged_records_are_told_by_their_number(tmp_path: Path) -> None:
    lines = list(map(json.dumps, RECORDS))
    lines[5], lines[9], lines[11] = '{"label": 3, "pixels": [1, 2]}', '{"label": null, "pixels": []}', '{"other": 1}'
    (tmp_path / "digits.jsonl").write_text("\n".join(lines))
    found = read_data(tmp_path / "digits.jsonl")
    assert len(found.train) == 57
    reasons = {each.source: each.why for each in found.left_out}
    assert reasons.keys() == {f"digits.jsonl, record {number}" for number in (6, 10, 12)}
    assert reasons["digits.jsonl, record 6"] == "It has 2 pixels, not 784."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (json.dumps(RECORDS)[:20_000], "damaged"),
        ('{"word": "cat", "drawing": [[[0, 9], [1, 5]]]}\n' * 3, "strokes"),
        ("[" * 100_000, "too deep"),
        ('{"a": 1, "b": [1, 2]}', "no lists of pixels"),
        ("[]", "0 pictures"),
        ('[{"name": "a.png"}]', "no lists of pixels"),
        ('["' + "x" * (9 << 20) + '"]', "longer than 4 MB"),
        ("<html>", "web page"),
        ("[1, 2", "in the middle"),
    ],
)
def test_what_is_refused(content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "digits.json").write_text(content)
    with pytest.raises(InputError, match=said):
        read_data(tmp_path / "digits.json")


@pytest.mark.parametrize("separator", [", ", ","])
def test_sparse_arff(separator: str, tmp_path: Path) -> None:
    head = "".join(f"@attribute pixel{number} numeric\n" for number in range(784))
    rows = [
        separator.join(
            [*(f"{n} {value}" for n, value in enumerate(row) if value), *([f"784 '{label}'"] if label else [])]
        )
        for label, row in zip(LABELS, ROWS, strict=True)
    ]
    rows[3] += f"{separator}x y"
    lines = [f"@relation digits\n{head}@attribute class {{'0',{','.join(map(repr, map(str, range(1, 10))))}}}\n@data"]
    (tmp_path / "digits.arff").write_text("\n".join([*lines, *(f"{{{row}}}" for row in rows)]))
    found = read_data(tmp_path / "digits.arff")
    assert np.array_equal(found.train.images, np.delete(DIGITS.images, 3, axis=0))
    assert found.train.labels.tolist() == [label for number, label in enumerate(LABELS) if number != 3]
    assert [each.source for each in found.left_out] == [f"digits.arff, line {784 + 3 + 4}"]
