"""Which engine trains a run. Imports TensorFlow."""

from functools import lru_cache

import keras

from app.core.models.config import TrainingConfig
from app.core.training.engine import Engine
from app.core.training.gradient_tape import GradientTapeLoop
from app.core.training.keras_fit import KerasFit
from app.core.training.loops import TrainingLoop


@lru_cache(maxsize=1)
def engine_for(config: TrainingConfig, samples: int, classes: int, steps: int) -> Engine:
    """The engine for a run of `steps` updates over `samples` pictures; call its `begin` before the run.

    The last one is kept: the same settings again start at once, without tracing and compiling, and leave nothing
    behind (TensorFlow never forgets a traced loop, about 4 MB each). Whoever holds a network of the run before must
    be done with it.
    """
    # Collecting garbage here, in the training thread, could destroy widgets outside theirs.
    keras.utils.clear_session(free_memory=False)
    match config.engine:
        case "fit":
            return KerasFit(config, classes, steps)
        case "gradient_tape":
            return GradientTapeLoop(config, classes, steps)
        case _:
            return TrainingLoop(config, samples, classes, steps)
