"""The data a model can be evaluated on, and what is to be said of each edition. Knows no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import STARTER_COUNTS
from app.core.datasets.types import Variant
from app.core.inference.evaluation import full_sets_behind
from app.core.models.card import ModelCard
from app.ui.widgets.data_choices import data_choices
from app.ui.widgets.set_summary import SetSummary, summarise


@dataclass(frozen=True)
class EvaluateChoice:
    """The test part of one edition of a set, `tests` pictures.

    `fits` tells whether the model knows its classes, `is_here` whether it is on this computer, and `was_seen` whether
    the model learned from these very pictures.
    """

    dataset: str
    data: str
    title: str
    variant: Variant
    tests: int
    fits: bool
    is_here: bool
    was_seen: bool

    @property
    def can_be_read(self) -> bool:
        """True if the model can be evaluated on it now."""
        return self.fits and self.is_here


def evaluate_choices(card: ModelCard) -> tuple[EvaluateChoice, ...]:
    """Every edition of every set: first those that can be read, then those that could be if they were here."""
    summaries: dict[str, SetSummary] = {}
    learned, choices = full_sets_behind(card), []
    for choice in data_choices():
        summary = summaries.setdefault(choice.dataset, summarise(choice.dataset, DATASETS))
        is_starter = choice.variant is Variant.STARTER
        choices.append(
            EvaluateChoice(
                dataset=choice.dataset,
                data=choice.data,
                title=choice.title,
                variant=choice.variant,
                tests=STARTER_COUNTS[1] if is_starter else summary.counts[1],
                fits=summary.class_names == card.class_names,
                is_here=choice.is_here,
                was_seen=is_starter and choice.dataset in learned,
            )
        )
    return tuple(sorted(choices, key=lambda choice: (not choice.can_be_read, not choice.fits)))


def best_choice(choices: Sequence[EvaluateChoice], card: ModelCard) -> EvaluateChoice | None:
    """What to begin with: a fair test before pictures the model has seen, the set it learned from before others.

    A set without test pictures comes last. Of what is left the one with the most pictures; None if nothing here fits.
    """
    possible = [choice for choice in choices if choice.can_be_read]
    order = [
        (choice.tests > 0, not choice.was_seen, choice.dataset == card.dataset, choice.tests) for choice in possible
    ]
    return possible[order.index(max(order))] if possible else None
