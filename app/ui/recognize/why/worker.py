"""The object in the thread of explanations: it works on the newest question, and drops it for a newer one."""

import logging
import threading
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from app.core.errors import StudioError
from app.core.imaging.preprocess import NetworkInput
from app.core.inference.explaining.explainer import Explainer, Explanation
from app.core.inference.predictor import Prediction
from app.core.models.store import StoredModel
from app.ui.common.tasks import PythonThread

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


# The window's handle on explanations: starts the thread when first needed, asks for the newest, ends it in peace.

PAUSE_MS = 150
"""So long the pen must rest before anything is computed."""


class WhyThread(QObject):
    """Lives in the window's thread. Answers the newest question only; the thread itself lives until `shut_down`."""

    answered = Signal(object)  # WhyAnswer
    shut_down_finished = Signal()

    _asked = Signal(object)
    _finish_requested = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: QThread | None = None
        self._worker: WhyWorker | None = None
        self._request: WhyRequest | None = None
        self._is_closing = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._on_paused)

    def ask(self, shown: NetworkInput, prediction: Prediction, model: StoredModel) -> None:
        """Explain this soon, unless something newer comes first; `answered` brings it in stages."""
        self.drop()
        if not self._is_closing:
            self._request = WhyRequest(shown, prediction, model, threading.Event())
            self._pause.start()

    def drop(self) -> None:
        """Nothing is to be explained any more."""
        self._pause.stop()
        if self._request is not None:
            self._request.overtaken.set()
            self._request = None

    def shut_down(self) -> None:
        """Stop what is computed and end the thread; `shut_down_finished` tells when. Returns at once."""
        self._is_closing = True
        self.drop()
        if self._thread is None:
            self.shut_down_finished.emit()
        else:
            self._finish_requested.emit()

    @Slot()
    def _on_paused(self) -> None:
        if self._request is not None:
            self._ensure_thread()
            self._asked.emit(self._request)

    def _ensure_thread(self) -> None:
        if self._thread is not None:
            return
        self._thread, self._worker = PythonThread(self), WhyWorker()
        self._thread.setObjectName("why")
        self._worker.moveToThread(self._thread)
        self._asked.connect(self._worker.explain)
        self._finish_requested.connect(self._worker.finish)
        self._worker.answered.connect(self._on_answered)
        self._thread.finished.connect(self._on_thread_finished)
        self._thread.start(QThread.Priority.LowPriority)

    @Slot(object)
    def _on_answered(self, answer: WhyAnswer) -> None:
        if answer.request is self._request:
            self.answered.emit(answer)

    @Slot()
    def _on_thread_finished(self) -> None:
        # Emitted by the dying thread just before it is gone; the deletion, later in this one, waits for that moment.
        if self._thread is not None:
            self._thread.deleteLater()
        self._thread = self._worker = None
        self.shut_down_finished.emit()
