"""What the Recognize page says while there is nothing to answer."""

from PySide6.QtCore import QCoreApplication

from app.core.models.store import StoredModel
from app.ui.widgets.paper import Paper
from app.ui.widgets.verdict_words import CLOTHES, DIGITS

_NAMED = 3
_VOWELS = "aeiou"

translate = QCoreApplication.translate


def paper_words(names: tuple[str, ...]) -> str:
    """What an empty paper invites to: one of these classes, which the model knows or which are collected."""
    if names == DIGITS:
        return translate("paper", "Draw a digit here")
    if names == CLOTHES:
        return translate("paper", "Drop a picture of clothing here, or draw one")
    if len(names) <= _NAMED and all(_takes_article(name) for name in names):
        *first, last = map(_with_article, names)
        some = translate("paper", "{some} or {last}").format(some=", ".join(first), last=last)
        return translate("paper", "Draw {some} here").format(some=some)
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


def _takes_article(name: str) -> bool:
    """True for what looks like one thing of many: "circle", not "Circle", "cats" or "7"."""
    return name.isascii() and name.isalpha() and name.islower() and len(name) > 1 and not name.endswith("s")


def _with_article(name: str) -> str:
    return translate("paper", "an {name}" if name[0] in _VOWELS else "a {name}").format(name=name)
