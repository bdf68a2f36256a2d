"""What a stranger trains first: every recipe on the starter data, and the Data page's buttons on small sets.

`pytest -m slow tests/core/training/test_first_hour.py`: 8 minutes on 2 cores without the six recipes of the large
readers (`-k 'not digits- and not clothes-'`), which take some minutes each.
"""

import numpy as np
import pytest

from app.core.datasets.handwriting.sheets import rare_digits
from app.core.datasets.originals import Pixels
from app.core.datasets.samples.sets import create_sample_set
from app.core.datasets.samples.store import NewSample, SampleStore, load_samples
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import LabelledImages
from app.core.inference.predictor import Predictor
from app.core.models.store import find_model
from app.core.recipes import RECIPES, Recipe, find_recipe
from app.core.training.control import RunControl
from app.core.training.fine_tuning import fine_tuning
from tests.bench.learning import learned, normalizes, own_shapes, short

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("tensorflow")]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.id)
def test_a_recipe_tests_as_it_trains_on_the_starter_data(recipe: Recipe) -> None:
    config = short(recipe.config)
    found = learned(config, load_dataset(config.dataset))
    # After few batches of heavy variation a network reads plain pictures better than those it is trained with.
    assert found.test > found.train - 0.1
    if found.validation is not None:
        assert found.validation > found.train - 0.1
    if normalizes(config):
        assert found.test == pytest.approx(found.exact, abs=0.01)


def test_the_fast_network_is_good_with_all_defaults() -> None:
    assert learned(find_recipe("fast-cnn").config, load_dataset("mnist")).test >= 0.97


@pytest.mark.parametrize(
    ("classes", "of_each", "least"),
    [(2, 10, 0.85), (3, 7, 0.8), (2, 30, 0.95), (3, 20, 0.95), (10, 6, 0.75), (3, 66, 0.97), (10, 20, 0.95)],
)
def test_a_few_drawings_of_ones_own_are_enough(classes: int, of_each: int, least: float) -> None:
    right, _ = own_shapes(classes, of_each, 10)
    assert right >= least


@pytest.mark.parametrize("count", [20, 60, 200])
def test_fine_tuning_learns_and_forgets_nothing(count: int) -> None:
    """The digits of another country, which MNIST hardly has."""
    from app.core.training.trainer import train

    samples, new, old = _foreign(count, 5), _foreign(150, 999), load_dataset("mnist").test
    store = SampleStore(create_sample_set("Rare digits").name)
    store.add_all(
        NewSample(Pixels(image), int(label)) for image, label in zip(samples.images, samples.labels, strict=True)
    )
    model = find_model("fast-cnn")
    before = [_right(Predictor(model), each) for each in (new, old)]
    trained = train(fine_tuning(model, store.set), load_samples(store.name), lambda _event: None, RunControl())
    after = [trained.engine.evaluate(each).accuracy for each in (new, old)]
    assert after[0] > before[0]
    assert after[1] > before[1] - 0.005


def _foreign(count: int, seed: int) -> LabelledImages:
    """Zeros with a slash, ones with a flag, open fours, crossed sevens."""
    written = rare_digits(5 * count, seed)
    chosen = np.flatnonzero(np.isin(written.labels, (0, 1, 4, 7)))[:count]
    return LabelledImages(written.images[chosen], written.labels[chosen])


def _right(predictor: Predictor, data: LabelledImages) -> float:
    said = predictor.probabilities(data.images.astype(np.float32) / np.float32(255)).argmax(axis=1)
    return float((said == data.labels).mean())
