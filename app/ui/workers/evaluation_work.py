"""One evaluation from request to outcome, in the thread of the caller. Knows no Qt."""

import logging
import time
from collections.abc import Callable

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset, LabelledImages
from app.core.errors import InputError, StudioError
from app.core.inference.doubt_figures import doubt_figures
from app.core.inference.evaluation import ModelEvaluation, check_unseen, evaluate_model
from app.core.inference.predictor import Predictor
from app.ui.workers.evaluation_facts import (
    Evaluated,
    EvaluationFailed,
    EvaluationPostponed,
    EvaluationProgress,
    EvaluationRequest,
    EvaluationStopped,
    Outcome,
)

PROGRESS_INTERVAL_S = 0.05
TRAINING_SHOWN = 250

_log = logging.getLogger(__name__)

Load = Callable[[str, str], Dataset]


class _StoppedError(Exception):
    """The person pressed Cancel, or wants something else by now."""


class _TooLongError(Exception):
    """It would take longer than the person wants to wait unasked."""

    def __init__(self, total: int, estimate_s: float) -> None:
        super().__init__()
        self.total, self.estimate_s = total, estimate_s


def evaluate(
    request: EvaluationRequest,
    on_progress: Callable[[EvaluationProgress], None],
    should_stop: Callable[[], bool],
    load: Load = load_dataset,
) -> Outcome:
    """Do what is asked; whatever goes wrong becomes an outcome. `on_progress` is called at most every 50 ms."""
    told_at, began = -PROGRESS_INTERVAL_S, time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal told_at, began
        if should_stop():
            raise _StoppedError
        now = time.monotonic()
        if not done:
            began = now  # what comes before is opening files
        elif request.patience_s is not None:
            each_s = (now - began) / done
            if (total - done) * each_s > request.patience_s:
                raise _TooLongError(total, total * each_s)
        if now - told_at >= PROGRESS_INTERVAL_S:
            told_at = now
            on_progress(EvaluationProgress(request, done, total))

    try:
        predictor, dataset = Predictor(request.model), load(request.dataset, request.data)
        if not len(dataset.test):
            return EvaluationFailed(request, f"{dataset.title} has no test pictures; choose other data.")
        report(0, len(dataset.test))
        evaluation = evaluate_model(predictor, dataset, report, unseen_only=False)
        doubts = doubt_figures(evaluation, request.model.card.calibration)
        caution = _caution(predictor, dataset)
        return Evaluated(request, _complete(evaluation), doubts, _first(dataset.train), caution)
    except _StoppedError:
        return EvaluationStopped(request)
    except _TooLongError as found:
        return EvaluationPostponed(request, found.total, found.estimate_s)
    except StudioError as error:
        return EvaluationFailed(request, str(error))
    except MemoryError:
        return EvaluationFailed(request, "Memory ran out; close other programs and try again.")
    except Exception as error:
        _log.exception("%r failed", request)
        sentence = f"Something unexpected went wrong ({type(error).__name__}: {error}); try again."
        return EvaluationFailed(request, sentence)


def _complete(evaluation: ModelEvaluation) -> ModelEvaluation:
    """Count here what is counted once, so that the window never waits for it."""
    _ = evaluation.predicted, evaluation.confidences, evaluation.confusion, evaluation.classes, evaluation.calibration
    return evaluation


def _first(pictures: LabelledImages) -> LabelledImages:
    """A few of them, as copies: the others need not stay in memory."""
    return LabelledImages(pictures.images[:TRAINING_SHOWN].copy(), pictures.labels[:TRAINING_SHOWN].copy())


def _caution(predictor: Predictor, dataset: Dataset) -> str:
    """Why this is no fair test of the model, or an empty text."""
    try:
        check_unseen(predictor.model.card, dataset)
    except InputError as error:
        return str(error)
    return ""
