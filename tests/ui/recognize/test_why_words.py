"""Every part of an explanation has words that are true of it."""

from dataclasses import replace

import numpy as np
import pytest

from app.core.datasets.registry import DATASETS
from app.core.imaging.drawing import Drawing
from app.core.imaging.preprocess import CLOTHES, DIGITS, NetworkInput, Preprocessing, prepare_drawing
from app.core.inference.calibration import Verdict
from app.core.inference.explaining.explainer import Explanation, Missing
from app.core.inference.explaining.features import Feature, Outlier
from app.core.inference.explaining.hints import Hint, Turn
from app.core.inference.explaining.neighbours import Neighbours
from app.core.inference.explaining.saliency import Saliency
from app.core.inference.predictor import Prediction
from app.ui.recognize.network_input_view import step_name
from app.ui.recognize.why import words as why_words
from app.ui.recognize.why.hints import hint_words

NAMES, CLOTHES_NAMES = DATASETS["mnist"].class_names, DATASETS["fashion-mnist"].class_names


def drawn() -> NetworkInput:
    return prepare_drawing(Drawing(280, 280, (((90.0, 40.0), (190.0, 40.0), (120.0, 240.0)),)), DIGITS)


def explanation(
    shares: dict[int, float],
    verdict: Verdict = Verdict.SURE,
    names: tuple[str, ...] = NAMES,
    preprocessing: Preprocessing = DIGITS,
) -> Explanation:
    probabilities = np.zeros(len(names), np.float32)
    for label, share in shares.items():
        probabilities[label] = share
    first = int(probabilities.argmax())
    return Explanation(drawn(), Prediction(first, names[first], probabilities, 0.1, verdict), names, preprocessing)


def near(*labels: int, is_far: bool = False) -> Neighbours:
    images = np.zeros((len(labels), 28, 28), np.uint8)
    return Neighbours(images, labels, (0.9,) * len(labels), 4000, is_far)


def test_a_sure_answer_says_how_far_ahead_it_is() -> None:
    sure = explanation({7: 0.95, 1: 0.03, 9: 0.02})
    assert why_words.title_words(sure) == "Why 7?"
    assert why_words.summary_words(sure) == "The network is sure: 7 gets 95%; next comes 1 with 3%."
    surer = why_words.summary_words(explanation({7: 0.999, 1: 0.001}))
    assert surer == "The network is sure: 7 gets 99.9%, and no other class comes close."


@pytest.mark.parametrize("rest", [0.46, 0.12])
def test_a_split_answer_names_both_everywhere(rest: float) -> None:
    split = explanation({4: 0.52, 9: rest}, Verdict.UNSURE)
    assert why_words.title_words(split) == "Why 4 or 9?"
    assert why_words.summary_words(split) == f"The network is unsure between 4 (52%) and 9 ({rest:.0%})."
    assert why_words.map_heading(split) == "Evidence for 4, and for 9"
    assert why_words.map_legend(split) == ("for 4", "for 9")


def test_weak_evidence_is_called_weak() -> None:
    weak = explanation({3: 0.4, 5: 0.09, 8: 0.08}, Verdict.UNSURE)
    assert why_words.title_words(weak) == "Why 3?"
    assert why_words.summary_words(weak) == "The network is not confident: 3 comes first, but with only 40%."
    assert why_words.map_heading(weak) == "Evidence for 3, and against it"
    assert why_words.map_legend(weak) == ("for 3", "against it")


@pytest.mark.parametrize(
    ("names", "title"),
    [
        (NAMES, "Why not a digit?"),
        (CLOTHES_NAMES, "Why not a piece of clothing?"),
        (("cat", "dog", "bird"), "Why none of these?"),
    ],
)
def test_what_is_of_no_class_is_told_so(names: tuple[str, ...], title: str) -> None:
    unknown = explanation({1: 0.5, 2: 0.2}, Verdict.UNKNOWN, names)
    assert why_words.title_words(unknown) == title
    assert why_words.summary_words(unknown).endswith(f"{names[1]} comes first with 50%.")
    assert names[1] not in why_words.summary_words(explanation({1: 0.3, 2: 0.2}, Verdict.UNKNOWN, names))
    assert why_words.hints_words(replace(unknown, hints=())).endswith("are normal; the shape is unusual.")


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ((7, 7, 7, 7, 7), "All are labelled 7."),
        ((7, 7, 1, 7, 7), "4 of 5 are labelled 7."),
        ((1, 1, 1, 7, 7), "3 of 5 are labelled 1."),
        ((1, 7, 4, 2, 3), "1 of 5 are labelled 7."),
    ],
)
def test_neighbours_are_counted(labels: tuple[int, ...], words: str) -> None:
    found = replace(explanation({7: 0.9}), neighbours=near(*labels))
    told = why_words.neighbours_words(found)
    assert told == f"To the network, these are the most similar of the first 4,000 training pictures. {words}"


def test_far_neighbours_are_called_far() -> None:
    found = replace(explanation({7: 0.9}), neighbours=near(1, 2, 3, 4, 5, is_far=True))
    assert why_words.neighbours_words(found).startswith("None of the first 4,000 training pictures is very similar")


def test_nothing_unusual_is_said_too() -> None:
    digit = explanation({7: 1})
    assert why_words.hints_words(replace(digit, hints=())).startswith(
        "No measured value: stroke, slant and proportions"
    )
    assert why_words.hints_words(digit) == ""
    shirt = explanation({7: 1}, names=CLOTHES_NAMES, preprocessing=CLOTHES)
    assert why_words.hints_words(replace(shirt, hints=())).startswith(
        "No measured value: size, brightness and proportions"
    )


@pytest.mark.parametrize("missing", Missing)
def test_what_cannot_be_had_says_why(missing: Missing) -> None:
    without = replace(explanation({7: 1}), hints=missing, neighbours=missing, saliency=missing)
    said = {why_words.hints_words(without), why_words.neighbours_words(without), why_words.map_words(without)}
    assert said == {why_words.missing_words(missing)}
    assert "" not in said


def test_the_map_says_what_a_person_would_not_expect() -> None:
    found = replace(explanation({7: 1}), saliency=Saliency(np.eye(28, dtype=np.float32)))
    assert why_words.map_words(found).startswith("Blank paper counts, too")
    assert why_words.map_words(replace(found, preprocessing=CLOTHES)).startswith("Empty areas count, too")


def test_a_map_of_nothing_is_told_to_be_one() -> None:
    blank = Saliency(np.zeros((28, 28), np.float32))
    assert blank.is_blank
    told = why_words.map_words(replace(explanation({7: 1}), saliency=blank))
    assert told == "None: the network finds nothing in it that it knows."


def test_every_step_is_told() -> None:
    told = why_words.steps_words(explanation({7: 1}))
    assert told.startswith("Cropped and redrawn, with strokes as thick as in the training pictures, scaled to")
    assert why_words.steps_words(replace(explanation({7: 1}), shown=replace(drawn(), steps=()))) == ""
    assert [step_name(step.name) for step in drawn().steps] == ["redrawn", "20 × 20", "centred"]


# Hints.


def odd(feature: Feature, is_high: bool, share: float = 0.9996, label: int | None = None) -> Outlier:
    return Outlier(feature, 3.0, is_high, share, label, 1.0)


@pytest.mark.parametrize(
    ("outlier", "words"),
    [
        (odd(Feature.STROKE, False, 0.9912), "Your stroke is thinner than 99% of the training digits."),
        (odd(Feature.STROKE, True), "Your stroke is thicker than 99.9% of the training digits."),
        (odd(Feature.SLANT, True, 1), "It leans further to the right than any of the training digits."),
        (odd(Feature.SLANT, False, label=7), "It leans further to the left than 99.9% of the training 7s."),
        (Turn(45), "It seems to be turned by about 45 degrees to the right."),
        (Turn(-90), "It seems to be turned by about 90 degrees to the left."),
        (Turn(180), "It seems to be upside down."),
        (odd(Feature.ASPECT, True, label=1), "It is wider than 99.9% of the training 1s."),
        (odd(Feature.PARTS, True, 0.9996), "It has 3 separate parts; 99% of the training digits have fewer."),
    ],
)
def test_a_hint_says_no_more_than_is_so(outlier: Outlier, words: str) -> None:
    assert hint_words(outlier, NAMES, DIGITS) == words


def test_a_hint_on_clothes_has_words_of_its_own() -> None:
    told = hint_words(odd(Feature.STRENGTH, False, label=8), CLOTHES_NAMES, CLOTHES)
    assert told == "As the network sees it, it is darker than 99.9% of the training pictures of Bag."


@pytest.mark.parametrize("preprocessing", Preprocessing)
@pytest.mark.parametrize("is_high", [True, False])
def test_every_hint_is_a_whole_sentence(preprocessing: Preprocessing, is_high: bool) -> None:
    told = [hint_words(Hint(odd(feature, is_high), None).outlier, ("cat", "dog"), preprocessing) for feature in Feature]
    assert all("training pictures" in words and "{" not in words for words in told)
