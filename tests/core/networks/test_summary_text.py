"""The table of `model.summary()`."""

import re

import pytest

from app.core.networks.shapes import network_summary
from app.core.networks.summary_text import summary_cells, summary_text, summary_titles, summary_totals
from app.core.recipes import find_recipe


def test_the_table_of_the_quickstart() -> None:
    assert summary_text(network_summary(find_recipe("quickstart-mnist").config, 10)) == (
        "Layer (type)              Output Shape       Param #\n"
        "────────────────────────────────────────────────────\n"
        "input_layer (InputLayer)  (None, 28, 28, 1)        0\n"
        "flatten (Flatten)         (None, 784)              0\n"
        "dense (Dense)             (None, 128)        100,480\n"
        "dropout (Dropout)         (None, 128)              0\n"
        "dense_1 (Dense)           (None, 10)           1,290\n"
        "────────────────────────────────────────────────────\n"
        "Total params: 101,770 (397.54 KB)\n"
        "Trainable params: 101,770 (397.54 KB)\n"
        "Non-trainable params: 0 (0.00 B)"
    )


def test_a_network_that_branches_says_what_is_connected() -> None:
    summary = network_summary(find_recipe("lab-functional-mnist").config, 10)
    assert summary_titles(summary)[-1] == "Connected to"
    assert summary_cells(summary)[13][-1] == "reshape[0][0], input_layer[0][0]"


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("recipe_id", ["quickstart-mnist", "lab-cnn-mnist", "lab-functional-mnist"])
def test_every_cell_and_total_is_in_keras_own_table(recipe_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    from app.core.networks.building import build_network

    config = find_recipe(recipe_id).config
    keras.backend.clear_session(free_memory=False)
    monkeypatch.setenv("COLUMNS", "200")
    lines: list[str] = []
    build_network(config, 10).summary(line_length=160, print_fn=lines.append)
    printed = re.sub(r"\s+", " ", "\n".join(lines))
    summary = network_summary(config, 10)
    for cells in summary_cells(summary):
        assert all(cell.split(",")[0] in printed for cell in cells)
    assert all(total in printed for total in summary_totals(summary))
