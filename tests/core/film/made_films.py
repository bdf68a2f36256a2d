"""Films of runs that were never trained: random weights that change from moment to moment."""

from datetime import datetime

import numpy as np

from app.core.config.config import TrainingConfig
from app.core.config.notation import parse_layers
from app.core.networks.summary import network_summary
from app.core.runs.snapshots import FilmFacts, Moment, Sample, begin_snapshots, write_snapshot

NAMES = ("top", "upper", "lower", "bottom")
MOMENTS = (Moment(0), Moment(0, 1), Moment(0, 2), Moment(0, 4), Moment(1), Moment(2), Moment(3))


def film_config(layers: str = "conv2d 4 3x3 relu, max_pooling2d 2, dense 8 relu") -> TrainingConfig:
    return TrainingConfig(recipe="quickstart-mnist", layers=parse_layers(layers), epochs=3)


def made_film(
    run: int = 1, layers: str = "", moments: tuple[Moment, ...] = MOMENTS, begun: datetime | None = None
) -> FilmFacts:
    """Snapshots of a run of four classes that began then; every moment has other weights."""
    config = film_config(layers) if layers else film_config()
    facts = FilmFacts(config=config, class_names=NAMES, preprocessing="mnist-1", batches_per_epoch=6, begun=begun)
    random = np.random.default_rng(run)
    labels = np.arange(40, dtype=np.uint8) % len(NAMES)
    begin_snapshots(run, facts, Sample(random.integers(0, 256, (40, 28, 28)).astype(np.uint8), labels))
    parameters = network_summary(config, len(NAMES)).parameters
    for moment in moments:
        write_snapshot(run, moment, [random.normal(0, 0.1, parameters).astype(np.float32)])
    return facts


def drawing() -> np.ndarray:
    return np.random.default_rng(2).random((28, 28), dtype=np.float32)
