"""What took long to compute is found again at the next start, and nothing that is wrong with it is an error."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import LabelledImages
from app.core.imaging.preprocess import NetworkInput
from app.core.inference.explaining.explainer import Explainer, Explanation
from app.core.inference.explaining.neighbours import MOST_CACHED, NeighbourIndex, Neighbours, load_cached, store_cached
from app.core.models.store import find_model

Image = NDArray[np.float32]


def cached_files(home: Path) -> list[Path]:
    return sorted((home / "cache" / "explaining").iterdir())


def test_what_was_kept_is_found_again_under_its_key_alone(home: Path) -> None:
    assert load_cached("a") is None
    store_cached("a", b"first")
    store_cached("b", b"second")
    store_cached("a", b"third")
    assert (load_cached("a"), load_cached("b"), load_cached("c")) == (b"third", b"second", None)
    assert len(cached_files(home)) == 2


@pytest.mark.parametrize("damage", ["cut", "changed", "emptied", "folder"])
def test_what_is_damaged_is_not_there_and_can_be_kept_again(home: Path, damage: str) -> None:
    store_cached("a", b"0123456789" * 10)
    (path,) = cached_files(home)
    content = path.read_bytes()
    match damage:
        case "cut":
            path.write_bytes(content[:-1])
        case "changed":
            path.write_bytes(content[:-1] + b"x")
        case "emptied":
            path.write_bytes(b"")
        case _:
            path.unlink()
            path.mkdir()
    assert load_cached("a") is None
    store_cached("a", b"again")
    assert load_cached("a") == (None if damage == "folder" else b"again")
    assert len(cached_files(home)) == 1


def test_what_was_not_used_for_longest_goes(home: Path) -> None:
    for number in range(MOST_CACHED):
        store_cached(str(number), b"content")
    for age, path in enumerate(cached_files(home)):
        os.utime(path, (1000 + age, 1000 + age))
    load_cached("3")
    for number in range(MOST_CACHED, MOST_CACHED + 3):
        store_cached(str(number), b"content")
    assert len(cached_files(home)) == MOST_CACHED
    assert load_cached("3") == b"content"
    assert all(load_cached(str(number)) for number in range(MOST_CACHED, MOST_CACHED + 3))


def test_a_home_that_cannot_be_written_is_no_error(home: Path) -> None:
    home.write_text("in the way")
    store_cached("a", b"content")
    assert load_cached("a") is None


def pixels(images: Image) -> Image:
    return images.reshape(len(images), -1)


def grown(pictures: LabelledImages) -> NeighbourIndex:
    index = NeighbourIndex(pictures, pixels)
    while not index.is_complete:
        index.grow()
    return index


@pytest.fixture(scope="module")
def few() -> LabelledImages:
    train = load_dataset("mnist").train
    return LabelledImages(train.images[:300], train.labels[:300])


def test_a_restored_index_finds_what_the_old_one_found(few: LabelledImages) -> None:
    old, new = grown(few), NeighbourIndex(few, pixels)
    new.restore(old.packed())
    assert new.is_complete
    image = load_dataset("mnist").test.images[3] / np.float32(255)
    before, after = old.nearest(image), new.nearest(image)
    np.testing.assert_array_equal(before.images, after.images)
    np.testing.assert_allclose(before.similarities, after.similarities, atol=1e-3)
    assert before.is_far == after.is_far


def test_half_an_index_is_restored_and_goes_on(few: LabelledImages) -> None:
    half, new = NeighbourIndex(few, pixels), NeighbourIndex(few, pixels)
    half.grow()
    new.restore(half.packed())
    assert len(new) == len(half) < len(few)
    while not new.is_complete:
        new.grow()
    image = few.images[250] / np.float32(255)
    assert new.nearest(image).labels == grown(few).nearest(image).labels


@pytest.mark.parametrize("wrong", ["other pictures", "other embeddings", "too many", "part of a row", "nothing"])
def test_what_does_not_fit_is_not_restored(few: LabelledImages, wrong: str) -> None:
    packed = grown(few).packed()
    index = NeighbourIndex(few, pixels)
    match wrong:
        case "other pictures":
            index = NeighbourIndex(LabelledImages(few.images[::-1], few.labels[::-1]), pixels)
        case "other embeddings":
            index = NeighbourIndex(few, lambda images: np.asarray(images.sum(axis=2), np.float32))
        case "too many":
            packed += packed
        case "part of a row":
            packed = packed[:-2]
        case _:
            packed = b""
    index.restore(packed)
    assert len(index) == 0


def explained(explainer: Explainer) -> list[Explanation]:
    image = load_dataset("mnist").test.images[0] / np.float32(255)
    shown = NetworkInput(np.ascontiguousarray(image, np.float32), (), is_empty=False, inverted=False)
    return list(explainer.stages(shown, explainer.read(shown), lambda: None))


def looks(stages: list[Explanation]) -> list[int]:
    """Among how many pictures the nearest were looked for, each time they were."""
    found = {id(stage.neighbours): stage.neighbours for stage in stages}
    return [neighbours.among for neighbours in found.values() if isinstance(neighbours, Neighbours)]


def test_the_next_start_compares_with_all_pictures_at_once(home: Path) -> None:
    model = find_model("quickstart-mnist")
    first, second = explained(Explainer(model)), explained(Explainer(model))
    assert len(looks(first)) == 2
    assert looks(second) == [4000]
    assert isinstance(first[-1].neighbours, Neighbours)
    assert isinstance(second[-1].neighbours, Neighbours)
    np.testing.assert_array_equal(first[-1].neighbours.images, second[-1].neighbours.images)
    assert len(cached_files(home)) == 1
    explained(Explainer(find_model("fast-cnn")))
    assert len(cached_files(home)) == 2


def test_a_damaged_index_is_made_anew(home: Path) -> None:
    model = find_model("quickstart-mnist")
    explained(Explainer(model))
    (path,) = cached_files(home)
    path.write_bytes(path.read_bytes()[:1000])
    assert len(looks(explained(Explainer(model)))) == 2
    assert looks(explained(Explainer(model))) == [4000]
