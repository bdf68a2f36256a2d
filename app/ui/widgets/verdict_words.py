"""How an answer is put into words: one name, several that it might be, or that it is none of them."""

from PySide6.QtCore import QCoreApplication

from app.core.datasets.registry import DATASETS
from app.core.inference.doubt import Verdict
from app.core.inference.predictor import Prediction

DIGITS, CLOTHES = DATASETS["mnist"].class_names, DATASETS["fashion-mnist"].class_names


def unknown_words(names: tuple[str, ...]) -> str:
    """What a thing is called that belongs to none of the classes."""
    if names == DIGITS:
        return QCoreApplication.translate("verdict", "Not a digit")
    if names == CLOTHES:
        return QCoreApplication.translate("verdict", "Not a piece of clothing")
    return QCoreApplication.translate("verdict", "None of these")


def candidate_words(prediction: Prediction, names: tuple[str, ...]) -> str:
    """What an answer that is not sure might be, as a question: "4 or 9?"."""
    if prediction.rival is None:
        return QCoreApplication.translate("verdict", "{name}?").format(name=prediction.name)
    question = QCoreApplication.translate("verdict", "{first} or {second}?")
    return question.format(first=prediction.name, second=names[prediction.rival])


def truth_words(true: str, prediction: Prediction) -> str:
    """What an example really is, and whether the answer is right: "True: Ankle boot. ✗ The answer is wrong."."""
    if prediction.name == true:
        return QCoreApplication.translate("verdict", "True: {name}. ✓ The answer is right.").format(name=true)
    return QCoreApplication.translate("verdict", "True: {name}. ✗ The answer is wrong.").format(name=true)


def answer_words(prediction: Prediction, names: tuple[str, ...]) -> str:
    """The answer without its figures: "7", "Not sure: 4 or 9?", "Not a digit"."""
    match prediction.verdict:
        case Verdict.SURE:
            return prediction.name
        case Verdict.UNSURE:
            doubt = QCoreApplication.translate("verdict", "Not sure: {question}")
            return doubt.format(question=candidate_words(prediction, names))
        case _:
            return unknown_words(names)
