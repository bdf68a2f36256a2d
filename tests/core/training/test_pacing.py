"""How calls are sized and loops chosen, without TensorFlow and without a clock."""

import pytest

from app.core.config.config import TrainingConfig
from app.core.recipes import find_recipe
from app.core.training.engines import TARGET_S, Pacer

DENSE = find_recipe("quickstart-mnist").config
CONVOLUTIONAL = find_recipe("fast-cnn").config


def feed(pacer: Pacer, graph_rate: float, xla_rate: float, calls: int) -> None:
    """Let the pacer see `calls` calls on a machine with these batches per second."""
    for _ in range(calls):
        rate = xla_rate if pacer.compiled else graph_rate
        pacer.record(pacer.batches, pacer.batches / rate)


def test_calls_grow_to_the_target() -> None:
    pacer = Pacer(CONVOLUTIONAL, 10_000, 1024)
    assert pacer.batches == 1
    feed(pacer, 1000.0, 0.0, 8)
    assert pacer.batches == pytest.approx(1000 * TARGET_S)


def test_a_slow_network_runs_batch_by_batch() -> None:
    pacer = Pacer(CONVOLUTIONAL, 10_000, 1024)
    feed(pacer, 2.0, 0.0, 8)
    assert pacer.batches == 1


@pytest.mark.parametrize(("xla_rate", "chosen"), [(4000.0, "xla"), (500.0, "graph")])
def test_the_faster_loop_is_kept(xla_rate: float, chosen: str) -> None:
    pacer = Pacer(DENSE, 100_000, 1024)
    feed(pacer, 1000.0, xla_rate, 40)
    assert pacer.engine == chosen


def test_a_short_run_is_not_compiled() -> None:
    pacer = Pacer(DENSE, 1_000, 1024)
    feed(pacer, 1000.0, 1e9, 20)
    assert pacer.engine == "graph"


@pytest.mark.parametrize("config", [CONVOLUTIONAL, DENSE.changed(engine="graph"), DENSE.changed(shift_px=1)])
def test_some_networks_are_never_compiled(config: TrainingConfig) -> None:
    pacer = Pacer(config, 10**9, 1024)
    feed(pacer, 10.0, 1e9, 50)
    assert pacer.engine == "graph"


def test_a_call_never_exceeds_the_capacity() -> None:
    pacer = Pacer(DENSE, 10**9, 64)
    feed(pacer, 1e6, 1e6, 20)
    assert pacer.batches == 64
