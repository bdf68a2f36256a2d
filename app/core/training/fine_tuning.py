"""Runs with somebody's samples: fine-tuning a stored model, or training a network on nothing else."""

from collections.abc import Iterator

from app.core.config.config import TrainingConfig
from app.core.datasets.registry import DATASETS
from app.core.datasets.samples.sets import SampleSet
from app.core.datasets.types import Variant
from app.core.errors import InputError
from app.core.models.store import KERAS_FILE, StoredModel, list_models
from app.core.recipes import find_recipe
from app.core.training.images import known_classes

FINE_EPOCHS = 4
FINE_LEARNING_RATE = 0.0003
"""Well below what the program's own networks were trained with: they are to be corrected, not taught anew."""

ALONE_RECIPE = "fast-cnn"
_UPDATES, _UPDATES_EACH = 240, 20
"""Weight updates within which a small network learns drawings that are varied each time, and more for each class."""
_FEW, _MANY = 250, 2_000
"""Samples to train with: below the first none can be spared for validation, from the second on they vary enough."""
_FEW_RATE = 0.002
_WIDELY = {"shift_px": 2.0, "rotate_deg": 15.0, "zoom": 0.15, "shear_deg": 10.0}
_MILDLY = {"shift_px": 1.0, "rotate_deg": 8.0, "zoom": 0.1}


def fitting_models(samples: SampleSet) -> tuple[StoredModel, ...]:
    """The stored models that can be fine-tuned with these samples: those with the same classes, prepared alike."""
    return tuple(model for model in _knowing_models(samples) if (model.folder / KERAS_FILE).is_file())


def models_only_run(samples: SampleSet) -> tuple[StoredModel, ...]:
    """Those that would fit, but were made elsewhere with layers that cannot be trained here."""
    return tuple(model for model in _knowing_models(samples) if not (model.folder / KERAS_FILE).is_file())


def _knowing_models(samples: SampleSet) -> Iterator[StoredModel]:
    for model in list_models():
        card = model.card
        if card.class_names == samples.class_names and card.preprocessing == samples.preprocessing:
            yield model


def fine_tuning(model: StoredModel, samples: SampleSet) -> TrainingConfig:
    """The run that begins with the model's weights and learns from the samples, with old pictures beside them.

    Pictures are varied as they were when the model was trained. Without old pictures (see `old_data`) what was known
    may be forgotten.

    Raises:
        InputError: there are too few samples, or the model does not fit them.

    """
    if samples.why_not_usable:
        raise InputError(samples.why_not_usable)
    if model not in fitting_models(samples):
        raise InputError(f"'{model.card.name}' does not know the classes of {samples.title}; choose another model.")
    return model.card.config.changed(
        dataset=samples.name,
        data=Variant.FULL.value,
        initial_model=model.card.name,
        replay_dataset=old_data(model, samples),
        replay_share=0.0,
        outlier_dataset="",
        steps_per_epoch=0,
        epochs=FINE_EPOCHS,
        learning_rate=FINE_LEARNING_RATE,
        schedule="cosine",
        early_stopping_patience=0,
        **({"validation_split": 0.0} if samples.train_count < _FEW else {}),
    )


def training_alone(samples: SampleSet) -> TrainingConfig:
    """The run of a small network on the samples and nothing else, with settings for so many of so many classes.

    The fewer there are, the more they are varied, and the more often each is shown. Raises InputError if there are too
    few.
    """
    if samples.why_not_alone:
        raise InputError(samples.why_not_alone)
    recipe, count = find_recipe(ALONE_RECIPE).config, samples.train_count
    batch_size = 16 if count < _FEW else 32 if count < _MANY else recipe.batch_size
    updates = _UPDATES + _UPDATES_EACH * len(samples.class_names)
    return recipe.changed(
        dataset=samples.name,
        data=Variant.FULL.value,
        epochs=max(recipe.epochs, -(-updates // -(-count // batch_size))),
        batch_size=batch_size,
        learning_rate=_FEW_RATE if count < _MANY else recipe.learning_rate,
        validation_split=0.0 if count < _FEW else 0.1,
        **(_WIDELY if count < _MANY else _MILDLY),
    )


def old_data(model: StoredModel, samples: SampleSet) -> str:
    """The name of the data whose pictures keep up what the model knows, or an empty text.

    That is the published set with these classes, or else what the model learned from, if it is on this computer.
    """
    learned = (name for name in (model.card.config.replay_dataset, model.card.dataset) if name != samples.name)
    return next((name for name in (*DATASETS, *learned) if known_classes(name) == samples.class_names), "")
