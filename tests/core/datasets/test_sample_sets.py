"""Sets of samples: which there are, their names, and that they are data like any other."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from app.core.datasets.registry import DATASETS, DIGIT_CLASSES
from app.core.datasets.samples.sets import (
    create_sample_set,
    delete_sample_set,
    find_sample_sets,
    rename_sample_set,
    restore_sample_set,
    sample_set,
    sample_set_names,
    sample_sets,
)
from app.core.datasets.samples.store import SampleStore
from app.core.datasets.sources import available, load_dataset, own_names
from app.core.datasets.types import Variant
from app.core.errors import InputError, StudioError
from app.core.imaging.preprocess import Preprocessing

from .sample_hand import drawing, filled_store, make_store


def test_a_new_set_has_the_ten_digits() -> None:
    made = create_sample_set("My digits")
    assert (made.name, made.title, made.class_names) == ("my-digits", "My digits", DIGIT_CLASSES)
    assert made.preprocessing is Preprocessing.DIGITS
    assert made.total == 0
    assert sample_sets() == (made,)


def test_clothes_are_prepared_like_clothes() -> None:
    made = create_sample_set("Wardrobe", DATASETS["fashion-mnist"].class_names)
    assert made.preprocessing is Preprocessing.CLOTHES


def test_names_are_made_from_titles_and_never_taken(home: Path) -> None:
    (home / "data" / "letters").mkdir(parents=True)
    assert create_sample_set("Letters!", ("a", "b")).name == "letters-2"
    assert create_sample_set("数字").name == "数字"
    assert create_sample_set("!!").name == "samples"
    assert create_sample_set("MNIST").name == "mnist-2"
    assert sample_set_names() == ("letters-2", "mnist-2", "samples", "数字")


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (("one",), "There is 1 class in the list; it must be 2 to 100"),
        (tuple(map(str, range(101))), "101 classes in the list; it must be 2 to 100"),
        (("a", " "), "1 to 80 characters"),
        (("a", "b" * 81), "'bbb.* cannot be the name of a class"),
        (("a", "two\nlines"), "that can be seen"),
        (("cat", "cat "), "Two classes are called cat"),
    ],
)
def test_classes_that_cannot_be_are_refused(names: tuple[str, ...], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        create_sample_set("Letters", names)
    assert sample_sets() == ()


def test_fifty_classes_are_not_too_many() -> None:
    made = create_sample_set("Many", [f"class number {number}" for number in range(50)])
    SampleStore(made.name).add(drawing(), 49)
    assert sample_set(made.name).counts[49].total == 1


@pytest.mark.parametrize("title", ["", "   ", "x" * 41, "two\nlines"])
def test_titles_that_cannot_be_are_refused(title: str) -> None:
    with pytest.raises(InputError, match="1 to 40 characters"):
        create_sample_set(title)


def test_two_sets_cannot_have_the_same_title() -> None:
    create_sample_set("My digits")
    with pytest.raises(InputError, match="already a set of samples called my DIGITS"):
        create_sample_set("my DIGITS")


def test_renaming_changes_what_people_read_and_nothing_else() -> None:
    store = filled_store()
    before = load_dataset(store.name, "full")
    renamed = rename_sample_set(store.name, "  Grandma's digits ")
    assert (renamed.name, renamed.title) == (store.name, "Grandma's digits")
    assert load_dataset(store.name, "full").sha256 == before.sha256
    assert rename_sample_set(store.name, "Grandma's digits") == renamed


def test_a_deleted_set_can_be_restored_until_the_next_is_deleted(home: Path) -> None:
    first, second = make_store("First"), make_store("Second")
    first.add(drawing(), 0)
    delete_sample_set(first.name)
    assert sample_set_names() == ("second",)
    assert own_names() == ("second",)
    assert restore_sample_set(first.name).total == 1
    delete_sample_set(first.name)
    delete_sample_set(second.name)
    with pytest.raises(InputError, match="cannot be restored"):
        restore_sample_set(first.name)
    assert [path.name for path in (home / "data").iterdir()] == [".second.deleted"]


def test_a_set_is_data_like_any_other() -> None:
    store = filled_store(of_each=7)
    assert own_names() == (store.name,)
    found = available(store.name)
    assert (found.title, found.starter, found.counts) == ("My digits", False, {Variant.SAMPLES: (18, 3)})
    assert found.class_names == ("0", "1", "2")
    dataset = load_dataset(store.name, "full")
    assert (len(dataset.train), len(dataset.test)) == (18, 3)
    assert dataset.description == "My digits, samples: 18 training, 3 test"
    assert dataset.class_names == ("0", "1", "2")
    assert np.bincount(dataset.test.labels).tolist() == [1, 1, 1]
    assert dataset.train.images.dtype == np.uint8
    assert len(dataset.sha256) == 64


def test_data_changes_its_hash_with_every_sample() -> None:
    store = filled_store()
    before = load_dataset(store.name, "full").sha256
    added = store.add(drawing(1), 1)
    assert load_dataset(store.name, "full").sha256 != before
    store.remove([added])
    assert load_dataset(store.name, "full").sha256 == before


def test_what_is_too_small_says_what_to_do() -> None:
    store = make_store()
    with pytest.raises(InputError, match="has no samples yet; draw something"):
        load_dataset(store.name, "full")
    for number in range(4):
        store.add(drawing(number), 0)
    with pytest.raises(InputError, match="Collect at least five of one class"):
        load_dataset(store.name, "full")
    store.add(drawing(4), 0)
    assert len(load_dataset(store.name, "full").test) == 1
    assert store.set.why_not_usable == ""
    assert "no training samples of: 1, 2." in store.set.why_not_alone


def test_the_starter_edition_is_refused_as_for_imported_data() -> None:
    with pytest.raises(InputError, match="no starter edition"):
        load_dataset(filled_store().name, "starter")


def test_a_damaged_file_is_told_and_hides_no_other_set() -> None:
    good, bad = make_store("Good"), make_store("Bad")
    bad.path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    assert [each.name for each in sample_sets()] == [good.name]
    found, (problem,) = find_sample_sets()
    assert found == sample_sets()
    assert "is damaged" in problem
    with pytest.raises(InputError, match="is damaged"):
        available(bad.name)
    with pytest.raises(InputError, match="is damaged"):
        load_dataset(bad.name, "full")
    bad.path.write_bytes(b"")
    with pytest.raises(InputError, match="is damaged"):
        sample_set(bad.name)


def test_a_file_of_a_newer_version_is_left_alone() -> None:
    store = make_store()
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("PRAGMA user_version = 9")
    with pytest.raises(InputError, match="newer version"):
        store.add(drawing(), 0)


def test_an_unknown_name_lists_those_there_are() -> None:
    make_store()
    with pytest.raises(InputError, match=r"no set of samples called 'nobody'; there are: my-digits\."):
        SampleStore("nobody")


def test_a_set_that_disappears_meanwhile_is_a_sentence() -> None:
    store = make_store()
    store.path.unlink()
    with pytest.raises(StudioError):
        store.add(drawing(), 0)
    assert not store.path.exists()
