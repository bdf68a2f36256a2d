"""The config: its limits, its texts, and the form made from them."""

import inspect
import itertools
import shlex
from typing import get_args

import pytest

from app.core.config.config import TrainingConfig, form_fields
from app.core.config.form import FieldKind
from app.core.config.layers import get_from_layers
from app.core.config.notation import layers_text
from app.core.config.settings import LOSSES, OPTIMIZERS, Loss, Optimizer
from app.core.errors import InputError
from app.core.recipes import RECIPES, find_recipe


@pytest.mark.parametrize(
    "setting",
    ["epochs=0", "epochs=many", "learning_rate=nan", "learning_rate=-1", "validation_split=0.9", "optimizer=magic"],
)
def test_values_outside_their_limits_are_refused_by_name(setting: str) -> None:
    with pytest.raises(InputError, match=setting.partition("=")[0].replace("_", " ").capitalize()):
        find_recipe("fast-cnn").config.with_settings([setting])


@pytest.mark.parametrize("setting", ["epochs", "recipe=x", "=3", "nothing=1"])
def test_only_fields_can_be_set(setting: str) -> None:
    with pytest.raises(InputError, match="FIELD=VALUE"):
        find_recipe("fast-cnn").config.with_settings([setting])


def test_settings_are_applied() -> None:
    changed = find_recipe("fast-cnn").config.with_settings(["epochs=7", "flip=true", "optimizer=sgd"])
    assert (changed.epochs, changed.flip, changed.optimizer) == (7, True, "sgd")


def test_settings_of_older_versions_are_read_under_their_new_names() -> None:
    config = find_recipe("fast-cnn").config
    old = config.model_dump_json().replace("initial_model", "start_from").replace("replay_dataset", "beside")
    old = old.replace('"start_from":""', '"start_from":"digits-cnn"').replace('"beside":""', '"beside":"mnist"')
    expected = config.changed(initial_model="digits-cnn", replay_dataset="mnist")
    assert TrainingConfig.model_validate_json(old) == expected
    assert config.with_settings(["start_from=digits-cnn", "beside=mnist"]) == expected


def test_the_command_repeats_the_run() -> None:
    recipe = find_recipe("fast-cnn").config
    changed = recipe.changed(epochs=7, data="full", learning_rate=0.01)
    words = changed.command(recipe).split()
    settings = [after for word, after in itertools.pairwise(words) if word == "--set"]
    assert recipe.with_settings(settings).changed(data="full") == changed
    assert words[:3] == ["softmax-studio", "train", "fast-cnn"]
    assert "--name" not in words  # that name is taken by the run to repeat


def test_settings_reach_into_all_layers() -> None:
    config = find_recipe("tuning-512x512-02").config.with_settings(["hidden_units=64", "dropout=0.5", "l2=0.001"])
    assert layers_text(config.layers) == ("dense 64 relu l2=0.001, dropout 0.5, dense 64 relu l2=0.001, dropout 0.5")
    assert get_from_layers(config.layers, "hidden_units") == 64


def test_a_setting_that_no_layer_has_is_refused() -> None:
    with pytest.raises(InputError, match="dropout"):
        find_recipe("textbook-hidden").config.with_settings(["dropout=0.5"])
    with pytest.raises(InputError, match="units"):
        find_recipe("textbook-hidden").config.with_settings(["hidden_units=0"])


def test_the_command_repeats_a_run_with_another_network() -> None:
    recipe = find_recipe("lab-functional-mnist").config
    changed = recipe.with_settings(["layers=conv2d 8 5x5 tanh same he_normal, reshape 28x14x16, dropout 0.25"])
    words = shlex.split(changed.command(recipe))
    settings = [after for word, after in itertools.pairwise(words) if word == "--set"]
    assert recipe.with_settings(settings) == changed


def test_an_unknown_recipe_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match="quickstart-mnist"):
        find_recipe("nothing")


def test_every_form_field_has_words_and_limits() -> None:
    fields = {field.name: field for field in form_fields()}
    for field in fields.values():
        assert field.title
        assert field.help.endswith((".", ").")), field.name
        if field.kind in {FieldKind.INTEGER, FieldKind.DECIMAL}:
            assert field.minimum < field.maximum
    assert fields["optimizer"].choices == tuple(OPTIMIZERS)
    assert fields["validation_split"].zero == "none"


def test_the_tables_hold_every_optimizer_and_loss_with_settings_that_exist() -> None:
    assert tuple(OPTIMIZERS) == get_args(Optimizer)
    assert tuple(LOSSES) == get_args(Loss)
    fields = {field.name: field for field in form_fields()}
    for name, kind in OPTIMIZERS.items():
        assert all(fields[setting].applies({"optimizer": name}) for setting in kind.defaults)


@pytest.mark.usefixtures("tensorflow")
def test_the_tables_say_what_keras_says() -> None:
    import keras

    for kind in OPTIMIZERS.values():
        parameters = inspect.signature(getattr(keras.optimizers, kind.keras_class)).parameters
        assert {name: parameters[name].default for name in kind.defaults} == kind.defaults
    for name, loss in LOSSES.items():
        assert callable(getattr(keras.losses, name))
        assert ("from_logits" in inspect.signature(getattr(keras.losses, loss.keras_class)).parameters) or (
            not loss.takes_logits
        )


def test_recipes_have_ids_of_their_own_and_explain_themselves() -> None:
    assert len({recipe.id for recipe in RECIPES}) == len(RECIPES)
    assert all(recipe.explanation.endswith(".") for recipe in RECIPES)
