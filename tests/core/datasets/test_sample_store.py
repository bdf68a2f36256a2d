"""The samples of a set: kept as they were made, held back by a rule, corrected and taken away."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from app.core.datasets.originals import LoadedPicture, Pixels, network_image
from app.core.datasets.samples.sets import change_classes, sample_set_names
from app.core.datasets.samples.store import NewSample, SampleStore, keep_sample
from app.core.errors import InputError
from app.core.imaging.drawing import Drawing
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import prepare_drawing, prepare_picture
from tests.patience import PATIENCE_S

from .sample_hand import drawing, filled_store, make_store, picture


def held_back(store: SampleStore, label: int) -> list[bool]:
    """In the order in which they were added."""
    return [sample.is_held_back for sample in store.samples(label)[::-1]]


def test_a_drawing_is_kept_as_it_was_made() -> None:
    store = make_store()
    number = store.add(drawing(3), 2)
    assert store.original(number) == drawing(3)
    [sample] = store.samples()
    assert (sample.id, sample.label, sample.kind) == (number, 2, "drawing")
    expected = np.rint(prepare_drawing(drawing(3), "mnist-1").image * 255)
    assert np.array_equal(sample.image, expected)


def test_the_first_sample_makes_a_set_and_the_next_one_joins_it() -> None:
    made, first = keep_sample("", ("up", "down"), drawing(1), 1)
    assert (made.class_names, [count.total for count in made.counts]) == (("up", "down"), [0, 1])
    assert SampleStore(made.name).original(first) == drawing(1)
    same, second = keep_sample("", ("up", "down"), drawing(2), 0)
    assert (same.name, same.total) == (made.name, 2)
    other, _ = keep_sample("", ("left", "right"), drawing(3), 0)
    assert other.name != made.name
    chosen, third = keep_sample(made.name, ("up", "down"), drawing(4), 0)
    assert (chosen.name, chosen.total) == (made.name, 3)
    assert len({first, second, third}) == 3


def test_what_cannot_be_kept_makes_no_set_and_other_classes_are_told() -> None:
    with pytest.raises(InputError, match="nothing to see"):
        keep_sample("", ("up", "down"), Drawing(9, 9), 0)
    assert sample_set_names() == ()
    made, _ = keep_sample("", ("up", "down"), drawing(1), 0)
    change_classes(made.name, [(0, "up"), (1, "under")])
    with pytest.raises(InputError, match="changed elsewhere; label it again"):
        keep_sample(made.name, ("up", "down"), drawing(2), 1)


def test_a_picture_is_kept_with_every_pixel_and_the_word_on_its_polarity() -> None:
    store = make_store()
    shown = Picture(255 - picture().rgb)
    number = store.add(LoadedPicture(shown, invert=True), 1)
    kept = store.original(number)
    assert isinstance(kept, LoadedPicture)
    assert np.array_equal(kept.picture.rgb, shown.rgb)
    assert kept.invert is True
    expected = np.rint(prepare_picture(shown, "mnist-1", invert=True).image * 255)
    assert np.array_equal(store.samples()[0].image, expected)


def test_pixels_are_taken_as_they_are() -> None:
    store = make_store()
    image = np.random.default_rng(1).integers(0, 256, (28, 28), np.uint8)
    number = store.add(Pixels(image), 0)
    assert np.array_equal(store.samples()[0].image, image)
    kept = store.original(number)
    assert isinstance(kept, Pixels)
    assert np.array_equal(kept.image, image)


@pytest.mark.parametrize("nothing", [Drawing(100, 100), LoadedPicture(Picture(np.full((30, 30, 3), 255, np.uint8)))])
def test_nothing_is_no_sample(nothing: Drawing | LoadedPicture) -> None:
    store = make_store()
    with pytest.raises(InputError, match="nothing to see"):
        store.add(nothing, 0)
    assert store.set.total == 0


@pytest.mark.parametrize("label", [-1, 3])
def test_a_class_that_is_none_is_refused(label: int) -> None:
    store = filled_store()
    for use in (lambda: store.add(drawing(), label), lambda: store.relabel({1: label})):
        with pytest.raises(InputError, match="no class number"):
            use()


def test_every_fifth_sample_of_a_class_is_held_back() -> None:
    store = make_store()
    for number in range(11):
        store.add(drawing(number), 0)
        if number < 6:
            store.add(drawing(number), 1)
    assert held_back(store, 0) == [number % 5 == 4 for number in range(11)]
    assert held_back(store, 1) == [False] * 4 + [True, False]


def test_many_at_once_are_held_back_by_the_same_rule() -> None:
    store = make_store()
    store.add_all([NewSample(drawing(number), number % 2) for number in range(16)])
    assert held_back(store, 0) == held_back(store, 1) == [number % 5 == 4 for number in range(8)]


def test_what_looks_the_same_is_in_the_same_part_whatever_its_class() -> None:
    store = make_store()
    ids = store.add_all([NewSample(drawing(number), 0) for number in range(5)])
    twins = [store.add(drawing(4), 0), store.add(drawing(4), 1), store.add(drawing(0), 1)]
    marked = NewSample(drawing(4), 2, is_held_back=False)
    parts = {sample.id: sample.is_held_back for sample in store.samples()}
    assert [parts[number] for number in twins] == [True, True, False]
    assert parts[ids[4]]
    (late,) = store.add_all([marked])
    assert next(sample.is_held_back for sample in store.samples() if sample.id == late)


def test_of_what_the_set_has_already_nothing_new_is_added() -> None:
    store = make_store()
    store.add(drawing(1), 0)
    new = [NewSample(drawing(1), 0), NewSample(drawing(2), 0), NewSample(drawing(2), 0), NewSample(drawing(1), 1)]
    assert len(store.add_new(new)) == 2
    assert store.add_new(new) == []


def test_what_is_removed_cannot_be_removed_again_nor_what_is_there_be_restored() -> None:
    store = make_store()
    number = store.add(drawing(1), 0)
    with pytest.raises(InputError, match="cannot be restored"):
        store.restore([number])
    store.remove([number])
    for again in (store.remove, lambda ids: store.relabel(dict.fromkeys(ids, 1))):
        with pytest.raises(InputError, match="no longer in the set"):
            again([number])
    store.restore([number])
    assert [sample.id for sample in store.samples()] == [number]


def test_what_is_held_back_stays_so_whatever_happens() -> None:
    store = make_store()
    ids = store.add_all([NewSample(drawing(number), 0) for number in range(10)])
    chosen = {sample.id for sample in store.samples() if sample.is_held_back}
    assert chosen == {ids[4], ids[9]}
    store.relabel({ids[4]: 1, ids[0]: 1})
    store.remove([ids[9]])
    store.restore([ids[9]])
    store.remove(ids[1:4])
    assert {sample.id for sample in store.samples() if sample.is_held_back} == chosen


def test_taking_the_fifth_back_holds_the_next_one_back() -> None:
    store = make_store()
    ids = store.add_all([NewSample(drawing(number), 0) for number in range(5)])
    store.remove([ids[4]])
    store.add(drawing(9), 0)
    assert held_back(store, 0) == [False] * 4 + [True]


def test_counts_follow_adding_relabelling_and_removing() -> None:
    store = filled_store(of_each=6)
    assert [(count.train, count.held_back) for count in store.set.counts] == [(5, 1)] * 3
    first = store.samples(0)[-1]
    store.relabel({first.id: 1})
    assert [count.total for count in store.set.counts] == [5, 7, 6]
    store.remove([first.id])
    assert [count.total for count in store.set.counts] == [5, 6, 6]
    store.restore([first.id])
    assert [count.total for count in store.set.counts] == [5, 7, 6]


def test_samples_are_listed_newest_first() -> None:
    store = filled_store()
    ids = [sample.id for sample in store.samples()]
    assert ids == sorted(ids, reverse=True)
    assert {sample.label for sample in store.samples(2)} == {2}


def test_changing_a_sample_that_is_gone_changes_nothing() -> None:
    store = filled_store()
    before = store.set
    with pytest.raises(InputError, match="no longer in the set"):
        store.remove([1, 4711])
    assert store.set == before
    with pytest.raises(InputError, match="no sample 4711"):
        store.original(4711)


def test_of_many_none_is_added_if_one_cannot_be() -> None:
    store = make_store()
    with pytest.raises(InputError):
        store.add_all([NewSample(drawing(), 0), NewSample(Drawing(9, 9), 0)])
    assert store.set.total == 0


def test_what_another_version_prepared_is_prepared_anew() -> None:
    store = filled_store()
    before = [sample.image for sample in store.samples()]
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("UPDATE samples SET prepared = 'mnist-0', image = zeroblob(784) WHERE id % 2")
        connection.commit()
    assert np.array_equal([sample.image for sample in store.samples()], before)


def test_pictures_are_those_of_recognition() -> None:
    store = filled_store()
    for sample in store.samples():
        assert np.array_equal(sample.image, network_image(store.original(sample.id), "mnist-1"))


def test_a_process_killed_while_it_adds_leaves_whole_samples_only(tmp_path: Path) -> None:
    store = make_store()
    program = f"""
import os, sys
sys.path.insert(0, {str(Path.cwd())!r})
from app.core.datasets.samples import store
from tests.core.datasets.sample_hand import drawing
insert, count = store._Twins.insert, 0
def dying(twins, row):
    global count
    count += 1
    added = insert(twins, row)
    if count == 3:
        os._exit(9)
    return added
store._Twins.insert = dying
mine = store.SampleStore("my-digits")
mine.add(drawing(1), 1)
mine.add_all([store.NewSample(drawing(n), 0) for n in range(5)])
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=Path.cwd(), timeout=PATIENCE_S, check=False)
    assert ended.returncode == 9
    assert [sample.label for sample in store.samples()] == [1]
    store.add(drawing(2), 2)
    assert store.set.total == 2


def test_of_several_corrections_all_are_made_or_none() -> None:
    store = filled_store()
    first, second = store.samples()[:2]
    with pytest.raises(InputError, match="nothing was changed"):
        store.relabel({first.id: 0, second.id: 1, 999: 2})
    assert [(each.id, each.label) for each in store.samples()[:2]] == [
        (first.id, first.label),
        (second.id, second.label),
    ]
