"""Tables of runs, read back as spreadsheets and people read them."""

import csv
import io

import pytest

from app.core.recipes import find_recipe
from app.core.recipes.reference import reported_for
from app.core.reports.tables import compared, csv_table, markdown_table
from app.core.runs.history import RunHistory
from tests.core.reports.helpers import CONFIG, NOTED, MakeRun

LAB = find_recipe("lab-cnn-fashion").config.changed(data="full")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_figures_stand_beside_what_the_notes_report(history: RunHistory, make_run: MakeRun) -> None:
    figures = {figure.name: figure for figure in compared(history.run(make_run(NOTED)))}
    notes = reported_for("tuning-512x512-02")
    assert notes is not None
    assert figures["test_accuracy"].ours == 0.95
    assert figures["test_accuracy"].reported == notes.test_accuracy == 0.9843
    assert figures["test_accuracy"].difference == pytest.approx(0.95 - 0.9843)
    assert figures["time_s"].reported == 90.5766


def test_a_time_reported_by_the_epoch_is_that_of_all_epochs(history: RunHistory, make_run: MakeRun) -> None:
    run = history.run(make_run(LAB))
    assert compared(run)[0].reported == LAB.epochs * 195


def test_what_nobody_measured_has_no_difference(history: RunHistory, make_run: MakeRun) -> None:
    run = history.run(make_run(CONFIG.changed(recipe="fast-cnn"), epochs=(), saved=False))
    assert all(figure.ours is None and figure.difference is None for figure in compared(run))


def test_csv_has_a_row_for_each_run_with_figures_and_settings(history: RunHistory, make_run: MakeRun) -> None:
    first, second = make_run(NOTED), make_run(CONFIG.changed(recipe="fast-cnn", batch_size=64), epochs=(), saved=False)
    history.set_note(first, 'Half a million weights,\nand "dropout"; it works')
    history.set_tags([first], ["home", "work"])
    one, two = rows(csv_table([history.run(first), history.run(second)]))
    assert (one["run"], one["recipe"], one["epochs_done"]) == (str(first), "tuning-512x512-02", "3")
    assert float(one["test_accuracy"]) == 0.95
    assert float(one["test_accuracy_difference"]) == 0.95 - 0.9843
    assert one["note"] == 'Half a million weights,\nand "dropout"; it works'
    assert one["tags"] == "home work"
    assert one["layers"] == "dense 512 relu, dropout 0.2, dense 512 relu, dropout 0.2"
    assert two["batch_size"] == "64"
    assert two["test_accuracy"] == two["test_accuracy_reported"] == two["time_s"] == ""


def test_markdown_puts_reported_and_difference_in_brackets(history: RunHistory, make_run: MakeRun) -> None:
    lines = markdown_table([history.run(make_run(NOTED))]).splitlines()
    assert lines[0].split("|")[1].strip() == "Run"
    assert "0.9500 (0.9843, -0.0343)" in lines[2]
    assert len({line.count("|") for line in lines[:3]}) == 1
    assert lines[-1].startswith("Each metric is that of the run")


def test_markdown_says_nothing_of_notes_that_report_nothing(history: RunHistory, make_run: MakeRun) -> None:
    text = markdown_table([history.run(make_run(find_recipe("fast-cnn").config))])
    assert "(" not in text.splitlines()[2]
    assert "reported" not in text


def test_markdown_tells_runs_of_one_name_apart_and_takes_names_as_they_are(
    history: RunHistory, make_run: MakeRun
) -> None:
    runs = [make_run(NOTED), make_run(NOTED), make_run(NOTED)]
    history.rename(runs[2], "a | b <b>*c*")
    lines = markdown_table([history.run(run) for run in runs]).splitlines()
    assert lines[2].startswith(f"| tuning-512x512-02 #{runs[0]} |")
    assert lines[4].startswith(r"| a \| b \<b\>\*c\* |")


def test_no_run_gives_an_empty_table() -> None:
    assert rows(csv_table([])) == []
    assert markdown_table([]).startswith("| Run | Epochs |")
