"""The steps of the preparation in words: short below their pictures, longer in a sentence."""

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def step_name(name: str) -> str:
    """The caption of a step, by the name it has in `imaging.preprocess`."""
    return {
        "paper": translate("steps", "paper"),
        "redrawn": translate("steps", "redrawn"),
        "ink": translate("steps", "ink"),
        "crop": translate("steps", "crop"),
        "20 × 20": translate("steps", "20 × 20"),
        "centred": translate("steps", "centred"),
        "picture": translate("steps", "picture"),
        "trimmed": translate("steps", "trimmed"),
        "fitted": translate("steps", "fitted"),
        "example": translate("steps", "example"),
        "drawn": translate("steps", "drawn"),
        "28 × 28": translate("steps", "28 × 28"),
    }.get(name, name)


def step_sentence(name: str) -> str:
    """What a step did, as a part of a sentence."""
    return {
        "redrawn": translate("steps", "cropped and redrawn, with strokes as thick as in the training pictures"),
        "ink": translate("steps", "ink found"),
        "crop": translate("steps", "cropped to it"),
        "20 × 20": translate("steps", "scaled to 20 × 20"),
        "centred": translate("steps", "moved so that its centre of mass is in the middle"),
        "picture": translate("steps", "as a grey picture"),
        "trimmed": translate("steps", "background removed"),
        "fitted": translate("steps", "fitted into 28 × 28"),
        "example": translate("steps", "an example, as it is"),
        "drawn": translate("steps", "drawn on"),
        "28 × 28": translate("steps", "averaged to 28 × 28"),
    }.get(name, name)


def step_tip(name: str) -> str:
    """What a step is, as a sentence of its own."""
    if name == "paper":
        return translate("steps", "The whole paper, as it is.")
    words = step_sentence(name)
    return f"{words[:1].upper()}{words[1:]}."
