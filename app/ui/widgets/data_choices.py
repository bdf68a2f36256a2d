"""The data a run can use: every edition of every set, here or still to be fetched. Knows no Qt."""

from dataclasses import dataclass

from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import DataAvailability, available, own_names
from app.core.datasets.types import Variant, data_text
from app.core.errors import StudioError


@dataclass(frozen=True)
class DataChoice:
    """One edition of a set. `dataset` and `data` are the config's fields; `is_here` tells whether it can be used."""

    dataset: str
    data: str
    title: str
    variant: Variant
    counts: tuple[int, int]
    is_here: bool

    @property
    def text(self) -> str:
        """The edition and its (training, test) pictures, as everywhere."""
        return data_text(self.title, self.variant, *self.counts)


def data_choices() -> tuple[DataChoice, ...]:
    """The published sets in their order, then the person's own; a set with a damaged card is left out."""
    choices: list[DataChoice] = []
    for name in (*DATASETS, *(own for own in own_names() if own not in DATASETS)):
        try:
            choices += _editions(available(name))
        except StudioError:
            continue
    return tuple(choices)


def _editions(found: DataAvailability) -> list[DataChoice]:
    return [_choice(found, variant, counts) for variant, counts in found.counts.items()]


def _choice(found: DataAvailability, variant: Variant, counts: tuple[int, int]) -> DataChoice:
    is_starter = variant is Variant.STARTER
    return DataChoice(
        dataset=found.name,
        data=Variant.STARTER if is_starter else Variant.FULL,
        title=found.title,
        variant=variant,
        counts=counts,
        is_here=found.starter if is_starter else found.full_at is not None,
    )
