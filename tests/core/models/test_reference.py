"""The notes' runs: each is a recipe, and says what was assumed."""

import pytest

from app.core.models.layers import BatchNormalization, Dense, Dropout
from app.core.models.recipes import RECIPES, Recipe, find_recipe
from app.core.models.reference import Reported, reported_beside, reported_for, reported_runs


def test_every_reported_run_is_a_recipe() -> None:
    ours = {recipe.id for recipe in RECIPES if recipe.group == "Softmax Studio"}
    assert {recipe.id for recipe in RECIPES} - ours == reported_runs().keys()
    assert len(reported_runs()) == 49


def test_figures_are_those_of_the_notes() -> None:
    reported = reported_for("tuning-512-14")
    assert reported == Reported(0.0317, 0.9975, 0.1084, 0.9764, 0.0881, 0.9834, 97.5948, stopped_epoch=70)
    assert reported_for("digits-cnn") is None
    hidden = reported_for("textbook-hidden")
    assert hidden is not None
    assert hidden.test_accuracy == 0.9639
    assert "table" in hidden.remark


@pytest.mark.parametrize(
    "recipe",
    [recipe for recipe in RECIPES if any(getattr(layer, "l2", 0) for layer in recipe.config.layers)],
    ids=lambda recipe: recipe.id,
)
def test_what_the_notes_leave_open_is_said(recipe: Recipe) -> None:
    assert "L2 factor" in recipe.assumptions
    assert ("learning rate" in recipe.assumptions) == (recipe.config.optimizer == "sgd")


def test_the_tuning_table_is_declared_as_the_notes_have_it() -> None:
    config = find_recipe("tuning-512x512-08").config
    assert (config.batch_size, config.epochs, config.optimizer) == (256, 50, "adam")
    assert [type(layer) for layer in config.layers] == [Dense, BatchNormalization] * 2
    patient = find_recipe("tuning-512-12").config
    assert (patient.epochs, patient.early_stopping_patience) == (100, 10)
    assert find_recipe("tuning-512-06").config.layers == (Dense(units=512), Dropout(rate=0.2))


def test_reported_figures_stand_beside_runs_of_the_same_task_only() -> None:
    config = find_recipe("quickstart-mnist").config
    assert reported_beside(config) is not None
    assert reported_beside(config.changed(dataset="my-digits")) is None
    assert reported_beside(config.changed(start_from="digits-cnn")) is None
