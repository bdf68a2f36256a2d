"""The notes' runs: each is a recipe, and says what was assumed."""

import pytest

from app.core.config.layers import BatchNormalization, Dense, Dropout
from app.core.config.notation import parse_layers
from app.core.datasets.content import published_sha256
from app.core.datasets.registry import DATASETS
from app.core.recipes import RECIPES, Recipe, find_recipe
from app.core.recipes.reference import NotesBeside, Reported, notes_beside, reported_for, reported_runs


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


QUICKSTART = find_recipe("quickstart-mnist").config.changed(data="full")


def test_figures_of_the_notes_stand_beside_runs_that_repeat_them_only() -> None:
    assert notes_beside(QUICKSTART).reported == reported_for("quickstart-mnist")
    assert notes_beside(QUICKSTART.changed(seed=7, engine="fit")).reported is not None
    assert notes_beside(find_recipe("fast-cnn").config) == NotesBeside()


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({"layers": parse_layers("conv2d 32 3x3")}, ("other layers",)),
        ({"optimizer": "sgd", "learning_rate": 10}, ("sgd", "learning rate 10")),
        ({"data": "starter"}, ("starter data",)),
        ({"dataset": "my-digits"}, ("my-digits data",)),
        ({"data": "/somewhere"}, ("other data",)),
        ({"initial_model": "digits-cnn"}, ("started from digits-cnn",)),
        ({"dropout": 0.5, "epochs": 2}, ("dropout 0.5", "epochs 2")),
    ],
)
def test_what_makes_a_run_another_one_is_said_in_few_words(
    changed: dict[str, object], reasons: tuple[str, ...]
) -> None:
    found = notes_beside(QUICKSTART.changed(**changed))
    assert found == NotesBeside(None, reasons)
    assert found.differences == ", ".join(reasons)
    assert found.is_starter_alone == (reasons == ("starter data",))


def test_data_is_known_by_its_content() -> None:
    whole = published_sha256(DATASETS["mnist"])
    assert notes_beside(QUICKSTART.changed(data="/keras/mnist.npz"), whole).reported is not None


def test_many_reasons_are_counted() -> None:
    found = notes_beside(QUICKSTART.changed(epochs=1, batch_size=8, shift_px=1, rotate_deg=2, data="starter"))
    assert found.differences == "epochs 1, batch size 8, shift 1, 2 more"
