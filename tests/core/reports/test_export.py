"""The one door: what is written where, and what is refused."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.core.datasets.sources import load_dataset
from app.core.errors import InputError, StudioError
from app.core.models.library import delete_model
from app.core.models.store import find_model
from app.core.recipes import find_recipe
from app.core.reports.export import export, suggested_name
from app.core.reports.run_predictions import predict_test_split
from app.core.reports.writing import ReportFormat
from app.core.runs.history import RunHistory
from tests.core.reports.helpers import CONFIG, NOTED, MakeRun
from tests.core.training.trained import train_in

FORMATS = tuple(ReportFormat)


@pytest.fixture(scope="module")
def trained_home(tensorflow: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = find_recipe("quickstart-mnist").config.changed(epochs=2, engine="graph", batch_size=128)
    return train_in(tmp_path_factory.mktemp("trained"), config, load_dataset("mnist", "starter"))


@pytest.fixture
def trained(trained_home: Path, home: Path) -> tuple[RunHistory, int]:
    """A run that really was: the quickstart on the starter digits, and its model in the store."""
    shutil.copytree(trained_home, home)
    history = RunHistory()
    return history, history.runs()[0].id


@pytest.mark.parametrize("wanted", FORMATS)
def test_every_format_is_written(wanted: ReportFormat, history: RunHistory, make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    path = tmp_path / suggested_name(wanted, [history.run(run)])
    done = export(wanted, [run], history, path)
    assert done.path == path
    assert all(file.stat().st_size for file in done.files)
    assert sorted(tmp_path.rglob("*.*")) == sorted({*done.files, *tmp_path.glob("runs.sqlite3*")} | _locks(tmp_path))


def _locks(folder: Path) -> set[Path]:
    """What the history keeps beside its file."""
    return {path for path in folder.rglob("*.*") if "lock" in str(path.relative_to(folder))}


@pytest.mark.parametrize("wanted", FORMATS)
def test_what_is_there_is_replaced_only_when_asked(
    wanted: ReportFormat, history: RunHistory, make_run: MakeRun, tmp_path: Path
) -> None:
    run, path = make_run(), tmp_path / "out"
    files = export(wanted, [run], history, path).files
    for file in files:
        file.write_text("mine")
    with pytest.raises(InputError, match="already exists"):
        export(wanted, [run], history, path)
    assert {file.read_text() for file in files} == {"mine"}
    export(wanted, [run], history, path, replace=True)
    assert "mine" not in {file.read_bytes()[:4].decode(errors="ignore") for file in files}


def test_runs_keep_their_order_and_come_once(history: RunHistory, make_run: MakeRun, tmp_path: Path) -> None:
    first, second = make_run(), make_run()
    export(ReportFormat.CSV, [second, first, second], history, tmp_path / "runs.csv")
    lines = (tmp_path / "runs.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.partition(",")[0] for line in lines] == ["run", str(second), str(first)]


def test_each_run_has_its_own_events(history: RunHistory, make_run: MakeRun, tmp_path: Path) -> None:
    runs = [make_run(NOTED), make_run(NOTED)]
    done = export(ReportFormat.TENSORBOARD, runs, history, tmp_path / "board")
    assert {file.parent.name for file in done.files} == {f"tuning-512x512-02-{run}" for run in runs}
    more = make_run()
    export(ReportFormat.TENSORBOARD, [more], history, tmp_path / "board")
    assert len(list((tmp_path / "board").iterdir())) == 3


def test_names_suit_every_system(history: RunHistory, make_run: MakeRun) -> None:
    run = make_run()
    history.rename(run, "CON/../ä: what? " + "x" * 30)
    record = history.run(run)
    assert suggested_name(ReportFormat.HTML, [record]).isascii()
    assert not set(suggested_name(ReportFormat.HTML, [record])) & set('/\\:*?"<>| ')
    assert suggested_name(ReportFormat.CSV, [record, record]) == "2-runs.csv"
    assert suggested_name(ReportFormat.TENSORBOARD, [record]) == "tensorboard"


def test_bad_requests_are_sentences(history: RunHistory, make_run: MakeRun, tmp_path: Path) -> None:
    runs = [make_run(), make_run()]
    (tmp_path / "file").write_text("")
    refused = [
        (ReportFormat.CSV, [], tmp_path / "x", "No run is selected"),
        (ReportFormat.CSV, [99], tmp_path / "x", "no run 99"),
        (ReportFormat.KERAS, runs, tmp_path / "x", "choose a single one"),
        (ReportFormat.HTML, runs, tmp_path, "is a folder"),
        (ReportFormat.HTML, runs, tmp_path / "no" / "x.html", "There is no folder"),
        (ReportFormat.HTML, runs, tmp_path / "file" / "x.html", "There is no folder"),
        (ReportFormat.TENSORBOARD, runs, tmp_path / "file", "is a file"),
    ]
    for wanted, chosen, path, words in refused:
        with pytest.raises(InputError, match=words):
            export(wanted, chosen, history, path)
    assert not (tmp_path / "x").exists()


def test_a_lab_report_has_its_limit(
    history: RunHistory, make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.core.reports.export.MOST_IN_REPORT", 1)
    with pytest.raises(InputError, match="choose fewer, or export a table"):
        export(ReportFormat.HTML, [make_run(), make_run()], history, tmp_path / "all.html")


@pytest.mark.parametrize("name", ["a\0b.csv", "x" * 300 + ".csv"])
def test_a_name_that_no_file_can_have_is_a_sentence(
    name: str, history: RunHistory, make_run: MakeRun, tmp_path: Path
) -> None:
    with pytest.raises(StudioError, match="cannot be written"):
        export(ReportFormat.CSV, [make_run()], history, tmp_path / name)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a folder in which nobody may write")
def test_a_folder_that_cannot_be_written_is_a_sentence(history: RunHistory, make_run: MakeRun) -> None:
    with pytest.raises(StudioError, match="cannot be written"):
        export(ReportFormat.CSV, [make_run()], history, Path("/proc/self/runs.csv"))


def test_a_full_disk_leaves_what_was_there(
    history: RunHistory, make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "runs.csv"
    path.write_text("before")

    def refuse(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    run = make_run()
    with pytest.raises(StudioError, match="full"):
        export(ReportFormat.CSV, [run], history, path, replace=True)
    assert path.read_text() == "before"


def test_a_script_comes_with_the_data_that_keras_lacks(trained: tuple[RunHistory, int], tmp_path: Path) -> None:
    history, run = trained
    done = export(ReportFormat.KERAS, [run], history, tmp_path / "digits.py")
    assert done.files == (tmp_path / "digits.py", tmp_path / "digits-data.npz")
    assert done.remark == ""
    starter = load_dataset("mnist", "starter")
    with np.load(tmp_path / "digits-data.npz") as data:
        np.testing.assert_array_equal(data["x_train"], starter.train.images)
        np.testing.assert_array_equal(data["y_test"], starter.test.labels)


def test_a_script_without_its_data_says_so(history: RunHistory, make_run: MakeRun, tmp_path: Path) -> None:
    done = export(ReportFormat.KERAS, [make_run()], history, tmp_path / "bars.py")
    assert done.files == (tmp_path / "bars.py",)
    assert "no longer on this computer" in done.remark


def test_a_script_on_a_full_set_needs_no_file(history: RunHistory, make_run: MakeRun, tmp_path: Path) -> None:
    done = export(ReportFormat.KERAS, [make_run(CONFIG.changed(data="full"))], history, tmp_path / "full.py")
    assert (done.files, done.remark) == ((tmp_path / "full.py",), "")
    assert "keras.datasets.mnist.load_data()" in (tmp_path / "full.py").read_text()


def test_the_stored_network_gives_the_recorded_matrix_and_examples(trained: tuple[RunHistory, int]) -> None:
    history, run = trained
    recorded = history.confusion(run)
    predictions = predict_test_split(history.run(run), None)
    assert recorded is not None
    assert predictions.confusion is not None
    # LiteRT and TensorFlow may see a picture on the very border differently.
    assert np.abs(predictions.confusion - recorded).sum() <= 4
    assert [example.true for example in predictions.right] == list("0123456789")
    assert all(example.is_right for example in predictions.right)
    assert not any(example.is_right for example in predictions.mistakes)
    confidences = [example.confidence for example in predictions.mistakes]
    assert confidences == sorted(confidences, reverse=True)
    assert len(confidences) == 10


def test_a_model_that_is_another_one_by_now_gives_no_examples(trained: tuple[RunHistory, int]) -> None:
    history, run = trained
    record = history.run(run)
    card = find_model(str(record.model)).folder / "card.json"
    facts = json.loads(card.read_text())
    facts["config"]["seed"] = 7
    card.write_text(json.dumps(facts))
    predictions = predict_test_split(record, history.confusion(run))
    assert "replaced by another one" in predictions.missing
    delete_model(str(record.model))
    predictions = predict_test_split(record, history.confusion(run))
    assert "no longer here" in predictions.missing
    assert predictions.classes == tuple("0123456789")


def test_exporting_loads_no_tensorflow(history: RunHistory, make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    code = (
        "import sys; from pathlib import Path\n"
        "from app.core.reports.export import export\n"
        "from app.core.reports.writing import ReportFormat\n"
        "from app.core.runs.history import RunHistory\n"
        f"for wanted in ReportFormat: export(wanted, [{run}], RunHistory(Path({str(history.path)!r})), "
        f"Path({str(tmp_path)!r}) / wanted)\n"
        "assert not {'tensorflow', 'keras', 'PySide6'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
