"""Pictures beside a list of their labels."""

import json
from pathlib import Path

import pytest

from app.core.datasets.choices import ChoiceNeededError, ImportChoices
from app.core.datasets.formats import read_data
from app.core.errors import InputError

from .making import digit, write, write_digits

LABELS = (0, 1, 2)
FILES = [(f"img_{label}{number}", label) for number in range(4) for label in LABELS]


def _pictures(folder: Path, ending: str = ".png") -> None:
    for name, label in FILES:
        write(folder / f"{name}{ending}", digit(label, int(name[-1])))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("labels.csv", "file,label\n" + "".join(f"{name}.png,{label}\n" for name, label in FILES)),
        ("labels.csv", "".join(f"{name}.png,{label}\n" for name, label in FILES)),
        ("train.csv", "\ufeffid;class\r\n" + "".join(f"{name};{label}\r\n" for name, label in FILES)),
        ("list.tsv", "label\timage\n" + "".join(f"{label}\timages/{name}.png\n" for name, label in FILES)),
        ("labels.txt", "".join(f"images/{name}.png {label}\n" for name, label in FILES)),
        ("anything.txt", "".join(f"./images/{name}.PNG, {label}\n" for name, label in FILES)),
        ("index.csv", ",path,label\n" + "".join(f"{i},images\\{n}.png,{x}\n" for i, (n, x) in enumerate(FILES))),
        ("labels.json", json.dumps({f"{name}.png": label for name, label in FILES})),
        ("labels.json", json.dumps([{"file_name": f"{name}.png", "label": label} for name, label in FILES])),
        ("labels.json", json.dumps({str(x): [f"{n}.png" for n, y in FILES if x == y] for x in LABELS})),
        ("dataset.json", json.dumps({"labels": [[f"images/{name}.png", label] for name, label in FILES]})),
        (
            "annotations.json",
            json.dumps(
                {"info": {"year": 1}, "images": [{"path": f"{n}.png", "category": x, "w": 28} for n, x in FILES]}
            ),
        ),
        (
            "_classes.csv",
            "filename, 0, 1, 2\n"
            + "".join(f"{n}.png, {int(x == 0)}, {int(x == 1)}, {int(x == 2)}\n" for n, x in FILES),
        ),
        (
            "instances.json",
            json.dumps(
                {
                    "images": [{"id": i + 7, "file_name": f"{n}.png"} for i, (n, _) in enumerate(FILES)],
                    "annotations": [
                        {"id": i, "image_id": i + 7, "category_id": x + 1} for i, (_, x) in enumerate(FILES)
                    ],
                    "categories": [{"id": x + 1, "name": str(x)} for x in LABELS],
                }
            ),
        ),
        (
            "project-1.json",
            json.dumps(
                [
                    {
                        "id": i,
                        "annotations": [{"id": i, "result": [{"value": {"choices": [str(x)]}, "type": "choices"}]}],
                        "data": {"image": f"/data/upload/1/{n}.png"},
                    }
                    for i, (n, x) in enumerate(FILES)
                ]
            ),
        ),
        (
            "_annotations.createml.json",
            json.dumps(
                [{"image": f"{n}.png", "annotations": [{"label": str(x), "coordinates": {"x": 1}}]} for n, x in FILES]
            ),
        ),
        (
            "via.json",
            json.dumps({f"{n}.png9": {"filename": f"{n}.png", "file_attributes": {"digit": str(x)}} for n, x in FILES}),
        ),
        ("labels.json", json.dumps({"classes": ["0", "1", "2"], "labels": dict(FILES)})),
        (
            "output.manifest",
            "".join(
                json.dumps({"source-ref": f"s3://a/{n}.png", "digits": x, "digits-metadata": {"class-name": str(x)}})
                + "\n"
                for n, x in FILES
            ),
        ),
        (
            "export.ndjson",
            "".join(
                json.dumps(
                    {
                        "data_row": {"external_id": f"{n}.png"},
                        "labels": [{"classifications": [{"name": "digit", "answer": {"name": str(x)}}]}],
                    }
                )
                + "\n"
                for n, x in FILES
            ),
        ),
        ("via.csv", "filename,file_attributes\n" + "".join(f'{n}.png,"{{""digit"":""{x}""}}"\n' for n, x in FILES)),
        (
            "annotations.xml",
            "<annotations><image/>"
            + "".join(f'<image id="1" name="{n}.png"><tag label="{x}"></tag></image>' for n, x in FILES)
            + "</annotations>",
        ),
        ("labels.jsonl", "".join(json.dumps({"image": f"{n}.png", "y": str(x)}) + "\n" for n, x in FILES)),
    ],
)
@pytest.mark.parametrize("place", ["images", "."])
def test_lists_of_many_kinds(tmp_path: Path, name: str, text: str, place: str) -> None:
    _pictures(tmp_path / place)
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    raw = read_data(tmp_path)
    assert raw.class_names == ("0", "1", "2")
    assert raw.train.labels.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert [image.tolist() for image in raw.train.images[4:6]] == [digit(1, 0).tolist(), digit(1, 1).tolist()]
    assert raw.left_out_count == 0
    assert name in raw.notes[0]


def test_names_of_thousands_of_digits_are_names_of_no_picture(tmp_path: Path) -> None:
    _pictures(tmp_path / "images")
    lines = [f"{name}.png,{label}\n" for name, label in [*FILES, ("9" * 5_000, 2)]]
    (tmp_path / "labels.csv").write_text("file,label\n" + "".join(lines))
    assert read_data(tmp_path).train.labels.tolist() == [0] * 4 + [1] * 4 + [2] * 4


def test_parts_in_a_column(tmp_path: Path) -> None:
    _pictures(tmp_path / "images")
    parts = ("train", "train", "val", "test")
    lines = [f"{name},{parts[int(name[-1])]},{label},{0.1 * label}\n" for name, label in FILES]
    (tmp_path / "labels.csv").write_text("image,split,digit,score\n" + "".join(lines))
    raw = read_data(tmp_path)
    assert raw.validation is not None
    assert raw.test is not None
    assert (len(raw.train), len(raw.validation), len(raw.test)) == (6, 3, 3)


def test_a_list_for_each_part(tmp_path: Path) -> None:
    for part in ("train", "test"):
        _pictures(tmp_path / part)  # the same names in both
        lines = [f"{name}.png,{label if part == 'train' else 2 - label}\n" for name, label in FILES]
        (tmp_path / f"{part}_labels.csv").write_text("filename,label\n" + "".join(lines))
    raw = read_data(tmp_path)
    assert raw.test is not None
    assert (len(raw.train), len(raw.test), raw.left_out_count) == (12, 12, 0)
    assert raw.test.images[0].tolist() == digit(2, 0).tolist()


def test_a_list_in_the_folder_of_each_part(tmp_path: Path) -> None:
    for part in ("train", "valid"):
        _pictures(tmp_path / part)
        lines = [f"{name}.png,{label}\n" for name, label in FILES]
        (tmp_path / part / "_labels.csv").write_text("filename,label\n" + "".join(lines))
    raw = read_data(tmp_path)
    assert raw.validation is not None
    assert (len(raw.train), len(raw.validation), raw.left_out_count) == (12, 12, 0)


def test_what_list_and_folder_do_not_share_is_told(tmp_path: Path) -> None:
    _pictures(tmp_path)
    write(tmp_path / "extra.png", digit(1))
    (tmp_path / "README.md").write_text("About")
    lines = [f"{name}.png,{label}\n" for name, label in FILES]
    lines += ["gone.png,1\n", "img_00.png,2\n", "img_03.png,\n"]
    (tmp_path / "labels.csv").write_text("file,label\n" + "".join(lines))
    raw = read_data(tmp_path)
    assert len(raw.train) == 12
    assert {one.source: one.why for one in raw.left_out} == {
        "labels.csv, gone.png": "There is no such picture.",
        "labels.csv, img_00.png": "It has two labels; 0 is kept.",
        "labels.csv, img_03.png": "It has no label.",
        "extra.png": "labels.csv does not say what it is.",
        "README.md": "It is no picture.",
    }


def test_which_column_is_asked_only_where_nothing_tells(tmp_path: Path) -> None:
    _pictures(tmp_path)
    lines = [f"{name}.png,{label},{'ab'[label % 2]}\n" for name, label in FILES]
    (tmp_path / "list.csv").write_text("file,first,second\n" + "".join(lines))
    with pytest.raises(ChoiceNeededError, match=r"Which column of list\.csv holds the labels") as needed:
        read_data(tmp_path)
    assert (needed.value.field, needed.value.options) == ("label_column", ("first", "second"))
    assert read_data(tmp_path, ImportChoices(label_column="second")).class_names == ("a", "b")
    assert read_data(tmp_path, ImportChoices(label_column="2")).class_names == ("0", "1", "2")
    with pytest.raises(InputError, match="has no column third"):
        read_data(tmp_path, ImportChoices(label_column="third"))
    (tmp_path / "list.csv").write_text("file,first,label\n" + "".join(lines))
    assert read_data(tmp_path).class_names == ("a", "b")


def test_folders_that_are_no_classes_give_way_to_a_list(tmp_path: Path) -> None:
    for name, label in FILES:
        write(tmp_path / f"images_part_{int(name[-1]) % 2}" / f"{name}.png", digit(label, int(name[-1])))
    (tmp_path / "metadata.csv").write_text("image_id,label\n" + "".join(f"{name},{label}\n" for name, label in FILES))
    assert read_data(tmp_path).class_names == ("0", "1", "2")


def test_a_list_without_labels_changes_nothing(tmp_path: Path) -> None:
    write_digits(tmp_path, "{label}/{label}_{number}.png")
    lines = [f"{label}_{number}.png,28,28\n" for label in range(3) for number in range(4)]
    (tmp_path / "sizes.csv").write_text("file,width,height\n" + "".join(lines))
    raw = read_data(tmp_path)
    assert raw.class_names == ("0", "1", "2")
    assert [one.source for one in raw.left_out] == ["sizes.csv"]


def test_a_list_of_one_line_tells_nothing_of_its_columns(tmp_path: Path) -> None:
    _pictures(tmp_path)
    (tmp_path / "labels.csv").write_text("file,label\n")
    with pytest.raises(InputError, match="nothing says which class"):
        read_data(tmp_path)
