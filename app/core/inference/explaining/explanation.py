"""One explanation: what was seen, what is like it, what spoke for the answer and what is unusual, with the words."""

from collections import Counter
from dataclasses import dataclass

from app.core.imaging.preprocess import NetworkInput, Preprocessing
from app.core.inference.doubt import Verdict
from app.core.inference.explaining.hints import DIGITS, Hint
from app.core.inference.explaining.neighbours import Neighbours
from app.core.inference.explaining.saliency import Saliency
from app.core.inference.predictor import Prediction

_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NOTHING = 0.005  # less than this is shown as 0%
_SPLIT = 0.2  # a runner-up with this probability is a rival

_STEP_WORDS = {
    "ink": "ink found",
    "crop": "cropped to it",
    "20 × 20": "shrunk into 20 × 20",
    "centred": "centred by its mass",
    "picture": "as a grey picture",
    "trimmed": "ground taken away",
    "fitted": "fitted into 28 × 28",
    "example": "an example, as it is",
    "drawn on": "drawn on",
    "28 × 28": "averaged to 28 × 28",
}


@dataclass(frozen=True)
class Missing:
    """A part of an explanation that cannot be had, with the sentence that says why."""

    reason: str


@dataclass(frozen=True, eq=False)
class Corrected:
    """A hint, with the corrected picture and what the model reads in it; None where nothing can be corrected."""

    hint: Hint
    shown: NetworkInput | None = None
    prediction: Prediction | None = None


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a model reads `shown` as `prediction`. Parts that are not computed yet are None."""

    shown: NetworkInput
    prediction: Prediction
    class_names: tuple[str, ...]
    preprocessing: Preprocessing
    hints: tuple[Corrected, ...] | Missing | None = None
    neighbours: Neighbours | Missing | None = None
    saliency: Saliency | Missing | None = None

    @property
    def is_complete(self) -> bool:
        """True once every part is there, or is known to be missing."""
        return not (self.hints is None or self.neighbours is None or self.saliency is None)

    @property
    def title(self) -> str:
        """The question that is answered: "Why 7?"."""
        match self.prediction.verdict:
            case Verdict.UNKNOWN:
                return f"Why no {self._thing}?"
            case Verdict.UNSURE if self._rival is not None:
                return f"Why {self._name} or {self._rival_name}?"
            case _:
                return f"Why {self._name}?"

    @property
    def summary(self) -> str:
        """How the probabilities stand, in a sentence."""
        name, share = self._name, _percent(self.prediction.confidence)
        others = [self._named(label) for label in self.prediction.runners_up() if label < len(self.class_names)]
        match self.prediction.verdict:
            case Verdict.UNKNOWN:
                return f"This does not look like a {self._thing} the network knows; {name} would be nearest ({share})."
            case Verdict.UNSURE if self._rival is not None:
                rival = _percent(float(self.prediction.probabilities[self._rival]))
                return f"It is split between {name} ({share}) and {self._rival_name} ({rival})."
            case Verdict.UNSURE:
                return f"The evidence is weak: {name} comes first with {share}, then {' and '.join(others)}."
            case _ if self._runner_up < _NOTHING:
                return f"{name} has {share}; nothing else comes near."
            case _:
                return f"{name} has {share}, then comes {others[0]}."

    @property
    def steps_words(self) -> str:
        """What the preparation did, one word for each step: "Ink found, cropped to it, ..."."""
        words = ", ".join(_STEP_WORDS.get(step.name, step.name) for step in self.shown.steps)
        return f"{words[:1].upper()}{words[1:]}." if words else ""

    @property
    def hints_words(self) -> str:
        """What is said when nothing is unusual; an empty text if there are hints."""
        if self.hints is None or self.hints:
            return self.hints.reason if isinstance(self.hints, Missing) else ""
        if self.preprocessing is Preprocessing.CLOTHES:
            return "Size, brightness and proportions are as usual in the training pictures."
        things = "digits" if self.class_names == DIGITS else "pictures"
        return f"Stroke, slant and proportions are as usual in the training {things}."

    @property
    def neighbours_words(self) -> str:
        """Which classes the nearest training pictures are of."""
        found = self.neighbours
        if not isinstance(found, Neighbours):
            return found.reason if found else ""
        count = _number(len(found.labels))
        if found.is_far:
            return f"Nothing the network learned from looks much like it; these {count} come nearest."
        among = f"{found.among:,} training pictures"
        return f"Of {among} it looks most like these {count}, {self._classes_among(found)}."

    @property
    def saliency_words(self) -> str:
        """How to read the map."""
        found = self.saliency
        if not isinstance(found, Saliency):
            return found.reason if found else ""
        ground = "paper" if self.preprocessing is Preprocessing.DIGITS else "ground"
        return f"Compared with the average training picture: {ground} that is left empty speaks, too."

    @property
    def legend(self) -> tuple[str, str]:
        """What the two colours of the map say."""
        if isinstance(self.saliency, Saliency) and self.saliency.rival is not None:
            return f"for {self._name}", f"for {self.class_names[self.saliency.rival]}"
        return f"for {self._name}", "against it"

    @property
    def rival(self) -> int | None:
        """The class that is nearly as probable, if the answer is split."""
        return self._rival if self.prediction.verdict is Verdict.UNSURE else None

    def _classes_among(self, found: Neighbours) -> str:
        of_answer = found.labels.count(self.prediction.label)
        if of_answer == len(found.labels):
            return f"all of them {self._plural(self.prediction.label)}"
        label, count = Counter(found.labels).most_common(1)[0]
        most = f"{_number(count)} of them {self._plural(label)}"
        return f"{_number(of_answer)} of them {self._plural(self.prediction.label)}" if of_answer == count else most

    def _plural(self, label: int) -> str:
        name = self.class_names[label]
        return f"{name}s" if self.class_names == DIGITS else name

    def _named(self, label: int) -> str:
        share = _percent(float(self.prediction.probabilities[label]))
        return f"{self.class_names[label]} with {share}"

    @property
    def _thing(self) -> str:
        if self.class_names == DIGITS:
            return "digit"
        return "piece of clothing" if self.preprocessing is Preprocessing.CLOTHES else "class"

    @property
    def _name(self) -> str:
        return self.prediction.name

    @property
    def _runner_up(self) -> float:
        second = self.prediction.runners_up(1)
        return float(self.prediction.probabilities[second[0]]) if second else 0.0

    @property
    def _rival(self) -> int | None:
        return self.prediction.runners_up(1)[0] if self._runner_up >= _SPLIT else None

    @property
    def _rival_name(self) -> str:
        return "" if self._rival is None else self.class_names[self._rival]


def _percent(share: float) -> str:
    """Whole percents, such as 98%; never 0% for what is more than nothing."""
    if 0.995 <= share < 0.9995:
        return f"{share:.1%}"
    return "less than 1%" if share < _NOTHING else f"{share:.0%}"


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)
