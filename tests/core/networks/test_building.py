"""Networks as the notes describe them, counted by hand."""

from typing import Any

import numpy as np
import pytest

from app.core.recipes import RECIPES, Recipe, find_recipe

pytestmark = pytest.mark.usefixtures("tensorflow")


def network(recipe_id: str) -> Any:
    from app.core.networks.building import build_network

    return build_network(find_recipe(recipe_id).config, 10)


@pytest.mark.parametrize(
    ("recipe_id", "parameters"),
    [
        ("quickstart-mnist", 784 * 128 + 128 + 128 * 10 + 10),
        ("tuning-512x512-02", 784 * 512 + 512 + 512 * 512 + 512 + 512 * 10 + 10),
        (
            "lab-cnn-mnist",
            (9 * 64 + 64) + 2 * (9 * 64 * 64 + 64) + 3 * 4 * 64 + (5 * 5 * 64 * 512 + 512) + 4 * 512 + 5130,
        ),
    ],
)
def test_parameters_are_those_of_the_notes(recipe_id: str, parameters: int) -> None:
    assert network(recipe_id).count_params() == parameters


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.id)
def test_every_recipe_builds_and_answers(recipe: Recipe) -> None:
    answer = np.asarray(network(recipe.id)(np.zeros((2, 28, 28, 1), np.float32), training=False))
    assert answer.shape == (2, 10)
    if recipe.config.output == "softmax":
        np.testing.assert_allclose(answer.sum(axis=1), 1, atol=1e-5)


def test_dropout_in_training_keeps_the_mean_and_its_rate() -> None:
    import tensorflow as tf

    from app.core.networks.building import StatelessDropout

    layer = StatelessDropout(0.3, stream=1, seed=5, clock=lambda: tf.constant(1))
    out = np.asarray(layer(tf.ones((200, 500)), training=True))
    assert np.mean(out == 0) == pytest.approx(0.3, abs=0.01)
    assert out.mean() == pytest.approx(1.0, abs=0.01)
    np.testing.assert_array_equal(np.asarray(layer(tf.ones((2, 3)), training=False)), 1)


def test_dropout_differs_from_step_to_step_and_layer_to_layer() -> None:
    import tensorflow as tf

    from app.core.networks.building import StatelessDropout

    def noise(stream: int, step: int) -> Any:
        return np.asarray(StatelessDropout(0.5, stream, 5, lambda: tf.constant(step))(tf.ones((4, 50)), training=True))

    assert np.array_equal(noise(1, 1), noise(1, 1))
    assert not np.array_equal(noise(1, 1), noise(1, 2))
    assert not np.array_equal(noise(1, 1), noise(2, 1))


def test_the_fused_normalization_is_keras_own() -> None:
    """Outputs, gradients and moving statistics after a late step are those of `keras.layers.BatchNormalization`."""
    import keras
    import tensorflow as tf

    from app.core.networks.building import FusedBatchNormalization

    inputs = tf.constant(np.random.default_rng(1).normal(2.0, 3.0, (6, 5, 4, 3)).astype(np.float32))
    weights = tf.constant(np.random.default_rng(2).normal(size=(6, 5, 4, 3)).astype(np.float32))
    results = []
    for layer in (keras.layers.BatchNormalization(), FusedBatchNormalization(lambda: 10_000)):
        layer.build(inputs.shape)
        layer.gamma.assign([0.5, 1.5, 2.0])
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs, training=True)
            loss = tf.reduce_sum(outputs * weights)
        gradients = tape.gradient(loss, [inputs, layer.gamma.value, layer.beta.value])
        results.append([outputs, *gradients, layer.moving_mean.value, layer.moving_variance.value])
        results[-1].append(layer(inputs, training=False))
    for theirs, ours in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


def test_moving_statistics_settle_within_a_few_batches() -> None:
    """With Keras' own momentum, four fifths of them would still be the 0 and 1 that they began with."""
    import tensorflow as tf

    from app.core.networks.building import FusedBatchNormalization

    step = tf.Variable(0)
    layer = FusedBatchNormalization(lambda: step)
    random = np.random.default_rng(3)
    for number in range(1, 21):
        step.assign(number)
        layer(tf.constant(random.normal(5.0, 3.0, (500, 2)).astype(np.float32)), training=True)
    np.testing.assert_allclose(layer.moving_mean, 5.0, rtol=0.05)
    np.testing.assert_allclose(layer.moving_variance, 9.0, rtol=0.05)


def test_cosine_schedule_warms_up_and_cools_down() -> None:
    from app.core.networks.compiling import build_optimizer

    rate = build_optimizer(find_recipe("fast-cnn").config, 1000)._learning_rate
    rates = [float(rate(step)) for step in range(0, 1000, 50)]
    assert rates[0] < max(rates) / 10
    assert rates.index(max(rates)) in {3, 4}
    assert rates[-1] < max(rates) / 10


def test_inverse_time_decay_is_the_notes_formula() -> None:
    from app.core.networks.compiling import build_optimizer

    config = find_recipe("lab-cnn-mnist").config
    rate = build_optimizer(config, 1000)._learning_rate
    assert float(rate(500)) == pytest.approx(0.01 / (1 + (0.01 / 11) * 500), rel=1e-5)
