"""The card of a network that was just trained and tested."""

from datetime import UTC, datetime

from app.core.datasets.registry import DATASETS
from app.core.models.card import Metrics, ModelCard
from app.core.models.changes import config_title, name_stem
from app.core.models.recipes import find_recipe
from app.core.models.store import free_name
from app.core.training.events import RunTested
from app.core.training.trainer import TrainedNetwork
from app.core.versions import program_versions


def make_card(trained: TrainedNetwork, tested: RunTested, name: str | None) -> ModelCard:
    """A card under `name`, or under a free name made from the recipe's, and from that of one's own data."""
    config, dataset = trained.config, trained.dataset
    recipe = find_recipe(config.recipe)
    epoch = trained.epoch_of_weights
    is_own = dataset.name not in DATASETS
    stem = name_stem(config, dataset.name if is_own else "")
    title = config_title(config, dataset.title)
    chosen = name or free_name(stem)
    return ModelCard(
        name=chosen,
        title=name or title + chosen.removeprefix(stem),
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
            test_loss=tested.test_loss,
            test_accuracy=tested.test_accuracy,
            test_samples=tested.test_samples,
        ),
        command=config.command(recipe.config),
        versions=program_versions(),
    )
