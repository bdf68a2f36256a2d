"""`softmax-studio train`: one run on the terminal. Ctrl+C stops it and keeps the network so far."""

import signal
from dataclasses import replace
from types import FrameType

from app.console import Output, show_progress
from app.core.datasets.sources import load_dataset
from app.core.errors import StudioError
from app.core.models.config import TrainingConfig
from app.core.training.checks import check_run
from app.core.training.control import RunControl
from app.core.training.events import (
    BatchesDone,
    EndReason,
    EpochDone,
    Event,
    ModelSaved,
    RunEnded,
    RunPreparing,
    RunStarted,
)
from app.core.training.tensorflow_start import load_tensorflow


def train_from_terminal(config: TrainingConfig, name: str | None, output: Output) -> bool:
    """Train as `config` says; False if the run failed. Prints events as JSON, or a line per epoch."""
    dataset = load_dataset(config.dataset, config.data)
    check_run(config, len(dataset.train))
    if output.as_json:
        output.event(RunPreparing("Loading TensorFlow"))
    load_tensorflow()
    from app.core.training.runs import keep, run

    control, ends = RunControl(), list[RunEnded]()

    def on_interrupt(_signal: int, _frame: FrameType | None) -> None:
        control.stop()

    with show_progress("Training", output.as_json) as advance:

        def emit(event: Event) -> None:
            if isinstance(event, RunEnded):
                ends.append(event)
            elif output.as_json:
                output.event(event)
            else:
                _print_event(event)
            if isinstance(event, BatchesDone):
                done = (event.epoch - 1) * event.batches_per_epoch + event.batch
                advance(done, config.epochs * event.batches_per_epoch)

        before = signal.signal(signal.SIGINT, on_interrupt)
        try:
            trained = run(config, dataset, emit, control, name)
            ended = ends[-1]
            if trained is not None and ended.reason is EndReason.STOPPED and trained.batches:
                ended = _kept(ended, keep(trained, emit, name))
        except StudioError as error:
            ended = replace(ends[-1], reason=EndReason.FAILED, message=str(error))
        finally:
            signal.signal(signal.SIGINT, before)
    _print_end(ended, output)
    return ended.reason is not EndReason.FAILED


def _kept(stopped: RunEnded, saved: ModelSaved) -> RunEnded:
    return replace(
        stopped,
        message=f"Stopped; the network so far is saved as '{saved.model}'.",
        test_loss=saved.test_loss,
        test_accuracy=saved.test_accuracy,
        model=saved.model,
    )


def _print_event(event: Event) -> None:
    if isinstance(event, RunStarted):
        print(f"{event.recipe} on {event.data}: {event.parameters:,} parameters, {event.train_samples:,} pictures")
    elif isinstance(event, EpochDone):
        validation = ""
        if event.val_loss is not None and event.val_accuracy is not None:
            validation = f"  val_loss {event.val_loss:.4f}  val_accuracy {event.val_accuracy:.4f}"
        print(
            f"epoch {event.epoch:>3}  loss {event.loss:.4f}  accuracy {event.accuracy:.4f}{validation}  "
            f"{event.epoch_s:.1f} s",
            flush=True,
        )


def _print_end(ended: RunEnded, output: Output) -> None:
    if output.as_json:
        output.event(ended)
        return
    if ended.test_accuracy is not None:
        print(f"test accuracy {ended.test_accuracy:.4f}, test loss {ended.test_loss:.4f}, {ended.elapsed_s:.1f} s")
    print(ended.message)
