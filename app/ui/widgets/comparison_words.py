"""What two answers to one picture have in common, in words."""

from PySide6.QtCore import QCoreApplication

from app.core.inference.doubt import Verdict
from app.core.inference.predictor import Prediction
from app.ui.widgets.verdict_words import unknown_words


def is_same(first: Prediction, second: Prediction) -> bool:
    """True if both say the same: the same class, or both that it is none of them."""
    unknown = [prediction.verdict is Verdict.UNKNOWN for prediction in (first, second)]
    return all(unknown) or (not any(unknown) and first.label == second.label)


def agreement_words(first: Prediction, second: Prediction, names: tuple[str, ...]) -> str:
    """Whether two models say the same: "They agree: 7", "They disagree: 7 or 1"."""
    if not is_same(first, second):
        sentence = QCoreApplication.translate("comparison", "≠  They disagree: {first} or {second}")
        return sentence.format(first=_short(first, names), second=_short(second, names))
    sure = [prediction.verdict is not Verdict.UNSURE for prediction in (first, second)]
    if all(sure):
        sentence = QCoreApplication.translate("comparison", "=  They agree: {answer}")
    elif any(sure):
        sentence = QCoreApplication.translate("comparison", "=  They agree: {answer}, but only one is sure")
    else:
        sentence = QCoreApplication.translate("comparison", "=  They agree: {answer}, but neither is sure")
    return sentence.format(answer=_short(first, names))


def correction_words(before: Prediction, after: Prediction, names: tuple[str, ...]) -> str:
    """What a correction did to the answer: "Corrected, it is read as 7"."""
    if is_same(before, after):
        if before.verdict is not after.verdict and after.verdict is Verdict.SURE:
            sentence = QCoreApplication.translate("comparison", "=  Corrected: still {answer}, now sure")
        else:
            sentence = QCoreApplication.translate("comparison", "=  Corrected: still {answer}")
        return sentence.format(answer=_short(after, names))
    sentence = QCoreApplication.translate("comparison", "≠  Corrected: {answer} instead")
    return sentence.format(answer=_short(after, names))


def _short(prediction: Prediction, names: tuple[str, ...]) -> str:
    if prediction.verdict is not Verdict.UNKNOWN:
        return prediction.name
    words = unknown_words(names)
    return words[0].lower() + words[1:]
