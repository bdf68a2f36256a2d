"""`softmax-studio self-check`: prove that this installation works, on its own data, in a home of its own.

What was left out of a packaged program shows where it is missed. So everything is done once that needs a part of a
library of its own: each engine, form of a model, report, kind of picture, and process beside the program's.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import typer

from app.cli.output import Json, Output
from app.core.config.settings import Engine
from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import load_dataset
from app.core.errors import StudioError, error_sentence
from app.core.imaging.drawing import DRAWING_SUFFIX
from app.core.imaging.preprocess import Preprocessing, load_source, prepare
from app.core.inference.predictor import Predictor
from app.core.models.store import StoredModel, find_model, list_models
from app.core.paths import HOME_VARIABLE, resources_dir
from app.core.recipes import find_recipe

if TYPE_CHECKING:
    from app.core.config.config import TrainingConfig

IS_PACKAGED = getattr(sys, "frozen", False)
ON_DEMAND = ("onnx", "tf2onnx", "psycopg", "pymysql")
"""Modules of what pip installs only for those who ask; the packaged program has them all."""
CHECK_MODEL, EVERYTHING = "xla", "every-layer"
"""Models that are trained here."""
EVERY_LAYER = (
    "layers=conv2d 4 3x3 relu, batch_normalization, max_pooling2d 2, conv2d 4 3x3 relu, average_pooling2d 2, "
    "dropout 0.1, flatten, dense 16 relu, reshape 4x4x1, conv2d 4 3x3 relu, global_average_pooling2d, "
    "concatenate_input, dense 16 relu",
    *("epochs=1", "steps_per_epoch=5", "precision=float32", "tone=0.2", "flip=true"),
)
FEWEST_RIGHT = 0.8
WORKERS = 2
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
    """Read a photograph in the form that phones make, turned by its metadata, and a drawing in every other form."""
    from PIL import Image

    samples = resources_dir() / "samples"
    predictor = Predictor(find_model("digits-cnn"))
    shown = prepare(load_source(samples / f"digit-7{DRAWING_SUFFIX}"), Preprocessing.DIGITS).image
    picture = Image.fromarray((255 * shown).astype("uint8")).resize((280, 280)).convert("RGB")
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"seven.{suffix}") for suffix in ("png", "jpg", "webp", "gif", "tiff", "bmp", "avif")]
        for file in files:
            picture.save(file)
        read = {file.name: _label(predictor, file) for file in (samples / "photograph.heic", *files)}
    if wrong := {name: label for name, label in read.items() if label != 7}:
        raise StudioError(f"Pictures of a 7 are misread: {wrong}.")
    return f"{', '.join(name.rpartition('.')[2] for name in read)} are read"


def _on_demand() -> str:
    """What pip installs only on demand; the packaged program has all of it, and nobody could add it."""
    missing = [name for name in ON_DEMAND if not _is_there(name)]
    if missing and IS_PACKAGED:
        raise StudioError(f"Missing: {', '.join(missing)}.")
    return f"not installed: {', '.join(missing)}" if missing else f"{', '.join(ON_DEMAND)}"


def _is_there(module: str) -> bool:
    try:
        import_module(module)
    except ImportError:
        return False
    return True


def _certificates() -> str:
    """What a download needs before it can begin."""
    import ssl

    import certifi

    context = ssl.create_default_context(cafile=certifi.where())
    return f"{context.cert_store_stats()['x509_ca']} authorities are trusted"


def _training() -> str:
    """With every engine a small network; then once with all that varies pictures, and every kind of layer."""
    config = find_recipe("quickstart-mnist").config.changed(epochs=2)
    engines = [engine for engine in get_args(Engine) if engine != "auto"]
    read = {engine: _trained(config.changed(engine=engine), engine) for engine in engines}
    if wrong := {engine: share for engine, share in read.items() if share < FEWEST_RIGHT}:
        raise StudioError(f"Trained networks read only {wrong} of the test digits.")
    _trained(find_recipe("digits-varied").config.with_settings(list(EVERY_LAYER)), EVERYTHING)
    return f"by {', '.join(f'{engine} {share:.1%}' for engine, share in read.items())}, and all kinds of layers"


def _trained(config: "TrainingConfig", name: str) -> float:
    """The share of the starter set's test digits that the new network reads; it is stored as `name`."""
    from app.core.quiet import load_tensorflow
    from app.core.runs.events import Event, RunEnded
    from app.core.training.control import RunControl

    load_tensorflow()
    from app.core.training.runs import run

    events: list[Event] = []
    run(config, load_dataset("mnist", "starter"), events.append, RunControl(), name)
    ended = events[-1]
    if not isinstance(ended, RunEnded) or ended.test_accuracy is None:
        raise StudioError(f"The training of {name} did not end well: {ended}")
    return ended.test_accuracy


def _saved_models() -> str:
    import keras
    import numpy as np

    images = load_dataset("mnist", "starter").test.images[:50].astype(np.float32) / np.float32(255)
    for name in (CHECK_MODEL, EVERYTHING):
        stored = find_model(name)
        network = keras.saving.load_model(stored.folder / "model.keras")
        temperature = stored.card.calibration.temperature if stored.card.calibration else 1.0
        logits = network(images[..., None], training=False) / temperature
        expected = keras.ops.convert_to_numpy(keras.ops.softmax(logits))
        if not np.allclose(Predictor(stored).probabilities(images), expected, atol=1e-3):
            raise StudioError("The saved model does not answer like the network it was made from.")
    return "loaded again, with the same answers from Keras and LiteRT"


def _evaluation() -> str:
    from app.core.inference.evaluation import evaluate_model

    stored = find_model(CHECK_MODEL)
    evaluation = evaluate_model(Predictor(stored), load_dataset("mnist", "starter"))
    if abs(evaluation.accuracy - stored.card.metrics.test_accuracy) > 0.002:
        raise StudioError(
            f"The model reads {evaluation.accuracy:.2%} of the test digits, and its card says "
            f"{stored.card.metrics.test_accuracy:.2%}."
        )
    return f"{evaluation.accuracy:.1%} of {evaluation.samples:,} test digits, as its card says"


def _explanation() -> str:
    from app.core.inference.explaining.explainer import Explainer, Missing

    drawing = load_source(resources_dir() / "samples" / f"digit-7{DRAWING_SUFFIX}")
    explainer = Explainer(find_model(CHECK_MODEL))
    shown = prepare(drawing, Preprocessing.DIGITS)
    *_, whole = explainer.stages(shown, explainer.read(shown), lambda: None)
    parts = {"hints": whole.hints, "neighbours": whole.neighbours, "saliency": whole.saliency}
    if missing := [name for name, part in parts.items() if part is None or isinstance(part, Missing)]:
        raise StudioError(f"An answer is explained without its {', '.join(missing)}.")
    return f"with {', '.join(parts)}"


def _forms() -> str:
    """Every form of a model, by what the child process does that writes one."""
    from app.core.models.export.conversion import convert
    from app.core.models.export.forms import ExportForm, why_not
    from app.core.quiet import native_silence

    model, made, reasons = find_model(CHECK_MODEL), list[str](), list[str]()
    for form in ExportForm:
        if reason := why_not(model, form):
            reasons.append(reason)
        elif form is not ExportForm.STUDIO:
            with native_silence():
                facts, _ = convert(CHECK_MODEL, form)
            made.append(f"{form} ({facts['same']} of {facts['pictures']} answers alike)")
    if reasons and IS_PACKAGED:
        raise StudioError(" ".join(reasons))
    return "; ".join([*made, *reasons])


def _brought_in() -> str:
    """A model leaves the program and comes back as a stranger, both through processes of their own."""
    from app.core.inference.foreign_import import import_foreign, proposed
    from app.core.inference.foreign_trial import propose
    from app.core.models.export.forms import ExportForm
    from app.core.models.export.handing_out import hand_out
    from app.core.models.foreign.reading import read_foreign

    with tempfile.TemporaryDirectory() as folder:
        out = hand_out(CHECK_MODEL, ExportForm.SAVED_MODEL, Path(folder, "out")).path
        foreign = read_foreign(out / ExportForm.SAVED_MODEL.file_name)
        stored = import_foreign(foreign, proposed(foreign, propose(foreign)))
    accuracy = stored.card.metrics.test_accuracy
    if accuracy < FEWEST_RIGHT:
        raise StudioError(f"A model that was brought in reads only {accuracy:.1%} of the test digits.")
    return f"{foreign.facts.format.value}, which reads {accuracy:.1%} of the test digits"


def _reports() -> str:
    from app.core.reports.export import export, suggested_name
    from app.core.reports.writing import ReportFormat
    from app.core.runs.history import RunHistory

    history = RunHistory()
    with tempfile.TemporaryDirectory() as folder:
        for each in ReportFormat:
            runs = [history.runs()[0]]
            export(each, [run.id for run in runs], history, Path(folder, suggested_name(each, runs)))
        scripts = list(Path(folder).glob("*.py"))
        for script in scripts:
            compile(script.read_text("utf-8"), script.name, "exec")
    return f"{', '.join(ReportFormat)}"


def _search() -> str:
    from app.core.search.plan import SearchPlan
    from app.core.search.runner import SearchRunner
    from app.core.search.space import Choices

    base = find_recipe("quickstart-mnist").config.changed(epochs=1)
    space = (Choices(field="hidden_units", values=(16, 32)),)
    runner = SearchRunner()
    runner.start(SearchPlan(name="self-check", method="grid", bases=(base,), space=space), workers=WORKERS)
    deadline = time.monotonic() + SEARCH_S
    while (status := runner.poll()).is_running and time.monotonic() < deadline:
        time.sleep(POLL_S)
    runner.close()
    if status.best is None or status.best.value is None or status.done < len(status.trials):
        raise StudioError(status.problem or f"Only {status.done} of {status.total} trials ended.")
    return f"{status.done} trials in {WORKERS} processes, best validation accuracy {status.best.value:.1%}"


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


def _pages() -> str:
    from app.ui.launch import check_pages

    return check_pages()


def _window() -> str:
    from app.ui.launch import check_window

    return check_window()


_CHECKS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("bundled models", _bundled_models),
    ("starter data", _starter_data),
    ("pictures", _pictures),
    ("certificates", _certificates),
    ("training", _training),
    ("on demand", _on_demand),
    ("saved models", _saved_models),
    ("evaluation", _evaluation),
    ("explanation", _explanation),
    ("forms of a model", _forms),
    ("model brought in", _brought_in),
    ("reports", _reports),
    ("search", _search),
    ("pages", _pages),
    ("window", _window),
)
