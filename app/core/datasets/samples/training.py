"""A set of samples as data like any other: what is held back is its test split."""

from app.core.datasets.content import Content, RawData, complete
from app.core.datasets.samples.records import SampleSet
from app.core.datasets.samples.store import SampleStore
from app.core.datasets.types import Dataset, Variant
from app.core.errors import InputError


def load_samples(name: str) -> Dataset:
    """Load the set `name`, ready for training.

    Raises:
        InputError: no such set, it is damaged, or too small for a training and a test split.

    """
    store = SampleStore(name)
    known = store.set
    content = sample_content(store, known)
    return Dataset(
        name=known.name,
        title=known.title,
        variant=Variant.SAMPLES,
        class_names=content.class_names,
        preprocessing=known.preprocessing,
        train=content.train,
        test=content.test,
        sha256=content.sha256,
        origin=str(store.path),
    )


def sample_content(store: SampleStore, known: SampleSet) -> Content:
    """Both parts of a set. Raises InputError if one of them is empty."""
    if known.why_not_usable:
        raise InputError(known.why_not_usable)
    train, test = store.splits()
    return complete(RawData(train, test, known.class_names, known.preprocessing))
