"""Runs with samples: what they begin with, what they learn from, and what came of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.cli.train import config_to_train
from app.core.datasets.importing import import_folder
from app.core.datasets.originals import Pixels
from app.core.datasets.samples.exchange import ExportFormat, export_samples
from app.core.datasets.samples.sets import ClassCount, SampleSet, change_classes, create_sample_set
from app.core.datasets.samples.store import NewSample, SampleStore
from app.core.datasets.sources import load_dataset
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing
from app.core.inference.before_after import before_after, fine_tuned_models
from app.core.inference.predictor import Predictor
from app.core.models.store import StoredModel, add_model, find_model
from app.core.recipes import find_recipe
from app.core.training.fine_tuning import fine_tuning, fitting_models, old_data, training_alone
from app.core.training.images import check_run, run_images
from tests.core.datasets.sample_hand import filled_store


def some_samples(count: int = 60, title: str = "My digits") -> SampleStore:
    """The first of the starter's test pictures, as samples."""
    store = SampleStore(create_sample_set(title).name)
    test = load_dataset("mnist").test
    store.add_all(
        NewSample(Pixels(image), int(label))
        for image, label in zip(test.images[:count], test.labels[:count], strict=True)
    )
    return store


def tuned_model(store: SampleStore, name: str = "tuned") -> StoredModel:
    """A model that says it was fine-tuned; its network is the one it says it started from."""
    before = find_model("digits-cnn")
    config = fine_tuning(before, store.set)
    card = before.card.model_copy(
        update={"name": name, "config": config, "dataset": store.name, "data_variant": "samples", "files": {}}
    )

    def write(folder: Path) -> None:
        for path in before.folder.iterdir():
            if path.name != "card.json":
                (folder / path.name).write_bytes(path.read_bytes())

    return add_model(card, write)


def test_fine_tuning_begins_with_the_model_and_keeps_old_pictures_beside() -> None:
    store = some_samples()
    config = fine_tuning(find_model("digits-cnn"), store.set)
    assert (config.dataset, config.data) == (store.name, "full")
    assert (config.initial_model, config.replay_dataset) == ("digits-cnn", "mnist")
    assert config.layers == find_model("digits-cnn").card.config.layers
    assert config.learning_rate < find_model("digits-cnn").card.config.learning_rate
    check_run(config, load_dataset(config.dataset, config.data))


def test_fine_tuning_needs_no_data_that_only_the_first_training_had(monkeypatch: pytest.MonkeyPatch) -> None:
    store, model = some_samples(), find_model("digits-cnn")
    mixture = {"replay_share": 0.5, "outlier_dataset": "strange-things", "steps_per_epoch": 50}
    mixed = replace(model, card=model.card.model_copy(update={"config": model.card.config.changed(**mixture)}))
    monkeypatch.setattr("app.core.training.fine_tuning.list_models", lambda: (mixed,))
    config = fine_tuning(mixed, store.set)
    assert (config.replay_share, config.outlier_dataset, config.steps_per_epoch) == (0, "", 0)
    check_run(config, load_dataset(config.dataset, config.data))


def test_own_classes_have_beside_them_what_the_model_learned_from(tmp_path: Path) -> None:
    old = filled_store(of_each=12, title="Old")
    import_folder(export_samples(old.name, ExportFormat.NPZ, tmp_path / "out"), "old-signs")
    mine = filled_store()
    digits = find_model("digits-cnn")
    card = digits.card.model_copy(update={"class_names": ("0", "1", "2"), "dataset": "old-signs"})
    signs = replace(digits, card=card)
    assert old_data(signs, mine.set) == "old-signs"
    config = find_recipe("fast-cnn").config.changed(dataset=mine.name, data="full", replay_dataset="old-signs")
    dataset = load_dataset(mine.name, "full")
    check_run(config, dataset)
    assert len(run_images(config, dataset).data) == mine.set.train_count + old.set.train_count
    with pytest.raises(InputError, match="other classes than 'nowhere'"):
        check_run(config.changed(replay_dataset="nowhere"), dataset)
    learned_from_mine = replace(signs, card=card.model_copy(update={"dataset": mine.name}))
    assert old_data(learned_from_mine, mine.set) == ""


def test_only_models_with_the_same_classes_fit() -> None:
    digits = some_samples().set
    fitting = [model.card.name for model in fitting_models(digits)]
    assert "digits-cnn" in fitting
    assert "clothes-cnn" not in fitting
    letters = create_sample_set("Letters", ("a", "b"))
    assert fitting_models(letters) == ()
    with pytest.raises(InputError, match="has no samples yet"):
        fine_tuning(find_model("digits-cnn"), letters)
    with pytest.raises(InputError, match="does not know the classes of My digits"):
        fine_tuning(find_model("clothes-cnn"), digits)


def test_training_alone_needs_samples_of_every_class() -> None:
    store = SampleStore(create_sample_set("Two", ("empty", "full")).name)
    images = np.zeros((6, 28, 28), np.uint8)
    for column, image in enumerate(images):
        image[5:20, 11 + column] = 255
    store.add_all(NewSample(Pixels(image), 1) for image in images)
    with pytest.raises(InputError, match="no training samples of: empty"):
        training_alone(store.set)
    plain = find_recipe("fast-cnn").config.changed(dataset=store.name, data="full")
    with pytest.raises(InputError, match="no training samples of: empty"):
        check_run(plain, load_dataset(store.name, "full"))
    check_run(plain.changed(initial_model="another"), load_dataset(store.name, "full"))
    store.add(Pixels(image.T.copy()), 0)
    config = training_alone(store.set)
    check_run(config, load_dataset(config.dataset, config.data))
    assert (config.initial_model, config.replay_dataset) == ("", "")


@pytest.mark.parametrize("count", [16, 48, 160, 400, 3_000])
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_training_alone_fits_the_size_of_the_set(count: int, classes: int) -> None:
    """A few are shown often and varied widely, none is spared; many have batches and validation like other data."""
    of_each = tuple(ClassCount(str(label), count // classes, 1) for label in range(classes))
    samples = SampleSet("own", "Own", Preprocessing.DIGITS, of_each)
    config = training_alone(samples)
    batches = -(-samples.train_count // config.batch_size)
    assert 240 <= batches * config.epochs <= 800
    assert bool(config.validation_split) == (count > 250)
    assert config.batch_size <= max(16, count / 10)
    assert (config.rotate_deg > 10) == (count < 2_000)


@pytest.mark.parametrize("count", [25, 60])
def test_few_samples_have_few_old_pictures_beside_them(count: int) -> None:
    """A quarter of an epoch is new, or as much as thirty repeats give; there are 4,000 old ones in the starter."""
    store = some_samples(count)
    config = fine_tuning(find_model("digits-cnn"), store.set)
    pictures = run_images(config.changed(rare_shapes=0, outliers=0), load_dataset(store.name, "full"))
    own = store.set.train_count
    assert not len(pictures.validation)
    assert len(pictures.data) - own == max(3_000, min(90 * own, 4_000))


def test_before_and_after_are_measured_on_what_neither_has_seen() -> None:
    store = some_samples()
    tuned_model(store)
    told: list[tuple[int, int]] = []
    found = before_after("tuned", lambda done, total: told.append((done, total)))
    dataset = load_dataset(store.name, "full")
    images = dataset.test.images.astype(np.float32) / np.float32(255)
    said = Predictor(find_model("digits-cnn")).probabilities(images).argmax(axis=1)
    right = float((said == dataset.test.labels).mean())
    assert found.own.samples == len(dataset.test) == store.set.held_back_count
    assert found.own.before == found.own.after == pytest.approx(right)
    assert told[-1] == (2 * len(dataset.test), 2 * len(dataset.test))


def test_old_data_that_the_model_has_seen_is_no_test_of_what_it_forgot() -> None:
    tuned_model(some_samples())
    found = before_after("tuned")
    assert found.old is None
    assert found.lacking == "MNIST"


def test_at_the_end_of_a_run_a_part_of_the_old_data_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    store = some_samples()
    tuned_model(store)
    old = load_dataset(store.name, "full")
    monkeypatch.setattr("app.core.inference.before_after._old_data", lambda *_args: (old, None))
    found = before_after("tuned", most=2)
    assert found.old is not None
    assert found.old.samples == 2


def test_a_model_that_began_from_nothing_has_no_before() -> None:
    with pytest.raises(InputError, match="nothing to compare"):
        before_after("fast-cnn")


def test_the_fine_tuned_models_of_a_set_are_found() -> None:
    store = some_samples()
    assert fine_tuned_models(store.set) == ()
    tuned_model(store)
    assert [model.card.name for model in fine_tuned_models(store.set)] == ["tuned"]
    assert fine_tuned_models(some_samples(title="Another").set) == ()
    change_classes(store.name, [*enumerate(store.set.class_names), (None, "A")])
    assert fine_tuned_models(store.set) == ()


def test_measuring_can_be_stopped() -> None:
    class EnoughError(Exception):
        pass

    def stop(_done: int, _total: int) -> None:
        raise EnoughError

    tuned_model(some_samples())
    with pytest.raises(EnoughError):
        before_after("tuned", stop)


def test_a_set_is_named_where_data_is_asked_for() -> None:
    store = some_samples()
    settings = ["initial_model=digits-cnn", "replay_dataset=mnist"]
    config = config_to_train("digits-cnn", {"data": "My-Digits"}, settings)
    assert (config.dataset, config.data, config.initial_model) == (store.name, "full", "digits-cnn")
    assert load_dataset("mnist", store.name).name == store.name


@pytest.mark.usefixtures("tensorflow")
def test_training_begins_with_exactly_what_the_programs_own_models_know() -> None:
    from app.core.models.keras_files import set_initial_weights
    from app.core.networks.building import build_network

    model = find_model("fast-cnn")
    config = model.card.config.changed(initial_model="fast-cnn")
    network = build_network(config, 10, lambda: 0)  # as it is built to be trained
    set_initial_weights(network, config, model.card.class_names)
    images = load_dataset("mnist").test.images[:50].astype(np.float32) / np.float32(255)
    said = np.asarray(network(images[..., None], training=False)).argmax(axis=1)
    assert np.array_equal(said, Predictor(model).probabilities(images).argmax(axis=1))
