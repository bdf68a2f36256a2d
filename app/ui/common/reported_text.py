"""What the notes report of a recipe, in words."""

from PySide6.QtCore import QCoreApplication

from app.core.recipes.reference import NotesBeside, Reported

translate = QCoreApplication.translate


def reported_accuracy(reported: Reported | None) -> float | None:
    """The accuracy to compare with: on test data, or on validation data where nothing else is reported."""
    if reported is None:
        return None
    return reported.test_accuracy if reported.test_accuracy is not None else reported.val_accuracy


def reported_sentence(reported: Reported | None) -> str:
    """One sentence, or an empty text where the notes report no accuracy."""
    if reported is None or reported_accuracy(reported) is None:
        return ""
    if reported.test_accuracy is not None:
        return translate("reported_words", "The notes report {accuracy} on test pictures.").format(
            accuracy=f"{reported.test_accuracy:.2%}"
        )
    return translate("reported_words", "The notes report {accuracy} on validation pictures.").format(
        accuracy=f"{reported.val_accuracy:.2%}"
    )


def notes_short(notes: NotesBeside) -> str:
    """What stands beside a result: "Notes: test 97.58%", or a sentence that tells why no figure does."""
    if notes.reported is None:
        return notes_why_not(notes)
    figure = notes.reported.short
    return translate("reported_words", "Notes: {figure}").format(figure=figure) if figure else ""


def notes_why_not(notes: NotesBeside) -> str:
    """Why the figures of the notes do not stand beside a run, or an empty text."""
    if notes.is_starter_alone:
        return translate("reported_words", "The notes used the full data, so their figures are not shown.")
    if not notes.reasons:
        return ""
    sentence = translate("reported_words", "Not comparable with the notes: {differences}.")
    return sentence.format(differences=notes.differences)
