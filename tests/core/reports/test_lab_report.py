"""The lab report, read with an HTML reader."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from app.core.errors import StudioError
from app.core.reports.curves import RUN_COLOURS
from app.core.reports.lab_report import RunFacts, lab_report
from app.core.reports.page import STYLE
from app.core.reports.run_predictions import Example, RunPredictions, predict_test_split
from app.core.runs.history import RunHistory
from app.core.runs.progress import duration_text
from app.core.runs.records import RunRecord
from app.ui import theme
from tests.core.reports.helpers import CONFIG, CONFUSION, EPOCHS, NOTED, MakeRun

NAMES = ("top", "upper", "lower", "bottom")
EMPTY_TAGS = {"meta", "img", "br", "wbr"}


class Reader(HTMLParser):
    """Notes the text, the tags with their attributes, and whether every tag is closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in EMPTY_TAGS:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open and data.strip():
            self.text.append(data.strip())

    def has(self, text: str) -> bool:
        return text in " ".join(self.text)

    def of(self, tag: str, kind: str = "") -> list[dict[str, str]]:
        found = (attributes for name, attributes in self.tags if name == tag)
        return [attributes for attributes in found if kind in attributes.get("class", "").split() or not kind]


def example(predicted: str, true: str, confidence: float = 0.987) -> Example:
    return Example(np.eye(28, dtype=np.uint8) * 255, predicted, confidence, true)


PREDICTIONS = RunPredictions(NAMES, CONFUSION, (example("top", "top"),), (example("upper", "lower", 0.61),))


@pytest.fixture
def run(history: RunHistory, make_run: MakeRun) -> RunRecord:
    return history.run(make_run())


def read(*runs: RunRecord, predictions: RunPredictions = PREDICTIONS) -> Reader:
    return Reader(lab_report([RunFacts(run, EPOCHS, predictions) for run in runs]))


def test_a_report_needs_no_network_and_no_script(run: RunRecord) -> None:
    page = lab_report([RunFacts(run, EPOCHS, PREDICTIONS)])
    reader = Reader(page)
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in reader.tags}
    for _, attributes in reader.tags:
        for name in ("src", "href", "action"):
            assert attributes.get(name, "data:").startswith("data:")
    assert "url(" not in page
    assert "@import" not in page


def test_figures_stand_beside_the_reported_ones(history: RunHistory, make_run: MakeRun) -> None:
    reader = read(history.run(make_run(NOTED)))
    test_row = reader.text[reader.text.index("Test") :][1:7]
    assert test_row == ["0.2500", "0.1027", "+0.1473", "0.9500", "0.9843", "−0.0343"]
    assert reader.has("Time: 6.0 s; the notes report 1 min 31 s on their own machine.")
    assert reader.has("Test precision 0.9520, recall 0.9500")


def test_a_changed_run_says_what_was_changed_and_has_no_figures_of_the_notes(run: RunRecord) -> None:
    reader = read(run)
    assert reader.has("tuning-512x512-02 (dense 8 relu, dropout 0.25, epochs 3, batch size 32")
    assert reader.has("Changed from the recipe: dense 8 relu, dropout 0.25, epochs 3")
    assert reader.has("Not comparable with the notes: other layers, epochs 3")
    assert reader.has("starter data")
    assert reader.text[reader.text.index("Test") :][1:3] == ["0.2500", "0.9500"]


def test_a_recipe_without_reported_figures_has_two_columns(history: RunHistory, make_run: MakeRun) -> None:
    reader = read(history.run(make_run(CONFIG.changed(recipe="fast-cnn"))))
    assert reader.text[reader.text.index("Test") :][1:3] == ["0.2500", "0.9500"]
    assert not reader.has("notes")


def test_layers_have_shapes_and_parameters(run: RunRecord) -> None:
    reader = read(run)
    start = reader.text.index("picture")
    assert reader.text[start : start + 7] == ["picture", "28 × 28 × 1", "flatten", "784", "dense 8 relu", "8", "6,280"]
    assert reader.has("dense 4 softmax 4 36")


def test_the_network_is_drawn_in_the_colours_of_the_page(run: RunRecord) -> None:
    page = lab_report([RunFacts(run, EPOCHS, PREDICTIONS)])
    diagram = page.partition('<div class="diagram">')[2].partition("</div>")[0]
    assert "Dense" in diagram
    names = set(re.findall(r"var\((--[a-z-]+)\)", diagram))
    assert names
    assert all(f"{name}:" in STYLE for name in names)


def test_compared_runs_are_drawn_over_each_other(run: RunRecord) -> None:
    runs = [replace(run, id=number, name=f"try {number}") for number in range(1, 4)]
    shorter = [RunFacts(runs[1], EPOCHS[:1], PREDICTIONS)]
    reader = Reader(
        lab_report([RunFacts(runs[0], EPOCHS, PREDICTIONS), *shorter, RunFacts(runs[2], EPOCHS, PREDICTIONS)])
    )
    assert reader.has("Curves, compared")
    charts = [chart["aria-label"] for chart in reader.of("svg", "chart") if "aria-label" in chart]
    assert charts[:2] == ["Validation loss by epoch", "Validation accuracy by epoch"]
    drawn = [line for line in reader.of("path") if line.get("class", "").startswith("run-")]
    assert [line["class"] for line in drawn] == ["run-1", "run-2", "run-3"] * 2
    assert len({(line["stroke"], line.get("stroke-dasharray")) for line in drawn}) == 3
    assert len({line.get("stroke-dasharray") for line in drawn}) == 3  # not told apart by colour alone
    assert {"#1", "#2", "#3"} <= set(reader.text)
    assert reader.has("try 2")


def test_runs_of_which_one_was_not_validated_are_compared_by_their_training(run: RunRecord) -> None:
    unchecked = [replace(epoch, val_loss=None, val_accuracy=None) for epoch in EPOCHS]
    other = replace(run, id=run.id + 1)
    reader = Reader(lab_report([RunFacts(run, EPOCHS, PREDICTIONS), RunFacts(other, unchecked, PREDICTIONS)]))
    charts = [chart["aria-label"] for chart in reader.of("svg", "chart") if "aria-label" in chart]
    assert charts[:2] == ["Training loss by epoch", "Training accuracy by epoch"]
    alone = Reader(lab_report([RunFacts(run, EPOCHS, PREDICTIONS), RunFacts(other, (), PREDICTIONS)]))
    assert not alone.has("Curves, compared")


def test_both_curves_mark_the_best_epoch(run: RunRecord) -> None:
    reader = read(run)
    assert len(reader.of("svg", "chart")) == 2
    assert reader.text.count("best: epoch 2") == 2


def test_the_matrix_has_every_count_and_shades_it(run: RunRecord) -> None:
    reader = read(run)
    start = reader.text.index("found")
    rows = [reader.text[start + 1 + 6 * row : start + 7 + 6 * row] for row in range(4)]
    assert rows[0] == ["top", "48", "2", "0", "0", "96.0%"]
    assert rows[3] == ["bottom", "0", "0", "7", "43", "86.0%"]
    assert sum("background" in cell.get("style", "") for cell in reader.of("td")) == np.count_nonzero(CONFUSION)
    assert reader.has("Most often confused: bottom predicted as lower (7); top predicted as upper (2)")


def test_many_classes_leave_only_what_was_confused(run: RunRecord) -> None:
    names = tuple(f"class {number}" for number in range(40))
    confusion = np.diag(np.full(40, 5))
    confusion[3, 4] = 2
    reader = read(run, predictions=RunPredictions(names, confusion, missing="No examples."))
    assert not reader.of("table", "confusion")
    assert reader.has("Most often confused: class 3 predicted as class 4 (2).")


def test_examples_are_told_apart_by_colour_and_mark(run: RunRecord) -> None:
    reader = read(run)
    assert reader.has("✓ top 99% (top)")
    assert reader.has("✗ upper 61% (lower)")
    assert len(reader.of("figure", "is-right")) == len(reader.of("figure", "is-wrong")) == 1
    assert all(picture["src"].startswith("data:image/png;base64,") for picture in reader.of("img"))


def test_where_there_are_no_examples_a_sentence_says_why(run: RunRecord) -> None:
    predictions = predict_test_split(run, CONFUSION)
    assert predictions.missing == "The model 'my model' is no longer here, so there are no examples."
    reader = read(run, predictions=predictions)
    assert reader.has(predictions.missing)
    assert reader.of("table", "confusion")


def test_a_run_that_was_never_tested_has_no_matrix(history: RunHistory, make_run: MakeRun) -> None:
    run = history.run(make_run(epochs=(), saved=False))
    reader = Reader(lab_report([RunFacts(run, (), predict_test_split(run, None))]))
    assert not reader.of("table", "confusion")
    assert reader.has("This run has no model, so there are no examples.")
    assert reader.text.count("No epoch was finished.") == 2


def test_settings_without_a_meaning_are_left_out(run: RunRecord) -> None:
    reader = read(run)
    assert reader.has("Learning rate 0.001")
    assert reader.has("Beta 1")
    for title in ("Momentum", "Drop every", "Keep best epoch", "Shift"):
        assert not reader.has(title)


def test_texts_of_a_person_are_texts(history: RunHistory, run: RunRecord) -> None:
    history.rename(run.id, "<script>alert(1)</script> & co")
    history.set_note(run.id, "<b>bold</b>\nsecond line")
    history.set_tags([run.id], ["<i>"])
    reader = read(history.run(run.id))
    assert "script" not in {tag for tag, _ in reader.tags}
    assert reader.has("<script>alert(1)</script> & co")
    assert reader.has("<b>bold</b>\nsecond line")


def test_several_runs_are_compared_and_then_told_one_by_one(history: RunHistory, make_run: MakeRun) -> None:
    runs = [history.run(make_run(CONFIG.changed(batch_size=size))) for size in (32, 64)]
    reader = read(*runs)
    assert reader.has("2 runs")
    assert reader.text[reader.text.index("What differs") :][1:7] == [
        "Setting",
        runs[0].title,
        runs[1].title,
        "Batch size",
        "32",
        "64",
    ]
    assert len(reader.of("article")) == 2


def test_a_run_of_a_removed_recipe_can_be_reported(run: RunRecord) -> None:
    gone = replace(run, recipe="gone")
    reader = read(gone)
    assert not reader.has("notes report")
    assert reader.has("softmax-studio train gone")


def test_settings_of_another_version_are_a_sentence(run: RunRecord) -> None:
    strange = replace(run, config_json='{"recipe": "x", "epochs": 3, "magic": 1}')
    with pytest.raises(StudioError, match="settings that this version does not know"):
        read(strange)


def test_the_colours_are_the_windows() -> None:
    light, _, dark = STYLE.partition("@media screen")
    for scheme, part in ((theme.LIGHT, light), (theme.DARK, dark)):
        for name in ("card", "line", "text", "muted", "accent", "validation", "best", "best_text"):
            assert f"--{name.replace('_', '-')}: {getattr(scheme, name)};" in part
        for place, colour in enumerate(scheme.series, 1):
            assert f"--run-{place}: {colour};" in part
    assert theme.LIGHT.series == RUN_COLOURS


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (59.2, "59.2 s"), (59.7, "1 min 00 s"), (4_800, "1 h 20 min")]
)
def test_durations_are_for_people(seconds: float, text: str) -> None:
    assert duration_text(seconds, 1) == text
