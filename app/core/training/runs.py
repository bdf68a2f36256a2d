"""A whole run: train, test, save, and an end for every beginning. Imports TensorFlow."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from math import isfinite
from pathlib import Path

from app import __version__
from app.core.datasets.types import Dataset
from app.core.errors import StudioError
from app.core.models.card import Metrics, ModelCard
from app.core.models.config import TrainingConfig
from app.core.models.export import write_network
from app.core.models.recipes import find_recipe
from app.core.models.store import StoredModel, add_model, ensure_writable, free_name
from app.core.training.control import RunControl
from app.core.training.events import EndReason, EpochDone, ModelSaved, RunEnded, RunFinishing
from app.core.training.loops import Totals
from app.core.training.trainer import EventSink, StopRequested, TrainedNetwork, evaluate, first_line, train

_log = logging.getLogger(__name__)


def run(
    config: TrainingConfig, dataset: Dataset, emit: EventSink, control: RunControl, name: str | None = None
) -> TrainedNetwork | None:
    """Train, then test and save under `name` (or a free name made from the recipe's), unless the person stopped it.

    Always ends with RunEnded, also when something fails. The network is returned unless it is worthless, so that a
    stopped run's can still be kept with `keep`.
    """
    trained: TrainedNetwork | None = None
    try:
        ensure_writable()
        trained = train(config, dataset, emit, control)
        if trained.reason is EndReason.FAILED:
            emit(_ended(trained, trained.failure))
            return None
        if trained.reason is EndReason.STOPPED:
            emit(_ended(trained, "Stopped. The network so far can be kept."))
            return trained
        saved = keep(trained, emit, name, control)
        emit(_ended(trained, f"Saved as '{saved.model}', ready on the Recognize page.", saved=saved))
    except StopRequested:
        assert trained is not None
        trained = replace(trained, reason=EndReason.STOPPED)
        emit(_ended(trained, "Stopped before the test. The network can be kept."))
    except StudioError as error:
        emit(_failed(trained, str(error)))
    except BrokenPipeError:
        raise  # whoever listens has gone: nobody is left to be told
    except Exception as error:
        # Whatever TensorFlow throws must not leave the window waiting for an end that never comes.
        _log.exception("training failed")
        emit(_failed(trained, f"Training failed ({type(error).__name__}: {first_line(error)}); choose other settings."))
    return trained


def keep(
    trained: TrainedNetwork, emit: EventSink, name: str | None = None, control: RunControl | None = None
) -> ModelSaved:
    """Test a network on the untouched test part and save it among the user's models.

    Raises InputError if the name cannot be used, StudioError if the disk refuses, StopRequested if the person stops
    `control` meanwhile.
    """

    def obey() -> None:
        if control is not None and control.is_stopping:
            raise StopRequested

    emit(RunFinishing("Reading the test pictures and saving the model"))
    totals = evaluate(trained.loop, trained.dataset.test, obey)
    if not isfinite(totals.loss):
        raise StudioError("The network answers with no numbers any more; try a smaller learning rate.")
    card = _card(trained, totals, name)
    stored = save(trained, card)
    event = ModelSaved(stored.card.name, totals.mean_loss, totals.accuracy, totals.samples)
    emit(event)
    return event


def save(trained: TrainedNetwork, card: ModelCard) -> StoredModel:
    """Write the network's files and its card into the store."""

    def write(folder: Path) -> None:
        write_network(trained.loop.network, trained.config, len(trained.dataset.class_names), folder)

    return add_model(card, write)


def _ended(
    trained: TrainedNetwork, message: str, reason: EndReason | None = None, saved: ModelSaved | None = None
) -> RunEnded:
    return RunEnded(
        reason=reason or trained.reason,
        message=message,
        epochs_done=len(trained.epochs),
        best_epoch=trained.best.epoch if trained.best else None,
        elapsed_s=trained.elapsed_s,
        test_loss=saved.test_loss if saved else None,
        test_accuracy=saved.test_accuracy if saved else None,
        model=saved.model if saved else None,
    )


def _failed(trained: TrainedNetwork | None, message: str) -> RunEnded:
    if trained is None:
        return RunEnded(EndReason.FAILED, message, 0, None, 0.0)
    return _ended(trained, message, EndReason.FAILED)


def _epoch_of_weights(trained: TrainedNetwork) -> EpochDone | None:
    """The epoch whose figures belong to the weights; none after a stop in the middle of an epoch."""
    if not trained.epochs:
        return None
    if trained.reason is EndReason.STOPPED:
        last = trained.epochs[-1]
        return last if trained.batches == len(trained.epochs) * trained.batches_per_epoch else None
    return trained.best if trained.config.early_stopping_patience else trained.epochs[-1]


def _card(trained: TrainedNetwork, test: Totals, name: str | None) -> ModelCard:
    config, dataset = trained.config, trained.dataset
    recipe = find_recipe(config.recipe)
    epoch = _epoch_of_weights(trained)
    chosen = name or free_name(config.recipe)
    return ModelCard(
        name=chosen,
        title=name or recipe.title + chosen.removeprefix(config.recipe),
        created=datetime.now(UTC).replace(microsecond=0),
        dataset=dataset.name,
        dataset_title=dataset.title,
        data_variant=dataset.variant,
        data_description=dataset.description,
        data_sha256=dataset.sha256,
        class_names=dataset.class_names,
        preprocessing=dataset.preprocessing,
        config=config,
        parameters=trained.loop.network.count_params(),
        epochs_done=len(trained.epochs),
        training_s=round(trained.elapsed_s, 1),
        ended=trained.reason,
        metrics=Metrics(
            train_loss=epoch.loss if epoch else None,
            train_accuracy=epoch.accuracy if epoch else None,
            val_loss=epoch.val_loss if epoch else None,
            val_accuracy=epoch.val_accuracy if epoch else None,
            test_loss=test.mean_loss,
            test_accuracy=test.accuracy,
            test_samples=test.samples,
        ),
        command=config.command(recipe.config),
        versions={"softmax-studio": __version__} | {name: version(name) for name in ("tensorflow", "keras", "numpy")},
    )
