"""The decision of a network of one layer: sums of a drawing times weights, compared with sums done by hand."""

from pathlib import Path

import numpy as np
import pytest

from app.core.config.config import TrainingConfig
from app.core.config.notation import parse_layers
from app.core.inference.explaining.decision import Decision, picture_read
from app.core.inference.explaining.inside import NetworkInside
from app.core.models.store import StoredModel, find_model
from app.core.networks.summary import network_summary
from tests.core.inference.made_models import one_layer

PICTURE = np.random.default_rng(4).random((28, 28), dtype=np.float32)


def decision(model: StoredModel) -> Decision:
    found = NetworkInside(model).look(PICTURE).decision
    assert found is not None
    return found


@pytest.mark.parametrize("classes", [2, 10, 100])
def test_products_and_bias_add_up_to_the_logits(tmp_path: Path, classes: int) -> None:
    model = one_layer(tmp_path / "simple", classes)
    found, inside = decision(model), NetworkInside(model).look(PICTURE)
    assert found.weights.shape == (classes, 28, 28)
    for number in range(classes):
        total = sum(
            float(found.weights[number, row, column]) * float(PICTURE[row, column])
            for row in range(28)
            for column in range(28)
        )
        assert total + float(found.bias[number]) == pytest.approx(float(inside.logits[number]), abs=1e-4)
    np.testing.assert_allclose(found.added + found.taken + found.bias, inside.logits, atol=1e-4)
    assert (found.added >= 0).all()
    assert (found.taken <= 0).all()
    assert found.is_drawing
    assert found.read.tolist() == PICTURE.tolist()
    assert found.probabilities.tolist() == inside.probabilities.tolist()


def test_what_a_pooling_made_of_the_drawing_is_what_is_read(tmp_path: Path) -> None:
    found = decision(one_layer(tmp_path / "pooled", 10, "average_pooling2d 2, dropout 0.3", 14 * 14))
    assert not found.is_drawing
    np.testing.assert_allclose(found.read, PICTURE.reshape(14, 2, 14, 2).mean(axis=(1, 3)), atol=1e-6)


@pytest.mark.parametrize(
    ("layers", "shape"),
    [
        ("", (28, 28, 1)),
        ("flatten, batch_normalization, dropout 0.2", (28, 28, 1)),
        ("max_pooling2d 2", (14, 14, 1)),
        ("reshape 14x56x1", (14, 56, 1)),
        ("dense 8 relu", None),
        ("conv2d 4 3x3 relu", None),
        ("global_average_pooling2d", None),
        ("concatenate_input", None),
        ("reshape 14x28x2", None),
    ],
)
def test_only_a_network_of_one_layer_that_reads_one_picture_is_simple(
    layers: str, shape: tuple[int, ...] | None
) -> None:
    config = TrainingConfig(recipe="quickstart-mnist", layers=parse_layers(layers) if layers else ())
    summary = network_summary(config, 10)
    assert not summary.problems
    found = picture_read(summary.rows)
    assert (found.shape if found else None) == shape


def test_other_networks_have_none() -> None:
    assert NetworkInside(find_model("fast-cnn")).look(PICTURE).decision is None
    assert NetworkInside(find_model("quickstart-mnist")).look(PICTURE).decision is None
