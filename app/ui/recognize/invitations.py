"""What the Recognize page says while there is nothing to answer: on an empty paper, and in the place of an answer."""

from PySide6.QtCore import QCoreApplication

from app.core.datasets.registry import kind_of
from app.core.datasets.types import DataKind
from app.core.imaging.paper import Paper
from app.core.imaging.preprocess import Preprocessing
from app.core.models.store import StoredModel
from app.ui.recognize.recognizer import Recognition

_NAMED = 3
_VOWELS = "aeiou"

translate = QCoreApplication.translate


def paper_words(names: tuple[str, ...]) -> str:
    """What an empty paper invites to: one of these classes, which the model knows or which are collected."""
    kind = kind_of(names)
    if kind is DataKind.DIGITS:
        return translate("paper", "Draw a digit here")
    if kind is DataKind.CLOTHES:
        return translate("paper", "Drop a picture of clothing here, or draw one")
    if len(names) <= _NAMED and all(_takes_article(name) for name in names):
        *first, last = map(_with_article, names)
        some = translate("paper", "{some} or {last}").format(some=", ".join(first), last=last)
        return translate("paper", "Draw {some} here").format(some=some)
    some = ", ".join(names[:_NAMED])
    if len(names) > _NAMED:
        return translate("paper", "Draw one of these here: {some}…").format(some=some)
    return translate("paper", "Draw one of these here: {some}").format(some=some)


def _takes_article(name: str) -> bool:
    """True for what looks like one thing of many: "circle", not "Circle", "cats" or "7"."""
    return name.isascii() and name.isalpha() and name.islower() and len(name) > 1 and not name.endswith("s")


def _with_article(name: str) -> str:
    return translate("paper", "an {name}" if name[0] in _VOWELS else "a {name}").format(name=name)


def waiting_words(model: StoredModel | None, paper: Paper, read: Recognition | None) -> str:
    """What stands in the place of an answer to this paper; `read` is what was read of it, None for not yet.

    Empty if an answer was read.
    """
    if read is not None and read.prediction is not None:
        return ""
    if model is None:
        return translate("paper", "No model yet: train one on the Train page")
    if paper.is_empty:
        return translate("paper", "Draw, and watch the bars move")
    if read is None or read.is_waiting:
        return translate("paper", "Reading what is on the paper…")
    if not read.shown.is_empty:
        return translate("paper", "This model cannot read: choose another one")
    if paper.picture is None:
        return translate("paper", "Draw, and watch the bars move")
    if model.card.preprocessing == Preprocessing.CLOTHES and not paper.example_of:
        return translate("paper", "No piece of clothing was found in this picture: drag a frame around it")
    return translate("paper", "Nothing to read was found in this picture: try one with more contrast")
