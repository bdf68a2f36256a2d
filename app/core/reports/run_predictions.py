"""What a run's network does with the test pictures: what it takes for what, and examples of right and wrong."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import LabelledImages
from app.core.errors import StudioError
from app.core.inference.predictor import Predictor
from app.core.models.store import StoredModel, find_model
from app.core.percentages import probability_text
from app.core.runs.records import RunRecord

MOST_EXAMPLES = 10


@dataclass(frozen=True)
class Example:
    """A test picture, (28, 28) uint8 with ink = 255, and what the network took it for."""

    image: NDArray[np.uint8]
    predicted: str
    confidence: float
    true: str

    @property
    def is_right(self) -> bool:
        """True if the network was not mistaken."""
        return self.predicted == self.true

    @property
    def caption(self) -> str:
        """As in the clothes tutorial: "Sneaker 98% (Ankle boot)"."""
        return f"{self.predicted} {probability_text(self.confidence, 0):>3} ({self.true})"


@dataclass(frozen=True)
class RunPredictions:
    """The confusion matrix, (classes, classes) with rows true and columns predicted, and examples.

    `missing` is a sentence when there are no examples.
    """

    classes: tuple[str, ...]
    confusion: NDArray[np.int64] | None
    right: tuple[Example, ...] = ()
    mistakes: tuple[Example, ...] = ()
    missing: str = ""


def predict_test_split(run: RunRecord, confusion: NDArray[np.int64] | None) -> RunPredictions:
    """Let the stored network of `run` read its test split again.

    Without the model or the data there remains the `confusion` that was recorded, if it was. Takes a second or two for
    10,000 pictures.
    """
    try:
        model = _model_of(run)
        test = _test_part(run)
        answers = Predictor(model).probabilities(test.images.astype(np.float32) / 255.0)
    except StudioError as error:
        return RunPredictions(_class_names(run, confusion), confusion, missing=str(error))
    classes, predicted = model.card.class_names, answers.argmax(axis=1)
    counted = np.zeros((len(classes), len(classes)), np.int64)
    np.add.at(counted, (test.labels, predicted), 1)

    def examples(places: NDArray[np.intp]) -> tuple[Example, ...]:
        return tuple(
            Example(
                test.images[place],
                classes[predicted[place]],
                float(answers[place, predicted[place]]),
                classes[test.labels[place]],
            )
            for place in places[:MOST_EXAMPLES]
        )

    is_right = predicted == test.labels
    wrong = np.flatnonzero(~is_right)
    surest_first = wrong[np.argsort(-answers[wrong, predicted[wrong]], kind="stable")]
    return RunPredictions(classes, counted, examples(_one_of_each(test.labels, is_right)), examples(surest_first))


def _one_of_each(labels: NDArray[np.uint8], is_right: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The first picture of each class that was read right."""
    places = np.flatnonzero(is_right)
    _, first = np.unique(labels[places], return_index=True)
    return places[first]


def _model_of(run: RunRecord) -> StoredModel:
    if run.model is None:
        raise StudioError("This run has no model, so there are no examples.")
    try:
        model = find_model(run.model)
    except StudioError:
        raise StudioError(f"The model '{run.model}' is no longer here, so there are no examples.") from None
    if model.card.config != run.config or model.card.data_sha256 != run.data_sha256:
        raise StudioError(f"The model '{run.model}' was replaced by another one, so there are no examples.")
    return model


def _test_part(run: RunRecord) -> LabelledImages:
    gone = "The data of this run is no longer on this computer, so there are no examples."
    try:
        dataset = load_dataset(run.dataset, run.config.data)
    except StudioError:
        raise StudioError(gone) from None
    if dataset.sha256 != run.data_sha256:
        raise StudioError(gone)
    return dataset.test


def _class_names(run: RunRecord, confusion: NDArray[np.int64] | None) -> tuple[str, ...]:
    """The names as far as they are known without the data: numbers for a set of one's own."""
    count = 0 if confusion is None else len(confusion)
    known = DATASETS[run.dataset].class_names if run.dataset in DATASETS else ()
    return known if len(known) == count else tuple(str(number) for number in range(count))
