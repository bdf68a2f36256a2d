"""The ready-made plans: what the notes vary, and all the runs they report."""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.config.config import TrainingConfig
from app.core.errors import InputError
from app.core.recipes import RECIPES, find_recipe
from app.core.search.plan import SearchPlan
from app.core.search.space import Choices, Value

SWEPT = "textbook-adam"
"""The recipe around which the textbook varies one setting at a time."""

TEXTBOOK_EPOCHS = 50


@dataclass(frozen=True)
class ReadyPlan:
    """A plan with a title and a sentence on what it shows. `make` needs the recipes and is called when it is run."""

    id: str
    title: str
    explanation: str
    make: Callable[[], SearchPlan]


def _sweep(field: str, *values: Value) -> Callable[[], SearchPlan]:
    def make() -> SearchPlan:
        base = find_recipe(SWEPT).config
        space = (Choices(field=field, values=values),)
        return SearchPlan(name=f"sweep-{field.replace('_', '-')}", method="grid", bases=(base,), space=space)

    return make


def _list(name: str, configs: Callable[[], tuple[TrainingConfig, ...]]) -> Callable[[], SearchPlan]:
    return lambda: SearchPlan(name=name, method="list", bases=configs())


def _recipes(*prefixes: str) -> tuple[TrainingConfig, ...]:
    return tuple(recipe.config for recipe in RECIPES if recipe.id.startswith(prefixes))


def _reproduction() -> tuple[TrainingConfig, ...]:
    textbook = _recipes("textbook-hidden", "textbook-dropout", "textbook-rmsprop", "textbook-adam")
    shortened = tuple(config.changed(epochs=TEXTBOOK_EPOCHS) for config in textbook)
    return _recipes("tuning-", "optimizers-", "quickstart-") + shortened


PLANS: tuple[ReadyPlan, ...] = (
    ReadyPlan(
        "sweep-epochs",
        "Textbook: number of epochs",
        "20 to 200 epochs: when more training stops helping and the network begins to overfit.",
        _sweep("epochs", 20, 50, 100, 150, 200),
    ),
    ReadyPlan(
        "sweep-dropout",
        "Textbook: dropout rate",
        "From 0 to 0.5: how much dropout prevents overfitting.",
        _sweep("dropout", 0.0, 0.1, 0.2, 0.3, 0.4, 0.5),
    ),
    ReadyPlan(
        "sweep-learning-rate",
        "Textbook: learning rate",
        "Five powers of ten: too small is slow, too large diverges.",
        _sweep("learning_rate", 0.00001, 0.0001, 0.001, 0.01, 0.1),
    ),
    ReadyPlan(
        "sweep-hidden-units",
        "Textbook: hidden units",
        "32 to 1,024 units per layer: the accuracy they bring, and the time they cost.",
        _sweep("hidden_units", 32, 64, 128, 256, 512, 1024),
    ),
    ReadyPlan(
        "sweep-batch-size",
        "Textbook: batch size",
        "32 to 512 pictures per update: small batches are slow and noisy, large ones fast and smooth.",
        _sweep("batch_size", 32, 64, 128, 256, 512),
    ),
    ReadyPlan(
        "tuning",
        "All 28 tuning runs",
        "Optimizers, batch sizes, penalties, dropout, batch normalization and early stopping, side by side.",
        _list("tuning", lambda: _recipes("tuning-")),
    ),
    ReadyPlan(
        "optimizers",
        "The optimizers on clothes",
        "One network, trained with eight optimizers and activations.",
        _list("optimizers", lambda: _recipes("optimizers-")),
    ),
    ReadyPlan(
        "reproduction",
        "Every dense network of the notes",
        "The runs of the tuning, optimizers, quickstart and textbook notes, to compare with the reported figures.",
        _list("reproduction", _reproduction),
    ),
)


def find_plan(plan_id: str) -> SearchPlan:
    """The ready-made plan of that id. Raises InputError listing the ids if there is none."""
    for ready in PLANS:
        if ready.id == plan_id:
            return ready.make()
    raise InputError(f"There is no plan '{plan_id}'; choose one of: {', '.join(ready.id for ready in PLANS)}.")
