"""The pictures of a run: the training split of its data, and what the config mixes with it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig
from app.core.config.settings import LOSSES
from app.core.datasets.copies import are_copies
from app.core.datasets.handwriting.sheets import no_digits, rare_digits
from app.core.datasets.registry import kind_of
from app.core.datasets.sources import available, find_full, load_dataset
from app.core.datasets.splits import split_validation
from app.core.datasets.types import DataKind, Dataset, LabelledImages, Variant
from app.core.errors import InputError
from app.core.networks.summary import check_network

FEWEST_BESIDE, MOST_BESIDE = 3_000, 6_000
"""Old pictures in one epoch beside new ones: enough to remember by, and no more than few new ones can stand beside."""
MOST_REPEATS = 30
_FEWEST = 0.25  # of an epoch should be the run's own pictures
_DRAWN = 0.6  # of the outliers are drawn, the others are pictures of another set


@dataclass(frozen=True, eq=False)
class RunImages:
    """`data`: the data set's training split, then what is mixed in. Indices into it, int32: one epoch, and validation.

    An epoch may name a picture more than once. Outliers have the label `classes`. Nothing mixed in is in `validation`.
    """

    data: LabelledImages
    epoch: NDArray[np.int32]
    validation: NDArray[np.int32]


def run_images(config: TrainingConfig, dataset: Dataset) -> RunImages:
    """Gather the pictures of a run, the same for the same config. Raises InputError for what cannot be mixed."""
    own = len(dataset.train)
    chosen, held = share_out(config, dataset)
    chosen = _shown(chosen, config, dataset)
    mixed: list[LabelledImages] = []
    often = 1  # an epoch has each picture of other data so many times
    if config.replay_dataset:
        mixed.append(_beside(config, dataset, len(chosen)))
        if config.replay_share:
            wanted = config.replay_share / (1 - config.replay_share) * len(chosen) / max(1, len(mixed[0]))
            often = min(MOST_REPEATS, max(1, round(wanted)))
        else:
            repeats = _FEWEST / (1 - _FEWEST) * len(mixed[0]) / max(1, len(chosen))
            chosen = np.tile(chosen, min(MOST_REPEATS, max(1, round(repeats))))
    if config.outliers and config.outlier_dataset:
        mixed.append(_outliers(_fullest(config.outlier_dataset).train.images, dataset))
    repeated = sum(map(len, mixed))
    if config.rare_shapes:
        mixed.append(rare_digits(round(config.rare_shapes * own), config.seed))
    if config.outliers:
        images = outlier_images(round(config.outliers * own), dataset.class_names, config.seed)
        assert images is not None, "check_mixture was not asked"
        mixed.append(_outliers(images, dataset))
    data = _joined([dataset.train, *mixed]) if mixed else dataset.train
    others = np.arange(own, own + repeated)
    epoch = np.concatenate([chosen, np.tile(others, often), np.arange(own + repeated, len(data))])
    return RunImages(data, epoch.astype(np.int32), held.astype(np.int32))


def _shown(chosen: NDArray[np.int64], config: TrainingConfig, dataset: Dataset) -> NDArray[np.int64]:
    """What an epoch has of the pictures to train with: none that is in the test part, rare classes several times."""
    if config.drop_test_copies:
        chosen = chosen[~are_copies(dataset.train.images[chosen], dataset.test.images)]
    if config.balance_classes and len(chosen):
        labels = dataset.train.labels[chosen]
        counts = np.bincount(labels)
        often = np.clip(np.rint(counts.max() / np.maximum(1, counts)), 1, MOST_REPEATS).astype(int)
        chosen = np.repeat(chosen, often[labels])
    return chosen


_counted: dict[tuple[str, int, int], int] = {}
"""What was counted once: it takes a third of a second with 70,000 pictures, and one data set has many runs."""


def test_copies(dataset: Dataset) -> int:
    """How many test pictures training has as well; published sets are known to have none to speak of."""
    if dataset.variant in {Variant.STARTER, Variant.FULL}:
        return 0
    data = (dataset.sha256, len(dataset.train), len(dataset.test))
    if data not in _counted:
        _counted[data] = int(are_copies(dataset.test.images, dataset.train.images).sum())
    return _counted[data]


def share_out(config: TrainingConfig, dataset: Dataset) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of the pictures to train with and of those to validate with, ascending.

    A validation part that the data came with is validated on, whatever the config says.
    """
    count = len(dataset.train)
    if dataset.validation_count:
        kept = count - dataset.validation_count
        return np.arange(kept), np.arange(kept, count)
    return split_validation(count, config.validation_split, config.seed, place=config.validation_from)


def _outliers(images: NDArray[np.uint8], dataset: Dataset) -> LabelledImages:
    return LabelledImages(images, np.full(len(images), len(dataset.class_names), np.uint8))


def typical_images(images: RunImages, config: TrainingConfig) -> NDArray[np.uint8]:
    """Enough training pictures to estimate statistics from (n, 28, 28), the same for the same config."""
    order = np.random.default_rng(config.seed).permutation(images.epoch)
    chosen: NDArray[np.uint8] = images.data.images[order[: enough_images(config)]]
    return chosen


def enough_images(config: TrainingConfig) -> int:
    """How many are enough: feature maps cost more, but have hundreds of values in each picture."""
    return 1_000 if any(layer.needs_maps for layer in config.layers) else 4_000


def check_mixture(config: TrainingConfig, dataset: Dataset) -> None:
    """Raise InputError unless what the config mixes in fits the classes of the data."""
    names, kind = dataset.class_names, kind_of(dataset.class_names)
    if config.replay_dataset and known_classes(config.replay_dataset) != names:
        raise InputError(f"{dataset.title} has other classes than '{config.replay_dataset}'; do not mix it in.")
    if config.outlier_dataset and not known_classes(config.outlier_dataset):
        raise InputError(f"'{config.outlier_dataset}' is not on this computer; import it, or do not mix it in.")
    if config.rare_shapes and kind is not DataKind.DIGITS:
        raise InputError("Rare shapes are digits; set them to 0 for data with other classes.")
    if config.outliers and kind is DataKind.OWN:
        raise InputError("Outliers are known for digits and for clothes only; set them to 0 for other classes.")


def known_classes(name: str) -> tuple[str, ...]:
    """The classes of the data called `name`, published or somebody's own; none if it is not on this computer."""
    try:
        return available(name).class_names
    except InputError:
        return ()


def _joined(parts: Sequence[LabelledImages]) -> LabelledImages:
    images, labels = (part.images for part in parts), (part.labels for part in parts)
    return LabelledImages(np.concatenate(list(images)), np.concatenate(list(labels)))


def _beside(config: TrainingConfig, dataset: Dataset, own: int) -> LabelledImages:
    """Old training pictures for so many `own`: of the full set if it is here, never those of the data itself."""
    other = _fullest(config.replay_dataset)
    if other.sha256 == dataset.sha256:
        raise InputError(f"{dataset.title} is trained on already; do not mix it in.")
    matched = round(own * MOST_REPEATS * (1 - _FEWEST) / _FEWEST)
    count = min(max(FEWEST_BESIDE, matched), MOST_BESIDE, len(other.train))
    if config.replay_share:
        count = len(other.train)
    picked = np.random.default_rng(config.seed).permutation(len(other.train))[:count]
    return LabelledImages(other.train.images[picked], other.train.labels[picked])


def _fullest(name: str) -> Dataset:
    return load_dataset(name, Variant.FULL if find_full(name) else Variant.STARTER)


def outlier_images(count: int, class_names: tuple[str, ...], seed: int) -> NDArray[np.uint8] | None:
    """Pictures (n, 28, 28) of none of the classes: drawn ones, and training pictures of the other starter set.

    None for classes of which nobody knows what does not belong to them.
    """
    kind = kind_of(class_names)
    if kind is DataKind.OWN:
        return None
    other = load_dataset("fashion-mnist" if kind is DataKind.DIGITS else "mnist", Variant.STARTER).train.images
    drawn = no_digits(round(_DRAWN * count), seed)
    picked = np.random.default_rng(seed).choice(len(other), count - len(drawn), replace=count - len(drawn) > len(other))
    return np.concatenate([drawn, other[picked]])


# What can be known to be wrong with a run before anything is loaded.


def check_run(config: TrainingConfig, dataset: Dataset) -> None:
    """Raise InputError unless `config` makes sense for that data, and its layers fit together."""
    check_network(config, len(dataset.class_names))
    check_mixture(config, dataset)
    chosen, held = share_out(config, dataset)
    if not len(chosen):
        raise InputError("There is no picture to train on; choose other data.")
    if not len(_shown(chosen, config, dataset)):
        raise InputError("Every training picture is in the test part, too; do not leave out copies.")
    _check_every_class_is_there(config, dataset)
    if config.early_stopping_patience and not len(held):
        raise InputError("Early stopping needs a validation loss; set a validation split, or turn early stopping off.")
    if config.output == "logits" and not LOSSES[config.loss].takes_logits:
        raise InputError(
            "Binary cross-entropy and the mean squared error compare probabilities; choose softmax as the output, or "
            "categorical cross-entropy as the loss."
        )
    if config.label_smoothing and not LOSSES[config.loss].smooths:
        raise InputError("Label smoothing works with cross-entropy only; set it to 0, or choose another loss.")
    if config.nesterov and not config.momentum:
        raise InputError("Nesterov needs momentum; set a momentum such as 0.9, or turn Nesterov off.")


def _check_every_class_is_there(config: TrainingConfig, dataset: Dataset) -> None:
    """Somebody's own samples may lack a class; that is well if it is known already, or trained beside them."""
    if dataset.variant is not Variant.SAMPLES or config.initial_model or config.replay_dataset:
        return
    there = set(dataset.train.labels.tolist())
    missing = [name for label, name in enumerate(dataset.class_names) if label not in there]
    if missing:
        raise InputError(
            f"{dataset.title} has no training samples of: {', '.join(missing[:5])}. Add some, or fine-tune a model "
            "that knows them."
        )
