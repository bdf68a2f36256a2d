"""What pydantic finds, in plain words."""

import pytest

from app.core.config.notation import parse_layers
from app.core.config.settings import OPTIMIZERS
from app.core.errors import InputError
from app.core.recipes import find_recipe

QUICKSTART = find_recipe("quickstart-mnist").config


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("learning_rate=abc", "Learning rate: 'abc' is not a number."),
        ("learning_rate=100", "Learning rate must be at most 10."),
        ("epochs=1.5", "Epochs: '1.5' is not a whole number."),
        ("epochs=0", "Epochs must be at least 1."),
        ("hidden_units=99999", "Hidden units must be at most 4,096."),
        ("dropout=1", "Dropout must be below 1."),
        ("optimizer=admm", "Optimizer cannot be 'admm'; did you mean adam?"),
        ("optimizer=zzz", f"Optimizer cannot be 'zzz'; choose {', '.join(OPTIMIZERS)}."),
        ("nesterov=maybe", "Nesterov cannot be 'maybe'; choose true or false."),
    ],
)
def test_a_setting_that_cannot_be_is_a_plain_sentence(setting: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        QUICKSTART.with_settings([setting])
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("max_pooling2d 9", "Pool size must be at most 7."),
        ("dense 128 rleu", "'rleu' is not an activation; did you mean relu?"),
        ("conv2d 8 3x3 smae", "'smae' is not a padding; did you mean same?"),
        ("dense abc", "Units: 'abc' is not a number."),
        ("dnse 3", "'dnse' is not a layer; did you mean dense?"),
        ("dense 5 foo=3", "There is no setting called foo."),
    ],
)
def test_a_layer_that_cannot_be_is_a_plain_sentence(layer: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_layers(layer)
    assert str(caught.value).endswith(said)
    assert "input" not in str(caught.value)
