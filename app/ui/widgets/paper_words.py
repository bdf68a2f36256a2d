"""What the Recognize page says while there is nothing to answer."""

from PySide6.QtCore import QCoreApplication

from app.core.models.store import StoredModel
from app.ui.widgets.paper import Paper
from app.ui.widgets.verdict_words import CLOTHES, DIGITS

_NAMED = 3

translate = QCoreApplication.translate


def paper_words(model: StoredModel | None) -> str:
    """What an empty paper invites to: what the model knows."""
    names = model.card.class_names if model else DIGITS
    if names == DIGITS:
        return translate("paper", "Draw a digit here")
    if names == CLOTHES:
        return translate("paper", "Drop a picture of clothing here, or draw one")
    some = ", ".join(names[:_NAMED])
    if len(names) > _NAMED:
        return translate("paper", "Draw one of these here: {some}…").format(some=some)
    return translate("paper", "Draw one of these here: {some}").format(some=some)


def waiting_words(model: StoredModel | None, paper: Paper) -> str:
    """What stands in the place of an answer."""
    if model is None:
        return translate("paper", "No model yet: train one on the Train page")
    if paper.picture is not None:
        return translate("paper", "Nothing to read was found in this picture: try one with more contrast")
    return translate("paper", "Draw, and watch the bars move")
