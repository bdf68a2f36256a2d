"""The curves of several runs over each other: each has a colour and a dash of its own, and its number at its end."""

import math
from collections.abc import Mapping, Sequence
from html import escape

from app.core.reports.curves import RUN_COLOURS, Curve, curve_chart
from app.core.training.comparison import legend_texts
from app.core.training.events import EpochDone
from app.core.training.history.records import RunRecord

_DASHES = ("", "7 3", "2 3", "9 3 2 3")
_QUANTITIES = ("loss", "accuracy")


def overlay(runs: Sequence[RunRecord], epochs: Mapping[int, Sequence[EpochDone]]) -> str:
    """Two charts, of validation if all runs were validated, else of training; below them what each line is.

    Nothing if fewer than two runs have epochs: then there is nothing to compare.
    """
    trained = [run for run in runs if epochs[run.id]]
    if len(trained) < 2:
        return ""
    is_validated = all(any(_is_number(epoch.val_loss) for epoch in epochs[run.id]) for run in trained)
    part, prefix = ("Validation", "val_") if is_validated else ("Training", "")
    last = max(epoch.epoch for run in trained for epoch in epochs[run.id])
    charts = [
        curve_chart(
            f"{part} {name}",
            range(1, last + 1),
            [
                Curve(f"#{run.id}", _kind(place), _values(epochs[run.id], f"{prefix}{name}", last), _dash(place))
                for place, run in enumerate(trained)
            ],
            None,
            at_ends=True,
        )
        for name in _QUANTITIES
    ]
    return f'<div class="curves">\n{chr(10).join(charts)}\n</div>\n{_legend(trained)}'


def _values(epochs: Sequence[EpochDone], name: str, last: int) -> list[float | None]:
    by_epoch = {epoch.epoch: getattr(epoch, name) for epoch in epochs}
    return [by_epoch.get(number) for number in range(1, last + 1)]


def _legend(runs: Sequence[RunRecord]) -> str:
    lines = [
        f'<li><svg class="chart sample" viewBox="0 0 30 10">{_sample(place)}</svg> #{run.id} {escape(words)}</li>'
        for place, (run, words) in enumerate(zip(runs, _words(runs), strict=True))
    ]
    return f'<ul class="legend">\n{chr(10).join(lines)}\n</ul>'


def _sample(place: int) -> str:
    dash = f' stroke-dasharray="{_dash(place)}"' if _dash(place) else ""
    return f'<line class="{_kind(place)}" x1="1" x2="29" y1="5" y2="5" stroke-width="2"{dash}/>'


def _words(runs: Sequence[RunRecord]) -> list[str]:
    """Names, and what tells a run from others that have the same."""
    names = [run.name for run in runs]
    texts = zip(names, legend_texts(runs), strict=True)
    return [name if names.count(name) == 1 else f"{name}: {text}" for name, text in texts]


def _kind(place: int) -> str:
    return f"run-{place % len(RUN_COLOURS) + 1}"


def _dash(place: int) -> str:
    """Runs of the same colour never have the same dash; nor do neighbours."""
    return _DASHES[(place + place // len(RUN_COLOURS)) % len(_DASHES)]


def _is_number(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
