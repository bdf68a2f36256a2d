"""Running a network that is not trusted: only ever called in a process of its own."""

from collections.abc import Sequence

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from app.core.models.foreign.limits import refuse

_SOME = 3


def runs_in_batches(content: bytes, says_so: bool) -> bool:
    """True if the network reads several pictures at once as it reads each alone.

    Raises InputError if it cannot be run at all, or gives what are no numbers.
    """
    alone = _first(content)
    if not says_so:
        return False
    try:
        several = _answers(content, _SOME)
    except (ValueError, RuntimeError):
        return False
    return several.shape[0] == _SOME and bool(np.allclose(several[:1], alone, rtol=1e-3, atol=1e-3))


def _first(content: bytes) -> NDArray[np.float32]:
    try:
        alone = _answers(content, 1)
    except (ValueError, RuntimeError):
        raise refuse("its operations do not fit together, so that it cannot be run") from None
    if not np.isfinite(alone).all():
        raise refuse("it gives something else than numbers for a picture")
    return alone


def _answers(content: bytes, count: int) -> NDArray[np.float32]:
    """For made-up pictures, always the same."""
    interpreter = Interpreter(model_content=content, num_threads=1)
    reads = interpreter.get_input_details()[0]
    shape = (count, *(int(side) for side in reads["shape"][1:]))
    if count != int(reads["shape"][0]):
        interpreter.resize_tensor_input(reads["index"], shape)
    interpreter.allocate_tensors()
    noise = np.random.default_rng(0).random(shape, dtype=np.float32)
    is_float = reads["dtype"] == np.float32
    interpreter.set_tensor(reads["index"], noise if is_float else (noise * 127).astype(reads["dtype"]))
    interpreter.invoke()
    return np.asarray(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]), np.float32)


def probabilities_of(content: bytes, images: NDArray[np.float32], single: bool) -> NDArray[np.float32]:
    """Probabilities (n, classes) of pictures (n, 28, 28), as a network that was adapted gives them."""
    interpreter = Interpreter(model_content=content, num_threads=1)
    reads = interpreter.get_input_details()[0]
    groups: Sequence[NDArray[np.float32]] = np.split(images, len(images)) if single else [images]
    found = []
    for number, group in enumerate(groups):
        if number == 0:
            interpreter.resize_tensor_input(reads["index"], (len(group), *images.shape[1:], 1))
            interpreter.allocate_tensors()
        interpreter.set_tensor(reads["index"], np.ascontiguousarray(group[..., None], np.float32))
        interpreter.invoke()
        outputs = sorted(interpreter.get_output_details(), key=lambda output: str(output["name"]))
        found.append(np.array(interpreter.get_tensor(outputs[0]["index"]), np.float32))
    return np.concatenate(found)
