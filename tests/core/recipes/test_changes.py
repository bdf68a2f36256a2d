"""What sets a run apart from its recipe, and what it is called."""

import pytest

from app.core.config.config import TrainingConfig
from app.core.config.notation import parse_layers
from app.core.models.store import check_name
from app.core.recipes import RECIPES, find_recipe
from app.core.recipes.changes import changes, config_explanation, config_title, name_stem, run_name

QUICKSTART = find_recipe("quickstart-mnist").config


def test_a_recipe_as_it_is_keeps_its_name() -> None:
    assert all(changes(recipe.config) == () for recipe in RECIPES)
    assert run_name(QUICKSTART) == "quickstart-mnist"
    assert config_title(QUICKSTART, "MNIST") == "Quickstart: dense 128"
    assert config_explanation(QUICKSTART).startswith("A network for beginners")


def test_a_changed_run_is_called_by_what_was_changed() -> None:
    config = QUICKSTART.changed(optimizer="sgd", learning_rate=10, layers=parse_layers("conv2d 32 3x3, dense 128"))
    assert run_name(config) == "quickstart-mnist (conv2d 32 3x3 relu, no dropout 0.2, sgd, learning rate 10)"
    assert config_title(config) == (
        "Quickstart: dense 128, changed: conv2d 32 3x3 relu, no dropout 0.2, sgd, learning rate 10"
    )
    assert "for beginners" not in config_explanation(config)
    assert check_name(name_stem(config)).startswith("quickstart-mnist-conv2d-32")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"dropout": 0.5}, "dropout 0.5"),
        ({"hidden_units": 64, "epochs": 12}, "hidden units 64, epochs 12"),
        ({"validation_split": 0}, "no validation split"),
        ({"restore_best_weights": False}, "no keep best epoch"),
        ({"layers": parse_layers("dense 128")}, "no dropout 0.2"),
        ({"layers": ()}, "no hidden layers"),
        ({"layers": parse_layers("conv2d 8, max_pooling2d 2, conv2d 16, dense 9")}, "conv2d 8, conv2d 16, dense 9"),
        (
            {"epochs": 1, "batch_size": 8, "seed": 3, "shift_px": 1, "zoom": 0.1},
            "epochs 1, batch size 8, seed 3, 2 more",
        ),
    ],
)
def test_changes_are_few_plain_words(changed: dict[str, object], words: str) -> None:
    assert run_name(QUICKSTART.changed(**changed)) == f"quickstart-mnist ({words})"


def test_settings_that_mean_nothing_are_no_changes() -> None:
    assert changes(QUICKSTART.changed(momentum=0.9)) == ()  # adam has none
    assert [each.field for each in changes(QUICKSTART.changed(optimizer="sgd", momentum=0.9))] == [
        "optimizer",
        "momentum",
    ]


def test_a_change_tells_both_values() -> None:
    (change,) = changes(QUICKSTART.changed(learning_rate=0.01))
    assert (change.title, change.usual, change.now) == ("Learning rate", "0.001", "0.01")


def test_runs_can_be_named_by_what_sets_them_apart_from_another() -> None:
    base = QUICKSTART.changed(optimizer="sgd")
    assert run_name(base.changed(learning_rate=0.02), base) == "quickstart-mnist (learning rate 0.02)"


def test_other_pictures_and_other_beginnings_are_named() -> None:
    own = find_recipe("fast-cnn").config.changed(dataset="shapes", data="full")
    assert config_title(own, "Shapes") == "Small fast CNN, Shapes"
    tuned = own.changed(initial_model="my-model", epochs=2)
    assert config_title(tuned, "Shapes") == "Small fast CNN, Shapes, fine-tuned from my-model"
    assert config_explanation(tuned) == "Starts with the weights of 'my-model'."


def test_a_recipe_of_another_version_is_called_by_its_id() -> None:
    unknown = TrainingConfig(recipe="gone", layers=())
    assert (run_name(unknown), config_title(unknown), config_explanation(unknown)) == ("gone", "gone", "")
