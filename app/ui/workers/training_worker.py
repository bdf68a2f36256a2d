"""The object that lives in the training thread and owns every Keras call."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.core.datasets.types import Dataset
from app.core.errors import InputError, StudioError
from app.core.models.config import TrainingConfig
from app.core.training.control import RunControl
from app.core.training.events import EndReason, Event, ModelSaved, RunEnded, RunPreparing
from app.core.training.tensorflow_start import load_tensorflow
from app.ui.workers.throttle import EventThrottle

if TYPE_CHECKING:
    from app.core.training.trainer import TrainedNetwork

Loader = Callable[[str, str], Dataset]

SAMPLE = 500
"""Training pictures that a preview chooses from."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunRequest:
    """One run to do: `control` is how the window reaches it once it is under way.

    `resume` is the run of the history that is taken up again, None for a new one.
    """

    config: TrainingConfig
    name: str | None
    control: RunControl
    resume: int | None = None


@dataclass(frozen=True)
class PreviewRequest:
    """Training pictures to vary as `config` does. Another `number` asks for other pictures."""

    config: TrainingConfig
    number: int


class TrainingWorker(QObject):
    """Does one thing at a time, in the order asked. Its slots must only be reached through queued signals."""

    event_emitted = Signal(object)
    classes_loaded = Signal(object)  # tuple[str, ...]: the names of the classes of the data of the run
    prepared = Signal()
    previewed = Signal(object)  # pictures (rows, columns, 28, 28) uint8, or a sentence why there are none
    keep_failed = Signal(str)

    def __init__(self, load: Loader) -> None:
        super().__init__()
        self._load = load
        self._trained: TrainedNetwork | None = None
        self._is_saved = False
        self._sample: tuple[str, str, NDArray[np.uint8]] | None = None

    @Slot()
    def prepare(self) -> None:
        """Load TensorFlow before it is needed."""
        try:
            _import_runs()
        except Exception:
            # The first run meets the same trouble and has a place to say so.
            _log.exception("TensorFlow could not be loaded")
        self.prepared.emit()

    @Slot(object)
    def run(self, request: RunRequest) -> None:
        """Load the data and train; whatever goes wrong becomes a RunEnded."""
        emit = EventThrottle(self._forward)
        self._trained, self._is_saved = None, False
        try:
            self._trained = self._train(request, emit)
        except StudioError as error:
            emit(_without_training(EndReason.FAILED, str(error)))
        except MemoryError:
            emit(_without_training(EndReason.FAILED, "Memory ran out; close other programs or choose less data."))
        except Exception as error:
            _log.exception("the run could not start")
            emit(_without_training(EndReason.FAILED, f"The run could not start ({type(error).__name__}: {error})."))

    @Slot(object)
    def preview(self, request: PreviewRequest) -> None:
        """Vary some training pictures."""
        try:
            load_tensorflow()
            from app.core.training.preview import varied

            self.previewed.emit(varied(self._some_images(request.config), request.config, request.number))
        except StudioError as error:
            self.previewed.emit(str(error))
        except Exception as error:
            _log.exception("the pictures could not be varied")
            self.previewed.emit(f"The pictures could not be varied ({type(error).__name__}: {error}).")

    @Slot(str)
    def keep(self, name: str) -> None:
        """Save the network of a run that did not, under `name` or, if that is empty, a name made from the recipe's."""
        try:
            if self._trained is None:
                raise InputError("There is no trained network to keep any more; train again.")
            _import_runs().keep(self._trained, self._forward, name or None)
        except StudioError as error:
            self.keep_failed.emit(str(error))
        except Exception as error:
            _log.exception("the model could not be kept")
            self.keep_failed.emit(f"The model could not be saved ({type(error).__name__}: {error}).")
        else:
            self._trained = None

    @Slot()
    def discard(self) -> None:
        """Let go of the last run's network."""
        self._trained = None

    @Slot()
    def finish(self) -> None:
        """End the thread, once what was asked before is done."""
        self._trained = None
        QThread.currentThread().quit()

    def _train(self, request: RunRequest, emit: Callable[[Event], None]) -> "TrainedNetwork | None":
        emit(RunPreparing("Loading TensorFlow"))
        runs = _import_runs()
        emit(RunPreparing("Loading the data"))
        if request.control.is_stopping:
            emit(_without_training(EndReason.STOPPED, "Stopped before the first batch."))
            return None
        dataset = self._load(request.config.dataset, request.config.data)
        self.classes_loaded.emit(dataset.class_names)
        trained = runs.run(request.config, dataset, emit, request.control, request.name, resume=request.resume)
        return None if self._is_saved else trained

    def _some_images(self, config: TrainingConfig) -> NDArray[np.uint8]:
        """Training pictures of the config's data, kept for the next preview."""
        if self._sample is None or self._sample[:2] != (config.dataset, config.data):
            images = self._load(config.dataset, config.data).train.images[:SAMPLE].copy()
            self._sample = config.dataset, config.data, images
        return self._sample[2]

    def _forward(self, event: Event) -> None:
        self._is_saved = self._is_saved or isinstance(event, ModelSaved)
        self.event_emitted.emit(event)


def _import_runs() -> ModuleType:
    """Everything that trains, and TensorFlow with it."""
    load_tensorflow()
    from app.core.training import runs

    return runs


def _without_training(reason: EndReason, message: str) -> RunEnded:
    return RunEnded(reason, message, epochs_done=0, best_epoch=None, elapsed_s=0.0)
