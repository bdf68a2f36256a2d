"""A set's classes change: names, more of them, fewer; its samples stay what they are."""

import pytest

from app.core.datasets.samples.sets import ClassChange, change_classes, create_sample_set, sample_set
from app.core.datasets.samples.store import SampleStore
from app.core.errors import InputError

from .sample_hand import drawing, filled_store, make_store


def labels_by_id(store: SampleStore) -> dict[int, str]:
    names = store.set.class_names
    return {sample.id: names[sample.label] for sample in store.samples()}


def test_a_class_is_added_behind_the_others() -> None:
    store = filled_store()
    before = labels_by_id(store)
    changed = change_classes(store.name, [(0, "0"), (1, "1"), (2, "2"), (None, "a")])
    assert changed.class_names == ("0", "1", "2", "a")
    assert [count.total for count in changed.counts] == [7, 7, 7, 0]
    assert labels_by_id(store) == before
    store.add(drawing(), 3)
    assert store.set.counts[3].total == 1


def test_a_class_is_renamed_with_its_samples() -> None:
    store = filled_store()
    before = labels_by_id(store)
    change_classes(store.name, [(0, "zero"), (1, "1"), (2, "2")])
    assert labels_by_id(store) == {number: "zero" if name == "0" else name for number, name in before.items()}


@pytest.mark.parametrize(
    "classes",
    [
        [(2, "2"), (0, "0"), (1, "1")],
        [(None, "x"), (0, "0"), (None, "y"), (1, "1"), (2, "2")],
        [(0, "1"), (1, "2"), (2, "0")],
    ],
)
def test_samples_follow_their_class_wherever_it_goes(classes: list[ClassChange]) -> None:
    store = filled_store()
    before = {sample.id: sample.label for sample in store.samples()}
    change_classes(store.name, classes)
    moved = {old: new for new, (old, _) in enumerate(classes)}
    assert {sample.id: sample.label for sample in store.samples()} == {each: moved[old] for each, old in before.items()}
    assert store.set.class_names == tuple(name for _, name in classes)


def test_a_class_goes_once_it_has_no_samples() -> None:
    store = filled_store()
    of_one = [sample.id for sample in store.samples(1)]
    kept: list[ClassChange] = [(0, "0"), (2, "2")]
    with pytest.raises(InputError, match="1 has samples; give them another label"):
        change_classes(store.name, kept)
    assert store.set.class_names == ("0", "1", "2")
    store.remove(of_one)
    assert [count.total for count in change_classes(store.name, kept).counts] == [7, 7]
    with pytest.raises(InputError, match="cannot be restored"):
        store.restore(of_one)


@pytest.mark.parametrize(
    ("classes", "problem"),
    [
        ([(0, "0"), (1, "1"), (2, "1")], "Two classes are called 1"),
        ([(0, "0"), (1, "1"), (2, " ")], "that can be seen"),
        ([(0, "0")], "must be 2 to 100"),
        ([(0, "0"), (1, "1"), (2, "2"), (3, "3")], "changed elsewhere"),
        ([(0, "0"), (1, "1"), (1, "2")], "changed elsewhere"),
    ],
)
def test_what_cannot_be_changes_nothing(classes: list[ClassChange], problem: str) -> None:
    store = filled_store()
    before = labels_by_id(store)
    with pytest.raises(InputError, match=problem):
        change_classes(store.name, classes)
    assert labels_by_id(store) == before


def test_small_and_capital_letters_are_different_classes() -> None:
    made = create_sample_set("Letters", ("a", "A"))
    assert sample_set(made.name).class_names == ("a", "A")


def test_how_clothes_are_prepared_stays_when_a_class_joins_them() -> None:
    clothes = create_sample_set(
        "Wardrobe",
        ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    )
    kept: list[ClassChange] = list(enumerate(clothes.class_names))
    changed = change_classes(clothes.name, [*kept, (None, "Hat")])
    assert changed.preprocessing == clothes.preprocessing != make_store().set.preprocessing
