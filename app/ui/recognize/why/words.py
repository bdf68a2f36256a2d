"""What the panel of reasons says: every sentence of an explanation but those on what is unusual."""

from PySide6.QtCore import QCoreApplication

from app.core.datasets.types import DataKind
from app.core.imaging.preprocess import Preprocessing
from app.core.inference.calibration import Verdict
from app.core.inference.explaining.explainer import Explanation, Missing
from app.core.inference.explaining.neighbours import Neighbours
from app.core.inference.explaining.saliency import Saliency
from app.core.percentages import probability_text
from app.ui.recognize.answer import candidate_words
from app.ui.recognize.network_input_view import step_sentence

_NOTHING = 0.005  # less than this is shown as 0%

translate = QCoreApplication.translate


def title_words(explanation: Explanation) -> str:
    """The question that is answered: "Why 7?"."""
    match explanation.prediction.verdict:
        case Verdict.SURE:
            return translate("why", "Why {name}?").format(name=explanation.prediction.name)
        case Verdict.UNSURE:
            question = candidate_words(explanation.prediction, explanation.class_names)
            return translate("why", "Why {question}").format(question=question)
        case Verdict.UNKNOWN if explanation.kind is DataKind.DIGITS:
            return translate("why", "Why not a digit?")
        case Verdict.UNKNOWN if explanation.kind is DataKind.CLOTHES:
            return translate("why", "Why not a piece of clothing?")
        case Verdict.UNKNOWN:
            return translate("why", "Why none of these?")


def summary_words(explanation: Explanation) -> str:
    """How the probabilities stand, in a sentence or two."""
    answer = explanation.prediction
    second = next(iter(answer.runners_up(1)), answer.label)
    rest = float(answer.probabilities[second])
    match answer.verdict:
        case Verdict.SURE if rest < _NOTHING:
            words = translate("why", "The network is sure: {name} gets {share}, and no other class comes close.")
        case Verdict.SURE:
            words = translate("why", "The network is sure: {name} gets {share}; next comes {second} with {rest}.")
        case Verdict.UNSURE if answer.rival is not None:
            words = translate("why", "The network is unsure between {name} ({share}) and {second} ({rest}).")
        case Verdict.UNSURE:
            words = translate("why", "The network is not confident: {name} comes first, but with only {share}.")
        case _:
            words = translate(
                "why",
                "The probabilities are spread over many classes, which is rare for the kind of picture it was"
                " trained on.",
            )
            if answer.is_like_any:
                words += " " + translate("why", "{name} comes first with {share}.")
    names = explanation.class_names
    return words.format(
        name=answer.name, share=probability_text(answer.confidence), second=names[second], rest=probability_text(rest)
    )


def hints_words(explanation: Explanation) -> str:
    """What is said when nothing is unusual, or nobody knows; an empty text if there are hints."""
    if isinstance(explanation.hints, Missing):
        return missing_words(explanation.hints)
    if explanation.hints is None or explanation.hints or explanation.preprocessing is Preprocessing.WHOLE:
        return ""
    is_clothes = explanation.preprocessing is Preprocessing.CLOTHES
    features = (
        translate("why", "size, brightness and proportions")
        if is_clothes
        else translate("why", "stroke, slant and proportions")
    )
    if explanation.prediction.verdict is Verdict.UNKNOWN:
        return translate("why", "{features} are normal; the shape is unusual.").format(features=_capitalised(features))
    return translate("why", "No measured value: {features} are normal.").format(features=features)


def _capitalised(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def neighbours_words(explanation: Explanation) -> str:
    """Which classes the nearest training pictures are of, and in how many they were looked for."""
    found = explanation.neighbours
    if not isinstance(found, Neighbours):
        return missing_words(found) if found else ""
    if found.is_far:
        return translate(
            "why", "None of the first {among} training pictures is very similar; these are the nearest."
        ).format(among=f"{found.among:,}")
    label, count = found.commonest(explanation.prediction.label)
    if count == len(found.labels):
        words = translate(
            "why",
            "To the network, these are the most similar of the first {among} training pictures. All are "
            "labelled {name}.",
        )
    else:
        words = translate(
            "why",
            "To the network, these are the most similar of the first {among} training pictures. {count} "
            "of {shown} are labelled {name}.",
        )
    name = explanation.class_names[label]
    return words.format(among=f"{found.among:,}", count=count, shown=len(found.labels), name=name)


def map_heading(explanation: Explanation) -> str:
    """What the map is of."""
    name, rival = explanation.prediction.name, explanation.prediction.rival
    if rival is None:
        return translate("why", "Evidence for {name}, and against it").format(name=name)
    return translate("why", "Evidence for {name}, and for {rival}").format(
        name=name, rival=explanation.class_names[rival]
    )


def map_legend(explanation: Explanation) -> tuple[str, str]:
    """What the two colours of the map say."""
    rival = explanation.prediction.rival
    words = translate("why", "for {name}")
    if rival is None:
        return words.format(name=explanation.prediction.name), translate("why", "against it")
    return words.format(name=explanation.prediction.name), words.format(name=explanation.class_names[rival])


def map_words(explanation: Explanation) -> str:
    """How to read the map."""
    found = explanation.saliency
    if not isinstance(found, Saliency):
        return missing_words(found) if found else ""
    if found.is_blank:
        return translate("why", "None: the network finds nothing in it that it knows.")
    if explanation.preprocessing is Preprocessing.CLOTHES:
        return translate("why", "Empty areas count, too, where many training pictures have cloth.")
    if explanation.preprocessing is Preprocessing.WHOLE:
        return translate("why", "Dark areas count, too, where many training pictures are bright.")
    return translate("why", "Blank paper counts, too, where many training pictures have ink.")


def steps_words(explanation: Explanation) -> str:
    """What the preparation did: "Ink found, cropped to it, ..."."""
    words = ", ".join(step_sentence(step.name) for step in explanation.shown.steps)
    return f"{_capitalised(words)}." if words else ""


def missing_words(missing: Missing) -> str:
    """Why a part of the explanation cannot be had, and what would help."""
    match missing:
        case Missing.NO_IMAGES:
            return translate("why", "The pictures it was trained on are not on this computer, or have changed since.")
        case Missing.TOO_FEW_IMAGES:
            return translate("why", "It was trained on too few pictures to say what is usual.")
        case Missing.MADE_ELSEWHERE:
            return translate("why", "It was made elsewhere, with layers that can be run here but not looked into.")
        case Missing.NO_WEIGHTS:
            return translate("why", "Its weights cannot be read; train it again, or choose another model.")
