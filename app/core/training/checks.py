"""What can be known to be wrong with a run before anything is loaded."""

from app.core.datasets.splits import split_validation
from app.core.errors import InputError
from app.core.models.config import TrainingConfig


def check_run(config: TrainingConfig, samples: int) -> None:
    """Raise InputError unless `config` makes sense for a training part of `samples` pictures."""
    chosen, held = split_validation(samples, config.validation_split, config.seed)
    if not len(chosen):
        raise InputError("There is no picture to train on; choose other data.")
    if config.early_stopping_patience and not len(held):
        raise InputError(
            "Early stopping watches the validation loss, and nothing is held back for it; give it a validation split, "
            "or switch it off."
        )
