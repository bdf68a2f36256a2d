"""What differs between runs, and what their curves are called."""

from app.core.config.layers import Dense
from app.core.recipes.changes import value_text
from app.core.runs.comparison import differences, legend_texts, retagged, run_before, shared_tags
from app.core.runs.records import RunRecord
from tests.core.runs.made_runs import CONFIG, made_run


def told(*runs: RunRecord) -> dict[str, tuple[str, ...]]:
    return {difference.title: difference.values for difference in differences(runs)}


def test_only_what_differs_is_told() -> None:
    assert told(made_run(1), made_run(2, CONFIG.changed(batch_size=32, learning_rate=0.01))) == {
        "Batch size": ("128", "32"),
        "Learning rate": ("0.001", "0.01"),
    }
    assert told(made_run(1), made_run(2)) == told(made_run(1)) == {}


def test_settings_without_a_meaning_are_left_out() -> None:
    assert told(made_run(1, CONFIG.changed(optimizer="sgd", momentum=0.9)), made_run(2)) == {
        "Optimizer": ("sgd", "adam"),
    }
    several = [made_run(n, CONFIG.changed(optimizer="sgd", momentum=momentum)) for n, momentum in ((3, 0.5), (4, 0.9))]
    assert told(made_run(1), *several)["Momentum"] == ("", "0.5", "0.9")
    assert "Momentum" not in told(made_run(1, CONFIG.changed(momentum=0.9)), made_run(2))


def test_networks_that_differ_in_one_value_are_told_by_it() -> None:
    assert told(made_run(1), made_run(2, CONFIG.changed(dropout=0.5, hidden_units=128))) == {
        "Hidden units": ("512", "128"),
        "Dropout": ("0.2", "0.5"),
    }


def test_other_networks_are_told_in_full() -> None:
    other = CONFIG.changed(layers=(Dense(units=10), Dense(units=512)))
    assert told(made_run(1), made_run(2, other)) == {
        "Layers": ("dense 512 relu, dropout 0.2, dense 512 relu, dropout 0.2", "dense 10 relu, dense 512 relu")
    }


def test_settings_of_another_version_can_be_compared() -> None:
    old = made_run(1, config_json='{"recipe": "x", "layers": [{"type": "lstm"}], "batch_size": 128, "epochs": 50}')
    found = told(old, made_run(2))
    assert found["Layers"] == ('[{"type": "lstm"}]', "dense 512 relu, dropout 0.2, dense 512 relu, dropout 0.2")
    assert "Batch size" not in found


def test_a_legend_takes_the_fewest_settings_that_tell_runs_apart() -> None:
    rates = [made_run(n, CONFIG.changed(learning_rate=rate, seed=n)) for n, rate in enumerate((0.1, 0.01, 0.001))]
    assert legend_texts(rates) == ("Learning rate 0.1", "Learning rate 0.01", "Learning rate 0.001")
    table = [
        made_run(n, CONFIG.changed(learning_rate=rate, batch_size=size))
        for n, (rate, size) in enumerate(((0.1, 32), (0.1, 64), (0.01, 32)))
    ]
    assert legend_texts(table) == (
        "Batch size 32, Learning rate 0.1",
        "Batch size 64, Learning rate 0.1",
        "Batch size 32, Learning rate 0.01",
    )


def test_runs_of_different_recipes_are_called_by_those() -> None:
    runs = [made_run(1), made_run(2, CONFIG.changed(recipe="fast-cnn", epochs=4))]
    assert legend_texts(runs) == ("tuning-512x512-02", "fast-cnn")


def test_words_like_adam_need_no_title() -> None:
    runs = [made_run(1), made_run(2, CONFIG.changed(optimizer="sgd"))]
    assert legend_texts(runs) == ("adam", "sgd")


def test_runs_with_the_same_settings_are_told_by_their_numbers() -> None:
    assert legend_texts([made_run(1, name="mine"), made_run(2)]) == ("mine #1", "tuning-512x512-02 #2")
    seeds = [made_run(1), made_run(2, CONFIG.changed(seed=1))]
    assert legend_texts(seeds) == ("Seed 42", "Seed 1")
    pairs = [made_run(1), made_run(2), made_run(3, CONFIG.changed(batch_size=32))]
    assert legend_texts(pairs) == ("Batch size 128 #1", "Batch size 128 #2", "Batch size 32")
    assert legend_texts([made_run(7)]) == ("tuning-512x512-02 #7",)


def test_what_has_no_meaning_in_a_run_is_said_to_be_absent() -> None:
    sgd = CONFIG.changed(optimizer="sgd")
    runs = [made_run(1, sgd.changed(momentum=0.9)), made_run(2, sgd), made_run(3)]
    assert legend_texts(runs) == ("Momentum 0.9", "Momentum 0", "no momentum")


def test_values_in_words() -> None:
    assert [value_text(value) for value in (True, False, 0.1 + 0.2, 1e-5, 3, "adam", None)] == [
        "yes",
        "no",
        "0.3",
        "1e-05",
        "3",
        "adam",
        "",
    ]


def test_tags_that_all_share_are_replaced_and_others_stay() -> None:
    runs = [made_run(1, tags=("keep", "odd")), made_run(2, tags=("keep",)), made_run(3, tags=("keep", "late"))]
    assert shared_tags(runs) == ("keep",)
    assert retagged(runs, ["report", "odd"]) == {
        1: ("odd", "report"),
        2: ("report", "odd"),
        3: ("late", "report", "odd"),
    }
    assert shared_tags([]) == ()


def test_a_run_is_compared_with_the_one_before_it_of_the_same_recipe() -> None:
    other = CONFIG.changed(recipe="fast-cnn")
    runs = [made_run(5, CONFIG), made_run(4, other), made_run(3, CONFIG, epochs_done=0), made_run(2, CONFIG)]
    assert run_before(runs, 5) == 2  # 3 has no figures
    assert run_before(runs, 4) == 2  # the newest, as its recipe has no earlier one
    assert run_before(runs, 2) is None
