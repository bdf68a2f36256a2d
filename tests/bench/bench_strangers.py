"""What strangers bring, read right or refused: `python -m tests.bench strangers [--only PART] [--json]`.

A part is a module of `tests.bench.strangers` with a function `rows()` that yields a `Tally` for each kind of thing. The
sets and pictures are looked for in `$SOFTMAX_STUDIO_DEVELOPMENT_DATA`, or `../shared/data`; what is not there is left
out.
"""

import importlib
from collections.abc import Iterator, Sequence

from tests.bench.report import Tally

PARTS = {
    "data": ("data_sets",),
    "pictures": ("pictures",),
    "digits": ("crops", "signs", "ways"),
    "clothes": ("clothes",),
    "models": ("foreign_models",),
}
"""The modules of each part, by the name that `--only` takes."""


def measure(only: Sequence[str] = ()) -> Iterator[Tally]:
    """The parts that are named, all of them without a name. Raises SystemExit for one that there is not."""
    if unknown := set(only) - set(PARTS):
        raise SystemExit(f"there is no part {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    for part in only or PARTS:
        for module in PARTS[part]:
            yield from importlib.import_module(f"tests.bench.strangers.{module}").rows()
