"""How shares and probabilities are written: rounded, but never as 100% or 0% where they are neither."""

import math

_LARGEST, _SMALLEST = math.nextafter(1.0, 0.0), math.nextafter(0.0, 1.0)
FEW = 200
"""An accuracy on fewer pictures than this is said as a count: its decimals would be noise."""

_Z = 1.959964
"""A normal variable lies within so many standard deviations of its mean 95 times of 100."""

_WORTH_SAYING = 4
"""Digits of an exact number."""


def percent(share: float, decimals: int = 1) -> str:
    """A share in 0..1: "97.5%"; 1 is "100.0%", but what only rounds to it is ">99.9%", and "<0.1%" is above 0."""
    text, step = f"{share:.{decimals}%}", 10.0**-decimals
    if share < 1 and text == f"{1:.{decimals}%}":
        return f">{100 - step:.{decimals}f}%"
    if share > 0 and text == f"{0:.{decimals}%}":
        return f"<{step:.{decimals}f}%"
    return text


def probability_text(probability: float, decimals: int | None = None) -> str:
    """A probability in 0..1, in whole percents, or with one decimal near the ends: "97%", "99.7%", ">99.9%", "<0.1%".

    A softmax is never 0 or 1, even where float32 has no number between: nor is what is written here. `decimals` asks
    for so many everywhere, such as 0 for the captions of the tutorial.
    """
    inside = min(max(probability, _SMALLEST), _LARGEST)
    if decimals is None:
        decimals = 1 if f"{inside:.0%}" in {"0%", "100%"} else 0
    return percent(inside, decimals)


def exact_probability(probability: float) -> str:
    """A float32 probability with all digits that say something: "97.53%", "99.99982%", "0.0004216%", "3.1e-09%"."""
    if probability >= 1:
        return ">99.99999%"
    if probability <= 0:
        return "<1e-43%"  # the smallest float32 above 0 is 1.4e-45
    percents = 100 * probability
    nearest = min(percents, 100 - percents)
    decimals = max(2, (_WORTH_SAYING if percents < 50 else 2) - 1 - math.floor(math.log10(nearest)))
    return f"{percents:.{_WORTH_SAYING - 1}g}%" if percents < 1e-4 else f"{percents:.{min(decimals, 8)}f}%"


def accuracy_text(accuracy: float, samples: int, decimals: int = 2) -> str:
    """How an accuracy (0..1) on `samples` pictures is said: "97.58%", or "8 of 10" where they are few.

    Nobody knows how many they were where `samples` is 0.
    """
    return f"{round(accuracy * samples)} of {samples}" if 0 < samples < FEW else percent(accuracy, decimals)


def accuracy_with_interval(accuracy: float, samples: int, decimals: int = 2) -> str:
    """The same where there is room for how sure that is: "8 of 10 (95% interval: 49% to 94%)"."""
    said = accuracy_text(accuracy, samples, decimals)
    if not 0 < samples < FEW:
        return said
    low, high = wilson_interval(round(accuracy * samples), samples)
    return f"{said} (95% interval: {low:.0%} to {high:.0%})"


def wilson_interval(right: int, samples: int) -> tuple[float, float]:
    """Where the true share of right answers lies with 95% confidence, if `right` of `samples` were (Wilson, 1927).

    Both ends are in 0..1, also for none or all of few pictures, where the usual interval has no width.
    """
    share, z2 = right / samples, _Z * _Z
    middle = (share + z2 / (2 * samples)) / (1 + z2 / samples)
    half = _Z * math.sqrt(share * (1 - share) / samples + z2 / (4 * samples * samples)) / (1 + z2 / samples)
    return max(0.0, middle - half), min(1.0, middle + half)
