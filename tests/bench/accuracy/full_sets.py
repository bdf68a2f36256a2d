"""The test splits of the full sets: accuracy, loss, and how far confidence and accuracy are apart."""

from collections.abc import Iterator

from app.core.inference.calibration import tempered
from app.core.inference.evaluation import ModelEvaluation
from app.core.inference.metrics import expected_calibration_error
from app.core.models.store import list_models
from tests.bench.accuracy.data import absent
from tests.bench.accuracy.reading import CLOTHES, DIGITS, evaluation, percent
from tests.bench.report import Figure, Skipped

GOALS = {DIGITS: ">= 99.65", CLOTHES: ">= 94.5"}


def measure() -> Iterator[Figure | Skipped]:
    """Every shipped model on its own set. The starter sets are no fair test: the models have seen their pictures."""
    for model in list_models():
        if not model.bundled:
            continue
        name, read = model.card.name, evaluation(model.card.name)
        if read is None:
            yield absent(f"{name}: {model.card.dataset_title} test pictures")
            continue
        yield percent(f"{name}: {model.card.dataset_title} test accuracy", read.accuracy, GOALS.get(name, ""))
        yield Figure("accuracy", f"{name}: test loss", read.loss, "")
        calibration = model.card.calibration
        temperature = calibration.temperature if calibration else 1.0
        yield percent(f"{name}: calibration error before temperature", _error(read, 1 / temperature))
        yield percent(f"{name}: calibration error at temperature {temperature:.2f}", _error(read, 1.0))


def _error(read: ModelEvaluation, temperature: float) -> float:
    return expected_calibration_error(tempered(read.probabilities, temperature), read.labels)
