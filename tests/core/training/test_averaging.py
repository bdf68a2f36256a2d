"""The mean of several networks."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from app.core.config.config import TrainingConfig
from app.core.config.layers import BatchNormalization, Dense
from app.core.datasets.types import Dataset
from app.core.errors import InputError
from app.core.inference.evaluation import evaluate_model
from app.core.inference.predictor import Predictor
from app.core.models.store import find_model
from app.core.training.control import RunControl
from app.core.training.images import run_images
from tests.core.training.exact_statistics import set_exact_statistics

pytestmark = pytest.mark.usefixtures("tensorflow")


@pytest.fixture(scope="module")
def trained(bars: Dataset, tensorflow: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a network, two that went on from it, and another one."""
    from app.core.training import runs

    home = tmp_path_factory.mktemp("averaging")
    layers = (Dense(units=16), BatchNormalization())
    first = TrainingConfig(recipe="quickstart-mnist", layers=layers, epochs=1, engine="graph")
    changes: dict[str, dict[str, object]] = {
        "first": {},
        "left": {"initial_model": "first", "learning_rate": 0.002},
        "right": {"initial_model": "first", "noise": 0.1},
        "other": {"layers": (Dense(units=8),)},
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTMAX_STUDIO_HOME", str(home))
        for name, values in changes.items():
            runs.run(first.changed(**values), bars, lambda _: None, RunControl(), name)
    return home


@pytest.fixture(autouse=True)
def three_models(bars: Dataset, trained: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the user's own, and the bars lie where data is looked for."""
    from app.core.training import averaging

    shutil.copytree(trained, home)
    monkeypatch.setattr(averaging, "load_dataset", lambda _name, _data: bars)


def test_the_mean_has_the_mean_weights_and_figures_of_its_own(bars: Dataset) -> None:
    from app.core.models.keras_files import load_keras
    from app.core.training.averaging import average_models

    both = average_models(["left", "right"], "both")
    left, right, mean = (load_keras(find_model(name)) for name in ("left", "right", "both"))
    for one, other, middle in zip(*(each.trainable_weights for each in (left, right, mean)), strict=True):
        np.testing.assert_allclose(middle, (one + other) / 2, atol=1e-6)
    kept = mean.get_weights()
    pictures = run_images(both.card.config, bars)
    set_exact_statistics(mean, pictures.data.images[pictures.epoch])
    for ours, theirs in zip(kept, mean.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)  # the mean of statistics is nobody's
    assert both.card.calibration is not None
    assert both.card.metrics.test_accuracy == pytest.approx(evaluate_model(Predictor(both), bars).accuracy)
    assert both.card.command.endswith("softmax-studio models average left right --name both")


@pytest.mark.parametrize(
    ("names", "reason"), [(["left"], "cannot be averaged"), (["left", "other"], "another network")]
)
def test_what_has_no_mean_is_refused(names: list[str], reason: str) -> None:
    from app.core.training.averaging import average_models

    with pytest.raises(InputError, match=reason):
        average_models(names, "both")


def test_a_model_named_twice_counts_twice_and_is_made_once(bars: Dataset) -> None:
    from app.core.models.keras_files import load_keras
    from app.core.training.averaging import average_models

    average_models(["left", "right"], "both")
    leaning = average_models(["both", "both", "left"], "leaning")
    both, left, mean = (load_keras(find_model(name)).get_weights() for name in ("both", "left", "leaning"))
    np.testing.assert_allclose(mean[0], (2 * both[0] + left[0]) / 3, atol=1e-6)
    assert leaning.card.command.count("--name both") == 1
    assert leaning.card.epochs_done == find_model("both").card.epochs_done + find_model("left").card.epochs_done
