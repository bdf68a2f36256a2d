"""Maps of stored models: of test or training pictures, and kept on disk for the next time."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.types import Dataset, LabelledImages, Variant
from app.core.inference.embedding import embedding_or_logits
from app.core.inference.evaluation import ModelEvaluation, compact, evaluate_model, mapped_places
from app.core.inference.explaining.neighbours import load_cached, store_cached, training_data
from app.core.inference.mapping.knowledge import Axes, KnowledgeMap, Projection, map_of
from app.core.inference.mapping.tsne import Array
from app.core.inference.predictor import Predictor
from app.core.models.interpreter import BATCH
from app.core.models.store import LITERT_FILE, StoredModel

MOST_ON_PAPER = 2000
"""Training pictures in a map that is made beside the paper: there in a moment, and done in seconds."""
_FORMAT = 1
_SAME = 1e-2

Progress = Callable[[int, int], None]
"""Told how many of how many pictures are read; what it raises ends the work."""


@dataclass(frozen=True, eq=False)
class Mapped:
    """A map, and the evaluation of the pictures on it, in the same order."""

    evaluation: ModelEvaluation
    knowledge: KnowledgeMap


class Placer:
    """Finds the place of a picture on the maps of one model. Not for use by two threads at once."""

    def __init__(self, model: StoredModel) -> None:
        """Raises InputError if the model cannot be read."""
        self.model = model
        self._embed = embedding_or_logits(Predictor(model))

    def place(self, knowledge: KnowledgeMap, image: Array, projection: Projection) -> Array:
        """Where a picture (28, 28) float32 in [0, 1] is, (2,)."""
        return knowledge.place_of(self._embed(image[None])[0], projection)


def map_evaluated(model: StoredModel, evaluation: ModelEvaluation, progress: Progress) -> Mapped:
    """The map of the pictures that were evaluated; what is known of it from the last time is there at once.

    Raises InputError if the model cannot be read.
    """
    mapped = mapped_places(evaluation.samples)
    if len(mapped) < evaluation.samples:
        evaluation = replace(
            evaluation,
            images=evaluation.images[mapped],
            labels=evaluation.labels[mapped],
            probabilities=evaluation.probabilities[mapped],
        )
    embeddings = evaluation.embeddings
    if embeddings is None:
        embeddings = _embedded(Predictor(model), evaluation.images, progress)
    knowledge = map_of(evaluation.data, evaluation.class_names, evaluation.labels, evaluation.predicted, embeddings)
    return Mapped(evaluation, _with_kept(model, knowledge))


def map_training(model: StoredModel, dataset: Dataset, progress: Progress) -> Mapped:
    """The map of training pictures of a set, at most `MOST_MAPPED`. Raises InputError as `evaluate_model` does."""
    train = dataset.train
    places = mapped_places(len(train))
    few = LabelledImages(train.images[places], train.labels[places])
    evaluation = evaluate_model(Predictor(model), replace(dataset, test=few), progress, unseen_only=False)
    data = f"{dataset.title}, {dataset.variant.value}: {len(few):,} of {len(train):,} training pictures"
    return map_evaluated(model, replace(evaluation, data=data), progress)


def map_for_paper(model: StoredModel, progress: Progress) -> KnowledgeMap:
    """The map that was kept, or one of a few training pictures.

    Raises InputError if the model cannot be read, or there are no pictures on this computer.
    """
    kept = kept_map(model)
    if kept is not None:
        return kept
    card, train = model.card, training_data(model.card).train
    places = mapped_places(len(train), MOST_ON_PAPER)
    few = LabelledImages(train.images[places], train.labels[places])
    title = f"{len(few):,} training pictures"
    dataset = Dataset(
        card.dataset, title, Variant.IMPORTED, card.class_names, card.preprocessing, few, few, "", "the training data"
    )
    evaluation = evaluate_model(Predictor(model), dataset, progress, unseen_only=False)
    return map_evaluated(model, replace(evaluation, data=title), progress).knowledge


def _embedded(predictor: Predictor, images: NDArray[np.uint8], progress: Progress) -> NDArray[np.float16]:
    embed, found = embedding_or_logits(predictor), []
    for start in range(0, len(images), BATCH):
        progress(start, len(images))
        part = images[start : start + BATCH].astype(np.float32) / np.float32(255)
        found.append(compact(embed(part)))
    return np.concatenate(found)


# One map of each model is kept: the last one that was finished.


def keep_map(model: StoredModel, knowledge: KnowledgeMap) -> None:
    """Keep a map for the next time, in place of the last one of that model."""
    axes, file = knowledge.axes, io.BytesIO()
    facts = {"data": knowledge.data, "class_names": knowledge.class_names, "shares": axes.shares}
    text = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    near = np.zeros((0, 2), np.float32) if knowledge.neighbourhood is None else knowledge.neighbourhood
    np.savez(
        file,
        facts=text,
        labels=knowledge.labels,
        predicted=knowledge.predicted,
        mean=axes.mean,
        directions=axes.directions,
        points=knowledge.points,
        neighbourhood=near,
    )
    store_cached(_key(model), file.getvalue())


def kept_map(model: StoredModel) -> KnowledgeMap | None:
    """The map that was kept of a model, if there is one that can be read."""
    content = load_cached(_key(model))
    if content is None:
        return None
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            facts = json.loads(stored["facts"].tobytes())
            axes = Axes(stored["mean"], stored["directions"], tuple(facts["shares"]))
            near = stored["neighbourhood"]
            names, labels = tuple(facts["class_names"]), stored["labels"]
            found = KnowledgeMap(
                facts["data"], names, labels, stored["predicted"], axes, stored["points"], near if len(near) else None
            )
    except (ValueError, KeyError, TypeError, EOFError, OSError, zipfile.BadZipFile):
        return None
    return found if found.class_names == model.card.class_names else None


def _with_kept(model: StoredModel, knowledge: KnowledgeMap) -> KnowledgeMap:
    """With the places by t-SNE from the last time, if these were the same pictures."""
    kept = kept_map(model)
    if kept is None or kept.data != knowledge.data or kept.points.shape != knowledge.points.shape:
        return knowledge
    is_same = np.allclose(kept.points, knowledge.points, atol=_SAME * float(np.abs(knowledge.points).max(initial=0)))
    return replace(knowledge, neighbourhood=kept.neighbourhood) if is_same else knowledge


def _key(model: StoredModel) -> str:
    return f"map {_FORMAT} {model.card.files[LITERT_FILE]}"
