"""What networks learn of the starter data, beside the same weights with exact statistics of batch normalization."""

from collections.abc import Iterator

from app.core.datasets.sources import load_dataset
from app.core.models.recipes import find_recipe
from app.core.training.control import RunControl
from app.core.training.tensorflow_start import load_tensorflow
from tests.bench.report import Figure, Skipped


def measure() -> Iterator[Figure | Skipped]:
    """Everything that is trained."""
    load_tensorflow()
    yield from _fast_cnn()


def _fast_cnn() -> Iterator[Figure]:
    """The program's own fast network with all defaults, on what ships."""
    from app.core.training.trainer import evaluate, train

    data = load_dataset("mnist")
    trained = train(find_recipe("fast-cnn").config, data, lambda _event: None, RunControl())
    accuracy = evaluate(trained.loop, data.test, len(data.class_names)).accuracy
    yield Figure("first-hour", "fast CNN on the starter data: test accuracy", 100 * accuracy, "%", ">= 97")
    yield Figure("first-hour", "fast CNN on the starter data: training", trained.elapsed_s, "s")
