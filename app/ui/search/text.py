"""What the search page writes of searches and trials. Signs say what colours say, too."""

from PySide6.QtCore import QCoreApplication

from app.core.config.config import field_title
from app.core.errors import InputError
from app.core.percentages import percent
from app.core.recipes import find_recipe
from app.core.recipes.changes import value_text
from app.core.search.plan import SearchPlan
from app.core.search.reported import Beside
from app.core.search.status import SearchStatus, TrialState, TrialStatus
from app.ui.common.text import duration_text

translate = QCoreApplication.translate

BEST = "★"
NOTHING = "–"
MINUS = "−"


def recipe_title(recipe: str) -> str:
    """The words of a recipe; its id if it is not known any more."""
    try:
        return QCoreApplication.translate("recipes", find_recipe(recipe).title)
    except InputError:
        return recipe


def what_differs(plan: SearchPlan, trial: TrialStatus) -> str:
    """What makes a trial another one than the others: its recipe, or the values of what is varied."""
    if trial.changes:
        return ", ".join(f"{field_title(field)} {value_text(value)}" for field, value in trial.changes.items())
    if plan.method in {"random", "tpe"}:
        return translate("search_text", "chosen when it starts")
    return f"{recipe_title(trial.recipe)} ({trial.recipe})"


def state_text(trial: TrialStatus, is_best: bool) -> str:
    """What became of a trial, with a sign."""
    if is_best:
        return translate("search_text", "{sign} Best").format(sign=BEST)
    return {
        TrialState.WAITING: translate("search_text", "… Waiting"),
        TrialState.RUNNING: translate("search_text", "▶ Training"),
        TrialState.DONE: translate("search_text", "✓ Done"),
        TrialState.PRUNED: translate("search_text", "▽ Stopped early"),
        TrialState.FAILED: translate("search_text", "✗ Failed"),
    }[trial.state]


def state_help(trial: TrialStatus, is_best: bool) -> str:
    """One sentence more on it."""
    if trial.report is not None and trial.report.message:
        return trial.report.message
    if is_best:
        return translate("search_text", "The best of the finished trials")
    return {
        TrialState.WAITING: translate("search_text", "Waiting for a worker"),
        TrialState.RUNNING: translate("search_text", "On {host}").format(
            host=trial.report.host if trial.report else "…"
        ),
        TrialState.DONE: translate("search_text", "It was trained completely, and tested"),
        TrialState.PRUNED: translate("search_text", "It did worse than half of the others"),
        TrialState.FAILED: translate("search_text", "It ended with an error"),
    }[trial.state]


def share_text(share: float | None) -> str:
    """An accuracy in percent."""
    return NOTHING if share is None else percent(share, 2)


def reported_text(found: Beside | None) -> str:
    """A reported accuracy, and of which part."""
    if found is None:
        return ""
    parts = {
        "test_accuracy": translate("search_text", "test"),
        "val_accuracy": translate("search_text", "val."),
        "train_accuracy": translate("search_text", "train"),
    }
    return f"{found.reported:.2%} {parts[found.metric]}"


def difference_text(found: Beside | None) -> str:
    """How many percentage points ours is higher (▲ +) or lower (▼ −)."""
    if found is None or found.difference is None:
        return ""
    points = f"{abs(100 * found.difference):.2f}"
    if points == "0.00":
        return f"= {points}"
    return f"▲ +{points}" if found.difference > 0 else f"▼ {MINUS}{points}"


def objective_text(status: SearchStatus, value: float) -> str:
    """The figure by which the search chooses, with its name."""
    if status.objective == "val_accuracy":
        return translate("search_text", "validation accuracy {value}").format(value=share_text(value))
    return translate("search_text", "validation loss {value}").format(value=f"{value:.4f}")


def trials_text(count: int) -> str:
    """How many trials."""
    return (
        translate("search_text", "1 trial")
        if count == 1
        else translate("search_text", "{count} trials").format(count=f"{count:,}")
    )


def rough_duration(seconds: float) -> str:
    """A time nobody knows exactly: "less than a minute", "5 minutes", "2 hours"."""
    if seconds < 60:
        return translate("search_text", "less than a minute")
    if seconds < 90 * 60:
        minutes = round(seconds / 60)
        return (
            translate("search_text", "1 minute")
            if minutes == 1
            else translate("search_text", "{n} minutes").format(n=minutes)
        )
    return translate("search_text", "{n} hours").format(n=f"{seconds / 3600:.1f}".removesuffix(".0"))


def headline(status: SearchStatus) -> str:
    """Where a search stands."""
    if status.is_stopping:
        return translate("search_text", "Stopping")
    if status.is_running:
        return translate("search_text", "Searching")
    if status.done == status.total:
        return translate("search_text", "✓ All trials are done")
    if status.problem:
        return translate("search_text", "✗ Cannot go on")
    if status.running:
        return translate("search_text", "■ Not running here")
    return translate("search_text", "■ Stopped")


def ending(plan: SearchPlan, status: SearchStatus) -> str:
    """What came out so far, in a sentence or two."""
    best, said = status.best, []
    if status.problem:
        said.append(status.problem)
    elif status.running and not status.is_running:
        said.append(
            translate(
                "search_text",
                "Some trials are running in another program, or were interrupted. Go on trains the rest.",
            )
        )
    elif status.done < status.total:
        said.append(translate("search_text", "It can go on at any time, also after a restart."))
    if best is not None and best.value is not None:
        words = translate("search_text", "Best: trial {number}, {what}, {value}.")
        value = objective_text(status, best.value)
        said.insert(0, words.format(number=best.number, what=what_differs(plan, best), value=value))
    elif status.done == status.total:
        said.append(translate("search_text", "No trial has a result; the table shows what went wrong."))
    return " ".join(said)


def time_left(status: SearchStatus) -> str:
    """How long it will still take, or an empty text while nobody can tell."""
    if not status.is_running or status.left_s is None:
        return ""
    return translate("search_text", "about {time} left").format(time=duration_text(status.left_s))
