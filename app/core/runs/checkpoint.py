"""A run as it was at the end of an epoch, on disk: what it takes to go on. Knows no TensorFlow."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.errors import InputError
from app.core.file_writing import unfinished
from app.core.paths import user_dir
from app.core.runs.events import EpochDone


@dataclass(frozen=True)
class Checkpoint:
    """`state` as `Engine.state` gives it, the shuffling's random state, the epochs done, and the best weights."""

    state: tuple[NDArray[Any], ...]
    random_state: dict[str, Any]
    epochs: tuple[EpochDone, ...]
    elapsed_s: float
    best_weights: tuple[NDArray[Any], ...] = ()


def checkpoint_path(run: int) -> Path:
    """Where the checkpoint of a run of the history lies, if there is one."""
    return user_dir() / "checkpoints" / f"{run}.npz"


def has_checkpoint(run: int) -> bool:
    """True if there is something to go on with; a run that has none can be started again."""
    return checkpoint_path(run).is_file()


def save_checkpoint(run: int, checkpoint: Checkpoint) -> None:
    """Write the checkpoint of a run, in place of an earlier one. Raises OSError when the disk refuses."""
    path = checkpoint_path(run)
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = {
        "random_state": checkpoint.random_state,
        "epochs": [asdict(epoch) for epoch in checkpoint.epochs],
        "elapsed_s": checkpoint.elapsed_s,
    }
    arrays: dict[str, Any] = {f"state_{index}": array for index, array in enumerate(checkpoint.state)}
    arrays |= {f"best_{index}": array for index, array in enumerate(checkpoint.best_weights)}
    with unfinished(path.parent) as new:
        with new.open("wb") as file:
            np.savez(file, facts=np.array(json.dumps(facts)), **arrays)
        new.replace(path)  # a crash leaves the old one or the new one, never half of it


def load_checkpoint(run: int) -> Checkpoint:
    """The checkpoint of a run. Raises InputError if there is none that can be read."""
    try:
        with np.load(checkpoint_path(run), allow_pickle=False) as stored:
            facts = json.loads(str(stored["facts"]))
            return Checkpoint(
                state=_numbered(stored, "state_"),
                random_state=facts["random_state"],
                epochs=tuple(EpochDone(**epoch) for epoch in facts["epochs"]),
                elapsed_s=facts["elapsed_s"],
                best_weights=_numbered(stored, "best_"),
            )
    except FileNotFoundError:
        raise InputError(f"Run {run} stopped too early to be resumed; train it again.") from None
    except Exception:  # whatever a damaged file makes NumPy raise
        raise InputError(f"The saved weights of run {run} cannot be read; train it again.") from None


def remove_checkpoint(run: int) -> None:
    """Forget the checkpoint of a run, if there is one."""
    checkpoint_path(run).unlink(missing_ok=True)


def _numbered(stored: Any, prefix: str) -> tuple[NDArray[Any], ...]:
    count = sum(name.startswith(prefix) for name in stored.files)
    return tuple(stored[f"{prefix}{index}"] for index in range(count))
