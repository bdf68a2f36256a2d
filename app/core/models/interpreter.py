"""The LiteRT interpreter behind two calls. It imports in milliseconds; TensorFlow is not needed to predict."""

from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter as LiteRTInterpreter
from numpy.typing import NDArray

from app.core.errors import InputError
from app.core.quiet import native_silence

BATCH = 256


class Interpreter:
    """A network on disk, ready to predict. Not for use by two threads at once."""

    def __init__(self, network: Path | bytes, threads: int = 1) -> None:
        """Of a file or its content; computes with so many threads.

        Raises InputError if it is no network that LiteRT can read.
        """
        try:
            # LiteRT reads weights from it and does not keep it alive.
            self._content = network if isinstance(network, bytes) else network.read_bytes()
            self._interpreter = LiteRTInterpreter(model_content=self._content, num_threads=threads)
            with native_silence():
                self._interpreter.allocate_tensors()
            self._input = self._interpreter.get_input_details()[0]
            # The probabilities first; then, if the model was stored with it, what goes into its last layer.
            self._outputs = sorted(self._interpreter.get_output_details(), key=lambda output: str(output["name"]))
            if self._input["dtype"] is not np.float32:
                raise ValueError("It takes no pictures in [0, 1].")
        except (ValueError, OSError, IndexError):
            name = "The network" if isinstance(network, bytes) else network
            raise InputError(f"{name} cannot be read as a model; train it again or choose another one.") from None
        self._batch = 0
        # Networks that were made elsewhere may take one picture at a time.
        self._most = BATCH if int(self._input["shape_signature"][0]) < 0 else 1

    @property
    def shapes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The shapes of one picture and of one prediction."""
        given, predicted = (tuple(int(side) for side in at["shape"][1:]) for at in (self._input, self._outputs[0]))
        return given, predicted

    @property
    def units(self) -> int:
        """How many numbers `embeddings` gives of one picture; 0 if the model was stored without."""
        return int(self._outputs[1]["shape"][-1]) if len(self._outputs) > 1 else 0

    def probabilities(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities (n, classes) float32 of pictures (n, 28, 28) float32 in [0, 1]."""
        return self._computed(images, self._outputs[:1])[0]

    def embeddings(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """What goes into the last layer, (n, units) float32, for pictures (n, 28, 28) float32 in [0, 1]."""
        return self._computed(images, self._outputs[1:2])[0]

    def both(self, images: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Probabilities and embeddings in the time of one of them; only if there are `units`."""
        probabilities, embeddings = self._computed(images, self._outputs[:2])
        return probabilities, embeddings

    def _computed(self, images: NDArray[np.float32], outputs: list[dict[str, Any]]) -> list[NDArray[np.float32]]:
        found = [np.empty((len(images), *output["shape"][1:]), np.float32) for output in outputs]
        for start in range(0, len(images), self._most):
            part = images[start : start + self._most, :, :, None]
            if len(part) != self._batch:
                self._interpreter.resize_tensor_input(self._input["index"], part.shape)
                self._interpreter.allocate_tensors()
                self._batch = len(part)
            self._interpreter.set_tensor(self._input["index"], np.ascontiguousarray(part, np.float32))
            self._interpreter.invoke()
            for output, values in zip(outputs, found, strict=True):
                answer = self._interpreter.get_tensor(output["index"])
                if answer.shape != (len(part), *values.shape[1:]):
                    raise InputError("The model does not give one answer for each picture; import or train it again.")
                values[start : start + len(part)] = answer
        return found
