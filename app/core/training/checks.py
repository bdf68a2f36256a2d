"""What can be known to be wrong with a run before anything is loaded."""

from app.core.datasets.splits import split_validation
from app.core.datasets.types import Dataset, Variant
from app.core.errors import InputError
from app.core.models.config import TrainingConfig
from app.core.models.shapes import check_network
from app.core.training.pictures import check_mixture


def check_run(config: TrainingConfig, dataset: Dataset) -> None:
    """Raise InputError unless `config` makes sense for that data, and its layers fit together."""
    check_network(config, len(dataset.class_names))
    check_mixture(config, dataset)
    samples = len(dataset.train)
    chosen, held = split_validation(samples, config.validation_split, config.seed, place=config.validation_from)
    if not len(chosen):
        raise InputError("There is no picture to train on; choose other data.")
    _check_every_class_is_there(config, dataset)
    if config.early_stopping_patience and not len(held):
        raise InputError("Early stopping needs a validation loss; set a validation split, or turn early stopping off.")
    if config.output == "logits" and config.loss in {"binary_crossentropy", "mean_squared_error"}:
        raise InputError(
            "Binary cross-entropy and the mean squared error compare probabilities; choose softmax as the output, or "
            "categorical cross-entropy as the loss."
        )
    if config.label_smoothing and config.loss == "mean_squared_error":
        raise InputError("Label smoothing works with cross-entropy only; set it to 0, or choose another loss.")
    if config.nesterov and not config.momentum:
        raise InputError("Nesterov needs momentum; set a momentum such as 0.9, or turn Nesterov off.")


def _check_every_class_is_there(config: TrainingConfig, dataset: Dataset) -> None:
    """Somebody's own samples may lack a class; that is well if it is known already, or trained beside them."""
    if dataset.variant is not Variant.SAMPLES or config.start_from or config.beside:
        return
    there = set(dataset.train.labels.tolist())
    missing = [name for label, name in enumerate(dataset.class_names) if label not in there]
    if missing:
        raise InputError(
            f"{dataset.title} has no training samples of: {', '.join(missing[:5])}. Add some, or fine-tune a model "
            "that knows them."
        )
