"""`SearchPlan`: which runs a search is made of, and by which metric it chooses among them."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from app.core.config.config import TrainingConfig
from app.core.config.form import Declaration
from app.core.config.problems import first_problem
from app.core.errors import InputError
from app.core.recipes import RECIPES, find_recipe
from app.core.search.space import Changes, Choices, Dimension, Method, Value, check_dimension, grid_values
from app.core.search.status import SearchStatus, TrialStatus

Objective = Literal["val_accuracy", "val_loss"]
"""Always a metric of the validation split: one that was chosen by the test split would tell nothing any more."""

MOST_TRIALS = 1000
MOST_NAME_LETTERS = 80


class SearchPlan(Declaration):
    """A search, completely described.

    A "list" runs each of `bases` as it is. The other methods change the one base: "grid" tries all combinations of the
    values in `space`, "random" and "tpe" make `trials` tries, the latter each time near what did well so far.
    `pruning` ends a run early once it does worse than half of the others did at that epoch.
    """

    name: str
    method: Method
    bases: tuple[TrainingConfig, ...]
    space: tuple[Dimension, ...] = ()
    trials: int = 20
    objective: Objective = "val_accuracy"
    seed: int = 42
    pruning: bool = False

    def config(self, base: int, changes: Changes) -> TrainingConfig:
        """The config of one trial."""
        return self.bases[base].with_settings([f"{field}={value}" for field, value in changes.items()])

    def changed(self, **values: object) -> "SearchPlan":
        """A plan with some fields changed. Raises InputError for a value that a field cannot have."""
        try:
            return SearchPlan.model_validate({**dict(self), **values})
        except ValidationError as error:
            raise InputError(first_problem(error)) from None

    def status(self, trials: tuple[TrialStatus, ...]) -> SearchStatus:
        """The search as its trials are, with nobody at work on it here."""
        return SearchStatus(study=self.name, objective=self.objective, maximizes=self.maximizes, trials=trials)

    @property
    def maximizes(self) -> bool:
        """True if a larger objective is a better one."""
        return self.objective == "val_accuracy"


@dataclass(frozen=True)
class Slot:
    """One trial of a plan: which base it runs, with which values; without any where a sampler chooses them later."""

    base: int
    changes: Changes


def slots(plan: SearchPlan) -> tuple[Slot, ...]:
    """All trials of a checked plan, in the order in which they are taken up."""
    match plan.method:
        case "list":
            return tuple(Slot(base, {}) for base in range(len(plan.bases)))
        case "grid":
            fields = [dimension.field for dimension in plan.space]
            values = [grid_values(dimension, plan.bases[0]) for dimension in plan.space]
            return tuple(Slot(0, dict(zip(fields, row, strict=True))) for row in itertools.product(*values))
        case "random" | "tpe":
            return (Slot(0, {}),) * plan.trials


def check_plan(plan: SearchPlan) -> None:
    """Raise InputError unless the plan can be carried out."""
    if not plan.name.strip() or len(plan.name) > MOST_NAME_LETTERS or not plan.name.isprintable():
        raise InputError(f"A search needs a name of 1 to {MOST_NAME_LETTERS} letters.")
    if not plan.bases:
        raise InputError("There is nothing to run; choose at least one recipe.")
    if plan.method == "list":
        if plan.space:
            raise InputError("A list runs its recipes as they are; choose another method to vary settings.")
        _check_count(len(plan.bases))
        return
    if len(plan.bases) > 1:
        raise InputError("Vary the settings of one recipe at a time, or run several as a list.")
    if not plan.space:
        raise InputError("There is nothing to vary; name a setting and its values, as in --vary dropout=0.1,0.2,0.3.")
    _check_space(plan)


def _check_space(plan: SearchPlan) -> None:
    fields = [dimension.field for dimension in plan.space]
    for field in fields:
        if fields.count(field) > 1:
            raise InputError(f"{field} is varied twice; give all its values at once.")
    for dimension in plan.space:
        check_dimension(dimension, plan.bases[0])
    count = plan.trials
    if plan.method == "grid":
        count = 1
        for dimension in plan.space:
            count *= len(grid_values(dimension, plan.bases[0]))
    _check_count(count)
    splits = [dimension for dimension in plan.space if dimension.field == "validation_split"]
    lowest = [dimension.low if dimension.type == "range" else min(map(float, dimension.values)) for dimension in splits]
    if min(lowest, default=plan.bases[0].validation_split) == 0:
        raise InputError(
            "A search compares trials by validation, but no pictures are kept for it; set validation_split above 0."
        )


def _check_count(count: int) -> None:
    if not 1 <= count <= MOST_TRIALS:
        raise InputError(f"A search has 1 to {MOST_TRIALS:,} trials, not {count:,}; leave out some values.")


# The ready-made plans: what the notes vary, and all the runs that they report.

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
        "The runs of the tuning, optimizers, quickstart and textbook notes, to compare with the reported metrics.",
        _list("reproduction", _reproduction),
    ),
)


def find_plan(plan_id: str) -> SearchPlan:
    """The ready-made plan of that id. Raises InputError listing the ids if there is none."""
    for ready in PLANS:
        if ready.id == plan_id:
            return ready.make()
    raise InputError(f"There is no plan '{plan_id}'; choose one of: {', '.join(ready.id for ready in PLANS)}.")
