"""What fine-tuning did to a model: on samples that it has never seen, and on what it knew before."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.core.datasets.registry import published_with
from app.core.datasets.samples.sets import SampleSet
from app.core.datasets.sources import find_full, load_dataset
from app.core.datasets.types import Dataset, LabelledImages, Variant
from app.core.errors import InputError
from app.core.inference.evaluation import check_unseen, evaluate_model
from app.core.inference.predictor import Predictor
from app.core.models.store import StoredModel, find_model, list_models
from app.core.percentages import accuracy_text


@dataclass(frozen=True)
class Compared:
    """Two accuracies (0..1) on the same `samples` pictures of the test split of `title`."""

    title: str
    samples: int
    before: float
    after: float

    @property
    def texts(self) -> tuple[str, str]:
        """Both in words: "97.6%", or "8 of 10" of few pictures."""
        return accuracy_text(self.before, self.samples, 1), accuracy_text(self.after, self.samples, 1)


@dataclass(frozen=True)
class BeforeAfter:
    """Two models, by their names, on the held-back samples and, if that can be told, on the old data's test split.

    Where it cannot, `lacking` is the title of the data that would tell, or None if there is none such.
    """

    before: str
    after: str
    own: Compared
    old: Compared | None
    lacking: str | None = None


def fine_tuned_models(samples: SampleSet) -> tuple[StoredModel, ...]:
    """The models that began with another's weights and learned from the set, with the classes it has, newest first."""
    return tuple(
        model
        for model in list_models()
        if model.card.dataset == samples.name
        and model.card.class_names == samples.class_names
        and model.card.config.initial_model
    )


def before_after(
    name: str, progress: Callable[[int, int], None] = lambda _done, _total: None, most: int | None = None
) -> BeforeAfter:
    """Measure the model `name`, which was fine-tuned with samples, and the one that it started from.

    Both read the samples that were held back, and the test split of the data that was trained beside them.

    Args:
        name: the fine-tuned model.
        progress: is told how many pictures were read, and of how many; what it raises ends the work.
        most: so many pictures of the old data are read at most, the first ones; None for all.

    Raises:
        InputError: no such model, it was not fine-tuned, what it started from is gone, or the samples are.

    """
    after = find_model(name)
    config = after.card.config
    if not config.initial_model:
        raise InputError(f"'{name}' was not fine-tuned, so there is nothing to compare; choose a fine-tuned model.")
    before = find_model(config.initial_model)
    own = load_dataset(after.card.dataset, config.data)
    old, lacking = _old_data(before, own, config.replay_dataset)
    if old is not None and most is not None:
        old = replace(old, test=LabelledImages(old.test.images[:most], old.test.labels[:most]))
    models = Predictor(before), Predictor(after)
    total = 2 * (len(own.test) + (len(old.test) if old else 0))
    done = 0

    def accuracy(predictor: Predictor, dataset: Dataset) -> float:
        nonlocal done
        found = evaluate_model(predictor, dataset, lambda part, _whole: progress(done + part, total))
        done += len(dataset.test)
        return found.accuracy

    def compared(dataset: Dataset) -> Compared:
        first, second = (accuracy(model, dataset) for model in models)
        return Compared(dataset.title, len(dataset.test), first, second)

    return BeforeAfter(config.initial_model, name, compared(own), compared(old) if old else None, lacking)


def _old_data(before: StoredModel, own: Dataset, beside: str) -> tuple[Dataset | None, str | None]:
    """Return data of these classes whose test split the older model has not seen, or the title of what is lacking.

    That is the published set in full, or else what was trained beside the samples.
    """
    spec = published_with(own.class_names)
    name = spec.name if spec else beside
    if not name:
        return None, None
    try:
        old = load_dataset(name, Variant.FULL if find_full(name) else Variant.STARTER)
        check_unseen(before.card, old)
    except InputError:
        return None, spec.title if spec else name
    return old, None
