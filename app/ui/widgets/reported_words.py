"""What the notes report of a recipe, in words."""

from PySide6.QtCore import QCoreApplication

from app.core.models.reference import Reported

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


def reported_short(reported: Reported | None) -> str:
    """The figure alone, to stand beside a result: "Reported: test 97.58%", or an empty text."""
    if reported is None or not reported.short:
        return ""
    return translate("reported_words", "Reported: {figure}").format(figure=reported.short)
