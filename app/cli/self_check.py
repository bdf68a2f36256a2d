"""`softmax-studio self-check`: prove that this installation works, on its own data, in a home of its own."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import typer

from app.cli.output import Json, Output
from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import load_dataset
from app.core.errors import StudioError, error_sentence
from app.core.imaging.drawing import DRAWING_SUFFIX
from app.core.imaging.preprocess import Preprocessing, load_source, prepare
from app.core.inference.predictor import Predictor
from app.core.models.store import StoredModel, find_model, list_models
from app.core.paths import HOME_VARIABLE, resources_dir
from app.core.recipes import find_recipe

CHECK_MODEL = "self-check"
SEARCH_S = 180
POLL_S = 0.2
MOST_WRONG = 1
"""Bundled drawings a bundled digit model may misread: the small quickstart model is allowed one."""


@dataclass(frozen=True)
class Check:
    """One thing that was tried, and how it went."""

    name: str
    passed: bool
    detail: str
    elapsed_s: float


def self_check(json: Json = False) -> None:
    """Check that this installation works, on its own data, in a minute."""
    output, failures = Output(json), 0
    for check in run_checks():
        mark = "ok  " if check.passed else "FAIL"
        facts = {"check": check.name, "passed": check.passed, "detail": check.detail, "elapsed_s": check.elapsed_s}
        output.facts(facts, f"{mark} {check.name}: {check.detail} ({check.elapsed_s:.1f} s)")
        failures += not check.passed
    if failures:
        raise typer.Exit(StudioError.exit_code)


def run_checks() -> Iterator[Check]:
    """Try everything that a first start needs, in a temporary home, and say how each went."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="softmax-studio-") as home:
        before = os.environ.get(HOME_VARIABLE)
        os.environ[HOME_VARIABLE] = home
        try:
            for name, check in _CHECKS:
                yield _run(name, check)
        finally:
            if before is None:
                del os.environ[HOME_VARIABLE]
            else:
                os.environ[HOME_VARIABLE] = before


def _run(name: str, check: Callable[[], str]) -> Check:
    began = time.perf_counter()
    try:
        detail, passed = check(), True
    except Exception as error:  # whatever is broken here is what the check is for
        detail, passed = error_sentence(error), False
    return Check(name, passed, detail, time.perf_counter() - began)


def _bundled_models() -> str:
    bundled = [model for model in list_models() if model.bundled]
    if not bundled:
        raise StudioError("No model ships with this installation; install the program again.")
    digit_models = [model for model in bundled if model.card.preprocessing == Preprocessing.DIGITS]
    results = [f"{model.card.name} {_read_drawings(model)}" for model in digit_models]
    others = [Predictor(model).model.card.name for model in bundled if model not in digit_models]
    return ", ".join(results + [f"{name} opens" for name in others])


def _starter_data() -> str:
    return "; ".join(load_dataset(name, "starter").description for name in DATASETS)


def _pictures() -> str:
    """Read a photograph in the form that phones make: turned by its metadata, in HEIC."""
    read = _label(Predictor(find_model("digits-cnn")), resources_dir() / "samples" / "photograph.heic")
    if read != 7:
        raise StudioError(f"A photograph of a 7 is read as {read}.")
    return "a photograph in HEIC is read"


def _training() -> str:
    from app.core.quiet import load_tensorflow
    from app.core.runs.events import Event, RunEnded
    from app.core.training.control import RunControl

    load_tensorflow()
    from app.core.training.runs import run

    events: list[Event] = []
    config = find_recipe("quickstart-mnist").config.changed(epochs=3)
    run(config, load_dataset("mnist", "starter"), events.append, RunControl(), CHECK_MODEL)
    ended = events[-1]
    if not isinstance(ended, RunEnded) or ended.test_accuracy is None:
        raise StudioError(f"The training did not end well: {ended}")
    if ended.test_accuracy < 0.8:
        raise StudioError(f"The trained network reads only {ended.test_accuracy:.1%} of the test digits.")
    return f"3 epochs in {ended.elapsed_s:.1f} s, test accuracy {ended.test_accuracy:.1%}"


def _saved_model() -> str:
    import keras
    import numpy as np

    stored = find_model(CHECK_MODEL)
    images = load_dataset("mnist", "starter").test.images[:50].astype(np.float32) / np.float32(255)
    network = keras.saving.load_model(stored.folder / "model.keras")
    temperature = stored.card.calibration.temperature if stored.card.calibration else 1.0
    logits = network(images[..., None], training=False) / temperature
    expected = keras.ops.convert_to_numpy(keras.ops.softmax(logits))
    if not np.allclose(Predictor(stored).probabilities(images), expected, atol=1e-3):
        raise StudioError("The saved model does not answer like the network it was made from.")
    return "loaded again, with the same answers from Keras and LiteRT"


def _keras_script() -> str:
    from app.core.reports.keras_script import script_code

    code = script_code(find_recipe("digits-varied").config, "script.py")
    compile(code, "script.py", "exec")
    if "class Augment" not in code or "class BatchStatistics" not in code:
        raise StudioError("The script of a run lacks what the trainer does.")
    return f"{len(code.splitlines())} lines, with the trainer's own code"


def _search() -> str:
    from app.core.search.plan import SearchPlan
    from app.core.search.runner import SearchRunner
    from app.core.search.space import Choices

    base = find_recipe("quickstart-mnist").config.changed(epochs=1)
    space = (Choices(field="hidden_units", values=(16, 32)),)
    runner = SearchRunner()
    runner.start(SearchPlan(name="self-check", method="grid", bases=(base,), space=space), workers=1)
    deadline = time.monotonic() + SEARCH_S
    while (status := runner.poll()).is_running and time.monotonic() < deadline:
        time.sleep(POLL_S)
    runner.close()
    if status.best is None or status.best.value is None or status.done < len(status.trials):
        raise StudioError(status.problem or f"Only {status.done} of {status.total} trials ended.")
    return f"{status.done} trials in a worker process, best validation accuracy {status.best.value:.1%}"


def _read_drawings(model: StoredModel) -> str:
    """Read the bundled drawings, whose names tell what they show: `digit-7-crossed.drawing.json`."""
    predictor = Predictor(model)
    files = sorted(resources_dir().glob(f"samples/digit-*{DRAWING_SUFFIX}"))
    wrong = [file.name for file in files if _label(predictor, file) != int(file.name.split("-")[1][0])]
    if len(wrong) > MOST_WRONG or not files:
        raise StudioError(f"{model.card.name} misreads {', '.join(wrong) or 'nothing: there are no drawings'}.")
    return f"reads {len(files) - len(wrong)} of {len(files)} drawings"


def _label(predictor: Predictor, file: Path) -> int:
    return predictor.predict(prepare(load_source(file), Preprocessing.DIGITS).image).label


def _window() -> str:
    from app.ui.launch import check_window

    return check_window()


_CHECKS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("bundled models", _bundled_models),
    ("starter data", _starter_data),
    ("pictures", _pictures),
    ("training", _training),
    ("saved model", _saved_model),
    ("Keras script", _keras_script),
    ("search", _search),
    ("window", _window),
)
