"""The engines against what a notebook writes: `model.fit`, and a loop over batches with a GradientTape, in one run.

One network (the lab notes' dense 512-256 with SGD, batch 32), the same pictures; speeds of the fastest of the epochs
after the first.
"""

import time

from app.core.config.settings import Engine
from app.core.datasets.sources import find_full, load_dataset
from app.core.datasets.types import Dataset
from app.core.quiet import load_tensorflow
from app.core.recipes import find_recipe
from app.core.training.control import RunControl
from tests.bench.report import Figure

ENGINES: tuple[Engine, ...] = ("gradient_tape", "fit", "graph", "xla")
EPOCHS = 3
TAPE_SHARE = 0.1
"""The notebook's loop is slow: a tenth of an epoch is enough to know its speed."""


def measure() -> list[Figure]:
    """Full MNIST where it is, otherwise the starter data."""
    load_tensorflow()
    dataset = load_dataset("mnist", "full" if find_full("mnist") is not None else "starter")
    tape, fit = _notebook_tape(dataset), _notebook_fit(dataset)
    figures = [
        Figure("engines", "a notebook's GradientTape loop", tape, "samples/s"),
        Figure("engines", "a notebook's model.fit", fit, "samples/s"),
    ]
    for engine in ENGINES:
        speed = _ours(engine, dataset)
        figures += [
            Figure("engines", f"{engine}", speed, "samples/s"),
            Figure("engines", f"{engine} over a notebook's GradientTape loop", speed / tape, "x"),
            Figure("engines", f"{engine} over a notebook's model.fit", speed / fit, "x"),
        ]
    return figures


def _ours(engine: Engine, dataset: Dataset) -> float:
    from app.core.training.trainer import train

    config = find_recipe("lab-gradient-tape").config.changed(engine=engine, epochs=EPOCHS, validation_split=0.0)
    epochs = train(config, dataset, lambda _event: None, RunControl()).epochs
    return len(dataset.train) / min(epoch.epoch_s for epoch in epochs[1:])


def _notebook_fit(dataset: Dataset) -> float:
    from tests.bench import notebook

    rows = notebook.fit(notebook.lab_dense(), dataset, 32, EPOCHS)
    return len(dataset.train) / min(seconds for seconds, _ in rows[1:])


def _notebook_tape(dataset: Dataset) -> float:
    from tests.bench import notebook

    count = round(TAPE_SHARE * len(dataset.train))
    network = notebook.lab_dense()
    notebook.tape_epoch(network, dataset, 32, 64)  # warms up
    began = time.perf_counter()
    notebook.tape_epoch(network, dataset, 32, count)
    return count / (time.perf_counter() - began)
