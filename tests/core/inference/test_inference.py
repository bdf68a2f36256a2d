"""A stored model answers like the network it came from, in any company, and damage is noticed."""

import json
import os
import shutil
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.core.config.config import TrainingConfig
from app.core.config.layers import Dense
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset, LabelledImages, Variant
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing, load_source, prepare
from app.core.inference.evaluation import check_unseen, evaluate_model
from app.core.inference.predict_files import predict_files
from app.core.inference.predictor import Predictor
from app.core.models.store import StoredModel, find_model
from app.core.paths import resources_dir
from tests.core.training.trained import train_in


@pytest.fixture(scope="module")
def trained(bars: Dataset, tensorflow: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = TrainingConfig(recipe="quickstart-mnist", layers=(Dense(units=16),), epochs=3, output="logits")
    return train_in(tmp_path_factory.mktemp("trained"), config, bars, "bars")


@pytest.fixture
def model(trained: Path, home: Path) -> StoredModel:
    shutil.copytree(trained, home)
    return find_model("bars")


def test_probabilities_sum_to_one_and_do_not_depend_on_company(model: StoredModel, bars: Dataset) -> None:
    predictor = Predictor(model)
    images = bars.test.images.astype(np.float32) / 255
    together = predictor.probabilities(np.concatenate([images, images, images]))
    alone = np.stack([predictor.predict(image).probabilities for image in images])
    np.testing.assert_allclose(together[: len(images)], alone, atol=1e-5)
    np.testing.assert_allclose(together.sum(axis=1), 1, atol=1e-5)


def test_a_prediction_names_the_largest_bar(model: StoredModel, bars: Dataset) -> None:
    prediction = Predictor(model).predict(bars.test.images[0].astype(np.float32) / 255)
    assert prediction.label == prediction.probabilities.argmax()
    assert prediction.name == bars.class_names[prediction.label]
    assert prediction.confidence == prediction.probabilities.max()
    ranked = [prediction.probabilities[label] for label in (prediction.label, *prediction.runners_up(3))]
    assert ranked == sorted(prediction.probabilities, reverse=True)


def test_litert_and_keras_give_the_test_figures_of_the_card(model: StoredModel, bars: Dataset) -> None:
    uncalibrated = StoredModel(model.card.model_copy(update={"calibration": None}), model.folder, False)
    result = evaluate_model(Predictor(uncalibrated), bars)
    assert result.accuracy == pytest.approx(model.card.metrics.test_accuracy)
    assert result.loss == pytest.approx(model.card.metrics.test_loss, abs=1e-3)


def test_a_damaged_model_is_noticed(model: StoredModel) -> None:
    content = bytearray(model.litert_path.read_bytes())
    content[len(content) // 2] ^= 1
    model.litert_path.write_bytes(content)
    with pytest.raises(InputError, match="damaged"):
        Predictor(model)


def test_a_model_is_not_judged_by_pictures_it_has_seen(model: StoredModel, bars: Dataset) -> None:
    trained_on_all = StoredModel(model.card.model_copy(update={"data_variant": "full"}), model.folder, False)
    starter = Dataset(**{**vars(bars), "variant": Variant.STARTER})
    with pytest.raises(InputError, match="has seen"):
        evaluate_model(Predictor(trained_on_all), starter)
    assert evaluate_model(Predictor(trained_on_all), starter, unseen_only=False).samples == len(bars.test)


def test_the_starter_pictures_are_known_wherever_they_lie(tmp_path: Path) -> None:
    full = find_model("digits-cnn").card
    folder = tmp_path / "own"
    folder.mkdir()
    shutil.copy(resources_dir() / "starter" / "mnist.npz", folder)
    for data in (folder, folder / "mnist.npz"):
        with pytest.raises(InputError, match="has seen"):
            check_unseen(full, load_dataset("mnist", str(data)))
    starter = load_dataset("mnist")
    check_unseen(full.model_copy(update={"data_variant": "starter"}), starter)
    others = LabelledImages(starter.test.images[::2], starter.test.labels[::2])
    np.savez(tmp_path / "new.npz", x_train=others.images, y_train=others.labels)
    check_unseen(full, load_dataset("mnist", str(tmp_path / "new.npz")))


def test_a_model_is_not_judged_by_other_classes(model: StoredModel, bars: Dataset) -> None:
    other = Dataset(**{**vars(bars), "class_names": ("a", "b")})
    with pytest.raises(InputError, match="classes"):
        evaluate_model(Predictor(model), other, unseen_only=False)


def test_files_are_read_in_order_and_a_bad_one_stops_nothing(model: StoredModel, bars: Dataset, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.fromarray(bars.test.images[0]).save(folder / "a.png")
    (folder / "b.png").write_bytes(b"not a picture")
    (folder / "ignored.txt").write_text("text")
    empty = {"format": "softmax-studio-drawing", "version": 1, "canvas": [280, 280], "strokes": []}
    (folder / "c.drawing.json").write_text(json.dumps(empty))
    readings = list(predict_files(model, [folder, tmp_path / "gone.png"]))
    assert [reading.path.name for reading in readings] == ["a.png", "b.png", "c.drawing.json", "gone.png"]
    assert readings[0].label is not None
    assert readings[1].error is not None
    assert (readings[2].label, readings[2].error) == (None, None)
    assert readings[3].error is not None
    assert not readings[2].probabilities.any()


def test_what_is_no_readable_file_is_an_error_and_nobody_waits(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    seven = resources_dir() / "samples" / "digit-7.drawing.json"
    shutil.copy(seven, tmp_path / "A.Drawing.JSON")
    shutil.copy(seven, tmp_path / ".hidden.drawing.json")
    readings = list(predict_files(find_model("fast-cnn"), [tmp_path, tmp_path / ("x" * 300), Path("/dev/zero")]))
    assert [reading.path.name for reading in readings] == ["A.Drawing.JSON", "pipe.png", "x" * 300, "zero"]
    assert readings[0].name == "7"
    assert all(reading.error is not None for reading in readings[1:])
    assert "is not a file" in str(readings[1].error)
    assert "name too long" in str(readings[2].error)


def test_a_folder_without_pictures_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(InputError, match="no pictures or drawings in"):
        list(predict_files(find_model("fast-cnn"), [tmp_path]))


def test_a_batch_keeps_no_large_pictures(tmp_path: Path) -> None:
    wide = np.full((1000, 1000), 255, np.uint8)
    wide[200:800, 450:550] = 0
    for number in range(12):
        Image.fromarray(wide).save(tmp_path / f"{number:02}.png")
    readings = predict_files(find_model("fast-cnn"), [tmp_path])
    tracemalloc.start()
    assert sum(reading.error is None for reading in readings) == 12
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    first = tmp_path / "00.png"
    tracemalloc.start()
    prepare(load_source(first), Preprocessing.DIGITS)
    assert peak < 1.5 * tracemalloc.get_traced_memory()[1] + 2_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"class_names": ("a", "b")}, "does not fit its network"),
        ({"class_names": tuple("0123456789ab")}, "does not fit its network"),
        ({"preprocessing": "mnist-9"}, "'mnist-9', which this program does not know"),
        ({"files": {}}, "damaged"),
    ],
)
def test_a_card_that_does_not_fit_is_noticed(change: dict[str, object], message: str) -> None:
    model = find_model("fast-cnn")
    with pytest.raises(InputError, match=message):
        Predictor(StoredModel(model.card.model_copy(update=change), model.folder, bundled=False))


def test_an_empty_set_of_pictures_has_no_answers(model: StoredModel) -> None:
    assert Predictor(model).predict_many(np.empty((0, 28, 28), np.float32)) == []


def test_evaluation_matches_a_plain_count(model: StoredModel, bars: Dataset) -> None:
    few = LabelledImages(bars.test.images[:20], bars.test.labels[:20])
    dataset = Dataset(**{**vars(bars), "test": few})
    predictor = Predictor(model)
    right = sum(
        predictor.predict(image.astype(np.float32) / 255).label == label
        for image, label in zip(few.images, few.labels, strict=True)
    )
    assert evaluate_model(predictor, dataset).accuracy == pytest.approx(right / 20)
