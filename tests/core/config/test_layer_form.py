"""The words and limits of layers, and drafts of networks."""

from typing import get_args

import pytest

from app.core.config.form import FieldKind, fields_of
from app.core.config.layers import LAYER_KINDS, ConcatenateInput, Conv2D, Dense, Dropout, Flatten, Layer, Reshape
from app.core.config.notation import layers_text, parse_layers
from app.core.networks.draft import Draft, DraftHistory
from app.core.recipes import find_recipe

CONFIG = find_recipe("quickstart-mnist").config  # dense 128, dropout 0.2


def test_every_kind_that_can_be_declared_is_offered_once() -> None:
    kinds = [layer.type for layer in LAYER_KINDS]
    assert kinds == [get_args(kind.model_fields["type"].annotation)[0] for kind in get_args(get_args(Layer)[0])]
    assert len(set(kinds)) == len(kinds)
    assert parse_layers("reshape 28x28x1, concatenate_input") == (Reshape(), ConcatenateInput())


@pytest.mark.parametrize("layer", LAYER_KINDS, ids=lambda layer: layer.title)
def test_every_field_of_every_kind_has_words_and_limits(layer: Layer) -> None:
    assert layer.help.endswith(".")
    assert [field.name for field in fields_of(type(layer))] == list(type(layer).model_fields)[1:]
    for field in fields_of(type(layer)):
        assert field.title
        assert field.help
        assert field.choices if field.kind is FieldKind.CHOICE else field.maximum > field.minimum


def test_limits_are_those_of_the_declaration() -> None:
    fields = {field.name: field for field in fields_of(Conv2D)}
    assert (fields["filters"].minimum, fields["filters"].maximum) == (1, 512)
    assert (fields["l2"].minimum, fields["l2"].maximum, fields["l2"].zero) == (0, 1, "none")
    assert "leaky_relu" in fields["activation"].choices
    (rate,) = fields_of(Dropout)
    assert rate.maximum == pytest.approx(0.99)


def test_a_layer_changes_in_one_value() -> None:
    assert Dense(units=5, l1=0.1).changed(units=6) == Dense(units=6, l1=0.1)


def test_details_leave_out_the_kind() -> None:
    assert Conv2D(filters=8, padding="same", l2=0.01).details == "8 3x3 relu same l2=0.01"
    assert Flatten().details == ""


def test_a_draft_becomes_a_config_with_nothing_else_changed() -> None:
    draft = Draft.of(CONFIG).choose(2).insert(Flatten())
    assert draft.config(CONFIG) == CONFIG.changed(layers=(Dense(units=128), Dropout(rate=0.2), Flatten()))


def test_layers_are_inserted_after_the_chosen_one() -> None:
    draft = Draft.of(CONFIG).insert(Flatten())
    assert draft.layers == (Dense(units=128), Flatten(), Dropout(rate=0.2))
    assert draft.chosen_layer == Flatten()
    assert draft.choose(99).chosen_layer is None


def test_removing_the_last_layer_leaves_the_output_chosen() -> None:
    draft = Draft.of(CONFIG).choose(1).remove()
    assert (draft.layers, draft.chosen_layer) == ((Dense(units=128),), None)


@pytest.mark.parametrize(("start", "place", "ends_at"), [(0, 1, 1), (1, 0, 0), (0, 99, 1), (1, -1, 0)])
def test_a_moved_layer_stays_chosen(start: int, place: int, ends_at: int) -> None:
    draft = Draft.of(CONFIG).move(start, place)
    assert draft.chosen == ends_at
    assert draft.layers[ends_at] == CONFIG.layers[start]
    assert len(draft.layers) == 2


def test_undo_and_redo_walk_through_what_was_done() -> None:
    history = DraftHistory(Draft.of(CONFIG))
    history.do(history.draft.remove())
    history.do(history.draft.insert(Flatten()))
    history.undo()
    assert layers_text(history.draft.layers) == "dropout 0.2"
    history.undo()
    assert not history.is_changed
    assert not history.can_undo
    history.redo()
    history.redo()
    assert layers_text(history.draft.layers) == "dropout 0.2, flatten"
    history.undo()
    history.do(history.draft.remove())
    assert not history.can_redo


def test_digits_typed_in_a_row_are_one_step_until_another_layer_is_chosen() -> None:
    history = DraftHistory(Draft.of(CONFIG))
    for units in (1, 12, 125):
        history.do(history.draft.change(Dense(units=units)), "units")
    history.do(history.draft.choose(1))
    history.do(history.draft.choose(0))
    history.do(history.draft.change(Dense(units=9)), "units")
    history.undo()
    assert history.draft.layers[0] == Dense(units=125)
    history.undo()
    assert history.draft.layers[0] == Dense(units=128)
    assert not history.can_undo


def test_choosing_is_no_change() -> None:
    history = DraftHistory(Draft.of(CONFIG))
    history.do(history.draft.choose(1))
    assert (history.can_undo, history.is_changed, history.draft.chosen) == (False, False, 1)
