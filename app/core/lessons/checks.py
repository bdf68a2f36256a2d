"""Whether a task is done, by facts: runs in the history, answers on the paper, samples, and what was done on a page."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from app.core.config.config import TrainingConfig
from app.core.errors import StudioError
from app.core.lessons.happenings import Deed, Happening, Reading
from app.core.lessons.lesson import TRAINED, ActionCheck, Check, ReadingCheck, RunsCheck, SamplesCheck, Task
from app.core.recipes.changes import changes
from app.core.runs.columns import COLUMNS, Value
from app.core.runs.listing import Query, RunList
from app.core.runs.records import RunRecord, RunState

_ENDED = {RunState.COMPLETED, RunState.EARLY_STOPPED, RunState.STOPPED}
_FREE = {"epochs", "seed", "validation_split", "validation_from", "engine", "precision"}
"""Settings that a user may change and still sees what a task shows; the filter says how many epochs are enough."""


def is_met(check: Check, happened: Happening, trained: Collection[str] = ()) -> bool:
    """Whether what just happened is what the task asks for; `trained` are the models that the lesson's runs left."""
    if isinstance(check, ReadingCheck) and isinstance(happened, Reading):
        return (
            (not check.answers or happened.answer in check.answers)
            and (not check.rivals or happened.rival in check.rivals)
            and check.verdict in {None, happened.verdict}
            and check.confidence_above < happened.confidence < check.confidence_below
            and (happened.title == check.model or _is_model(check.model, happened.model, trained))
        )
    if isinstance(check, ActionCheck) and isinstance(happened, Deed):
        return (
            check.did is happened.action
            and _is_model(check.model, happened.model, trained)
            and _is_cell(check, happened.cell)
            and (not check.filter or len(RunList(happened.runs).found(Query(check.filter))) > 1)
        )
    return False


def runs_met(
    check: RunsCheck,
    runs: Sequence[RunRecord],
    since: datetime | None = None,
    config: TrainingConfig | None = None,
) -> tuple[RunRecord, ...]:
    """The newest runs that do what the task asks for, or none if they are too few. Those begun before `since` are old.

    With `config`, what the task fills into the form, runs with other settings do not count; runs that go on, failed
    or were interrupted never do. A `since` still to come, of before the clock was set back, makes no run old.
    """
    if since is not None and since > datetime.now(UTC):
        since = None
    ended = [run for run in runs if run.state in _ENDED and (since is None or run.created >= since)]
    found = RunList(ended).found(Query(check.filter))
    if config is not None:
        found = [run for run in found if not _other_settings(run, config, check)]
    if check.differ:
        found = _first_of_each(found, check.differ)
    return tuple(found[: check.count]) if len(found) >= check.count else ()


def why_not(
    tasks: Iterable[Task], run: RunRecord, runs: Sequence[RunRecord] = (), since: datetime | None = None
) -> str:
    """Why a run that ended does none of the tasks that fill in the form; an empty text if it does one.

    It is compared with the task whose settings are nearest. A run of another recipe was no try. Of a task that takes
    several of `runs`, it is told how many there are.
    """
    asked = [
        (check, config, _other_settings(run, config, check))
        for check, config in ((task.check, task.config) for task in tasks)
        if isinstance(check, RunsCheck) and config is not None and config.recipe == run.recipe
    ]
    if not asked:
        return ""
    check, config, others = min(asked, key=lambda one: len(one[2]))
    if others:
        return f"{run.title} does not count: it has {', '.join(others)}."
    if not runs_met(check.model_copy(update={"count": 1}), [run]):
        return f"{run.title} does not count after {run.epochs_done} epochs: {_missing(check.filter, run)} is asked for."
    for enough in range(check.count - 1, 0, -1):
        if runs_met(check.model_copy(update={"count": enough}), runs, since, config):
            return f"{run.title} counts: {enough} of {check.count} runs are done."
    return ""


_SIGNS = {">=": " ≥ ", "<=": " ≤ ", ">": " > ", "<": " < ", "=": " = "}


def _missing(text: str, run: RunRecord) -> str:
    """The conditions of a filter that do not hold for a run, in words: "epochs done ≥ 50"."""
    unmet = [part for part in text.split() if not RunList([run]).found(Query(part))]
    words = ", ".join(unmet or [text]).replace("_", " ")
    return re.sub("|".join(_SIGNS), lambda found: _SIGNS[found[0]], words)


def samples_met(check: SamplesCheck, counts: Iterable[int]) -> bool:
    """Whether one of the user's sets, which have so many samples, has enough."""
    return any(count >= check.count for count in counts)


def _is_model(wanted: str, model: str, trained: Collection[str]) -> bool:
    return model in trained if wanted == TRAINED else wanted in {"", model}


def _is_cell(check: ActionCheck, cell: tuple[str, str] | None) -> bool:
    if cell is None:
        return not (check.true or check.answer or check.mistake)
    true, answer = cell
    return check.true in {"", true} and check.answer in {"", answer} and not (check.mistake and true == answer)


def _other_settings(run: RunRecord, config: TrainingConfig, check: RunsCheck) -> list[str]:
    """The settings of a run that are not those of `config`, in words: "learning rate 10"."""
    if run.recipe != config.recipe:
        return [f"recipe {run.recipe}"]
    if run.dataset != config.dataset:
        return [f"data {run.data_description}"]
    try:
        found = changes(run.config, config)
    except StudioError:  # another version made it
        return ["settings that this version does not know"]
    return [change.words for change in found if change.field not in _FREE | {check.differ}]


def _first_of_each(runs: Iterable[RunRecord], column: str) -> list[RunRecord]:
    kept: dict[Value, RunRecord] = {}
    for run in runs:
        kept.setdefault(COLUMNS[column].value(run), run)
    return list(kept.values())
