"""Evaluations made for tests, and a model of the user's own that has not seen the starter's test pictures."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset, LabelledImages
from app.core.inference.evaluation import ModelEvaluation
from app.core.inference.metrics import cross_entropy
from app.core.models.store import find_model

PETS = ("cat", "dog", "owl")
SURE = 0.9


def evaluation_of(confusion: Sequence[Sequence[int]], names: Sequence[str] = PETS) -> ModelEvaluation:
    """An evaluation with this confusion matrix; the first of the pictures in each cell is the surest."""
    labels, probabilities, classes = list[int](), list[list[float]](), len(names)
    for true, row in enumerate(confusion):
        for said, count in enumerate(row):
            for place in range(count):
                sure = SURE - 0.3 * place / max(1, count)
                rest = (1 - sure) / (classes - 1)
                labels.append(true)
                probabilities.append([sure if label == said else rest for label in range(classes)])
    answers, right = np.array(probabilities, np.float32), np.array(labels, np.uint8)
    images = np.random.default_rng(1).integers(0, 256, (len(right), 28, 28)).astype(np.uint8)
    loss = cross_entropy(answers, right)
    return ModelEvaluation("pets", "Pets", "Pets, full, 6", tuple(names), images, right, answers, loss, 0.5)


def few(name: str, data: str) -> Dataset:
    """Load a set with a fifth of its test pictures: the same classes, and done at once."""
    whole = load_dataset(name, data)
    return replace(whole, test=LabelledImages(whole.test.images[4::5], whole.test.labels[4::5]))


def add_own_model(home: Path, name: str = "mine", title: str = "My own") -> None:
    """Store a copy of a shipped model whose card says that it was trained on the starter edition."""
    shipped = find_model("quickstart-mnist")
    folder = home / "models" / name
    folder.mkdir(parents=True)
    shutil.copy(shipped.litert_path, folder)
    card = shipped.card.model_copy(update={"name": name, "title": title, "data_variant": "starter"})
    (folder / "card.json").write_text(card.model_dump_json(), encoding="utf-8")
