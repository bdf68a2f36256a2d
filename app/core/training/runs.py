"""A whole run: train, test, save, and an end for every beginning. Imports TensorFlow."""

import logging
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from app import __version__
from app.core.datasets.types import Dataset
from app.core.errors import StudioError
from app.core.models.card import Metrics, ModelCard
from app.core.models.config import TrainingConfig
from app.core.models.export import write_network
from app.core.models.recipes import find_recipe
from app.core.models.store import StoredModel, add_model, free_name
from app.core.training.control import RunControl
from app.core.training.events import EndReason, ModelSaved, RunEnded, RunFinishing
from app.core.training.loops import Totals
from app.core.training.trainer import EventSink, TrainedNetwork, evaluate, train

_log = logging.getLogger(__name__)


def run(
    config: TrainingConfig, dataset: Dataset, emit: EventSink, control: RunControl, name: str | None = None
) -> TrainedNetwork | None:
    """Train, then test and save under `name` (or a free name made from the recipe's), unless the person stopped it.

    Always ends with RunEnded, also when something fails. The network is returned whenever there is one, so that a
    stopped run's can still be kept with `keep`.
    """
    try:
        trained = train(config, dataset, emit, control)
    except StudioError as error:
        emit(RunEnded(EndReason.FAILED, str(error), 0, None, 0.0))
        return None
    except Exception as error:
        # Whatever TensorFlow throws must not leave the window waiting for an end that never comes.
        _log.exception("training failed")
        emit(
            RunEnded(
                EndReason.FAILED, f"Training failed ({type(error).__name__}); choose other settings.", 0, None, 0.0
            )
        )
        return None
    if trained.reason is EndReason.STOPPED:
        emit(_ended(trained, "Stopped. The network so far can be kept."))
        return trained
    try:
        saved = keep(trained, emit, name)
    except StudioError as error:
        emit(_ended(trained, str(error), EndReason.FAILED))
        return trained
    message = f"Saved as '{saved.model}', ready on the Recognize page."
    emit(_ended(trained, message, saved=saved))
    return trained


def keep(trained: TrainedNetwork, emit: EventSink, name: str | None = None) -> ModelSaved:
    """Test a network on the untouched test part and save it among the user's models.

    Raises InputError if the name cannot be used, StudioError if the disk refuses.
    """
    emit(RunFinishing("Reading the test pictures and saving the model"))
    totals = evaluate(trained.loop, trained.dataset.test)
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


def _card(trained: TrainedNetwork, test: Totals, name: str | None) -> ModelCard:
    config, dataset = trained.config, trained.dataset
    recipe = find_recipe(config.recipe)
    stays_best = trained.reason is EndReason.EARLY_STOPPED or config.early_stopping_patience
    epoch = (trained.best if stays_best else trained.epochs[-1]) if trained.epochs else None
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
        command=config.command(recipe.config, name),
        versions={"softmax-studio": __version__} | {name: version(name) for name in ("tensorflow", "keras", "numpy")},
    )
