"""The object in the thread of explanations: it works on the newest question, and drops it for a newer one."""

import logging
import threading
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from app.core.errors import StudioError
from app.core.imaging.preprocess import NetworkInput
from app.core.inference.explaining.explainer import Explainer
from app.core.inference.explaining.explanation import Explanation
from app.core.inference.predictor import Prediction
from app.core.models.store import StoredModel

SPARE_MS = 50
"""Between two pieces of what is prepared in spare time: others want the processor, too."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class WhyRequest:
    """Why does `model` read `shown` as `prediction`? `overtaken` is set once nobody wants to know any more."""

    shown: NetworkInput
    prediction: Prediction
    model: StoredModel
    overtaken: threading.Event


@dataclass(frozen=True, eq=False)
class WhyAnswer:
    """What is known so far of the answer to `request`; `error` says why no more will come."""

    request: WhyRequest
    explanation: Explanation | None
    error: str = ""


class _OvertakenError(Exception):
    """Nobody waits for this answer."""


class WhyWorker(QObject):
    """Explains one answer at a time. Its slots must only be reached through queued signals."""

    answered = Signal(object)  # WhyAnswer

    def __init__(self) -> None:
        super().__init__()
        self._explainer: Explainer | None = None
        self._spare_time = QTimer(self)
        self._spare_time.setInterval(SPARE_MS)
        self._spare_time.timeout.connect(self._prepare_more)

    @Slot(object)
    def explain(self, request: WhyRequest) -> None:
        """Answer in stages, unless a newer question comes."""
        if request.overtaken.is_set():
            return
        self._spare_time.stop()
        try:
            self._answer(request)
        except _OvertakenError:
            return
        except StudioError as error:
            self.answered.emit(WhyAnswer(request, None, error=str(error)))
        except Exception as error:  # nobody else would hear of it in this thread
            _log.exception("an answer could not be explained")
            sentence = self.tr("Something unexpected went wrong ({error}); draw again.")
            what = f"{type(error).__name__}: {error}"
            self.answered.emit(WhyAnswer(request, None, error=sentence.format(error=what)))
        self._spare_time.start()

    @Slot()
    def finish(self) -> None:
        """End the thread."""
        self._spare_time.stop()
        QThread.currentThread().quit()

    def _answer(self, request: WhyRequest) -> None:
        def check() -> None:
            if request.overtaken.is_set():
                raise _OvertakenError

        if self._explainer is None or self._explainer.model != request.model:
            self._explainer = Explainer(request.model)
        for explanation in self._explainer.stages(request.shown, request.prediction, check):
            check()
            self.answered.emit(WhyAnswer(request, explanation))

    @Slot()
    def _prepare_more(self) -> None:
        """Use spare time, little by little."""
        if self._explainer is None or not self._explainer.prepare_more():
            self._spare_time.stop()
