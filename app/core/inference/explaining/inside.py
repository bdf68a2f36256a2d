"""The way of a picture through a network: what every layer makes of it, and what a single map or unit does."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig
from app.core.inference.calibration import softmax
from app.core.inference.explaining.decision import Decision, decision_of
from app.core.inference.explaining.numpy_network import BATCH, Array, Convolution, Dense, load_network
from app.core.models.store import StoredModel
from app.core.networks.summary import SummaryRow, network_summary

MOST_COMPARED, _FEWEST_COMPARED = 1000, 200
"""So many training pictures are looked at for those that a unit responds to most, fewer with a large network."""
_PRODUCTS = 2 * 10**10
"""What that may take: some seconds."""


@dataclass(frozen=True)
class Unit:
    """A feature map of a layer, or one of its units: the number of the last axis of what the layer gives."""

    layer: str
    number: int


@dataclass(frozen=True, eq=False)
class LayerOutput:
    """What a layer made of the picture: maps (rows, columns, channels), or the values of its units (n,)."""

    name: str
    type: str
    words: str
    values: Array

    @property
    def is_maps(self) -> bool:
        """Whether it still has rows and columns."""
        return self.values.ndim == 3

    @property
    def order(self) -> NDArray[np.int64]:
        """The numbers of its maps or units, the most active first."""
        strength = np.abs(self.values).max(axis=(0, 1)) if self.is_maps else np.abs(self.values)
        return np.argsort(-strength, kind="stable")


@dataclass(frozen=True, eq=False)
class Inside:
    """A picture on its way: the `picture` (28, 28), what the layers made of it, and probabilities (classes,).

    `without` and `logits_without` are what the probabilities and logits are with one unit switched off, None if none
    is; `decision` how the answer comes about, if one layer of weights is all there is.
    """

    picture: Array
    layers: tuple[LayerOutput, ...]
    logits: Array
    probabilities: Array
    without: Array | None = None
    logits_without: Array | None = None
    decision: Decision | None = None


@dataclass(frozen=True, eq=False)
class Sum:
    """How one number of a layer comes about: `inputs` times `weights`, summed over everything, and the bias.

    Of a convolution both are (rows, columns, channels), one window; of a dense layer (n,). `given` is what the layer's
    activation makes of the sum.
    """

    inputs: Array
    weights: Array
    bias: float
    given: float

    @property
    def total(self) -> float:
        """The sum before the activation."""
        return float((self.inputs * self.weights).sum(dtype=np.float64)) + self.bias

    def largest(self, count: int) -> list[int]:
        """The places of the products that say most, either way, the first first."""
        products = np.abs(self.inputs * self.weights).ravel()
        return [int(place) for place in np.argsort(-products, kind="stable")[:count] if products[place]]


class NetworkInside:
    """Looks into one stored model. Any thread may use it, one at a time."""

    def __init__(self, model: StoredModel) -> None:
        """Raises InputError if the weights cannot be read."""
        self.model = model
        self._network = load_network(model)
        config = model.card.config
        self._rows = network_summary(config, len(model.card.class_names)).rows
        self._words = {row.name: _words(row, config) for row in self._rows}
        calibration = model.card.calibration
        self._temperature = calibration.temperature if calibration else 1.0
        products = _PRODUCTS // max(1, sum(map(_products, self._rows)))
        self.most_compared = min(max(products, _FEWEST_COMPARED), MOST_COMPARED)
        self._compared = np.zeros((0, 28, 28), np.uint8)
        self._responses: dict[str, Array] = {}

    def look(self, picture: Array, off: Unit | None = None) -> Inside:
        """Follow a picture (28, 28) float32 in [0, 1] through the network, and again with a unit switched off."""
        outputs = self._network.outputs(picture[None])
        layers = tuple(
            LayerOutput(row.name, row.type, self._words[row.name], outputs[row.name][0]) for row in self._rows[1:]
        )
        logits = layers[-1].values
        without = logits_without = None
        if off is not None:
            logits_without = self._network.outputs(picture[None], {off.layer: off.number})[layers[-1].name][0]
            without = self._softmax(logits_without)
        probabilities = self._softmax(logits)
        decision = decision_of(self._network, self._rows, outputs, probabilities)
        return Inside(picture, layers, logits, probabilities, without, logits_without, decision)

    def knows(self, unit: Unit) -> bool:
        """Whether there is such a unit."""
        return any(row.name == unit.layer and unit.number < row.shape[-1] for row in self._rows[1:])

    def weights(self, unit: Unit) -> Array | None:
        """What belongs to a unit: a kernel (size, size, channels), or weights (n,), as pictures where n is 784."""
        operation = self._network.operation(unit.layer)
        if isinstance(operation, Convolution):
            return operation.kernel[..., unit.number]
        if isinstance(operation, Dense):
            weights = operation.kernel[:, unit.number]
            return weights.reshape(28, 28, 1) if len(weights) == 28 * 28 else weights
        return None

    def sum_at(self, inside: Inside, unit: Unit, row: int = 0, column: int = 0) -> Sum | None:
        """How the number of a unit at a place comes about; None for layers that do not sum."""
        operation = self._network.operation(unit.layer)
        read = self._read_by(inside, unit.layer)
        value = next(layer for layer in inside.layers if layer.name == unit.layer).values[..., unit.number]
        if isinstance(operation, Dense):
            return Sum(read, operation.kernel[:, unit.number], float(operation.bias[unit.number]), float(value))
        if isinstance(operation, Convolution):
            size = operation.kernel.shape[0]
            before = (size - 1) // 2 if operation.is_padded else 0
            padded = np.pad(read, ((before, size), (before, size), (0, 0)))
            window = padded[row : row + size, column : column + size]
            kernel = operation.kernel[..., unit.number]
            return Sum(window, kernel, float(operation.bias[unit.number]), float(value[row, column]))
        return None

    def window_at(self, inside: Inside, unit: Unit, row: int, column: int) -> Array | None:
        """The square (pool, pool) that a pooling layer looks at for a place of its map; None for other layers."""
        pool = getattr(self._network.operation(unit.layer), "pool", 0)
        if not pool:
            return None
        read = self._read_by(inside, unit.layer)
        return read[row * pool : (row + 1) * pool, column * pool : (column + 1) * pool, unit.number]

    @property
    def compared_count(self) -> int:
        """How many pictures `strongest` has compared."""
        return len(self._compared)

    def strongest(self, unit: Unit, images: NDArray[np.uint8], count: int, check: Callable[[], None]) -> list[int]:
        """Which of the pictures (n, 28, 28) uint8 a unit responds to most, most first; `check` is called in between.

        What other units of the same layer, or of one before it, respond to is known afterwards.
        """
        images = images[: self.most_compared]
        if not len(images):
            return []
        if unit.layer not in self._responses or not np.array_equal(images, self._compared):
            self._compared, self._responses = images, self._respond(images, unit.layer, check)
        order = np.argsort(-self._responses[unit.layer][:, unit.number], kind="stable")
        return [int(number) for number in order[:count]]

    def _respond(self, images: NDArray[np.uint8], last: str, check: Callable[[], None]) -> dict[str, Array]:
        """The largest values of the maps and units (n, units) of each layer, to the last that is asked for."""
        found: dict[str, list[Array]] = {}
        for start in range(0, len(images), BATCH):
            check()
            batch = images[start : start + BATCH].astype(np.float32) / np.float32(255)
            for name, values in self._network.outputs(batch, last=last).items():
                found.setdefault(name, []).append(values.reshape(len(batch), -1, values.shape[-1]).max(axis=1))
        return {name: np.concatenate(parts) for name, parts in found.items()}

    def _softmax(self, logits: Array) -> Array:
        return softmax(logits / np.float32(self._temperature))

    def _read_by(self, inside: Inside, name: str) -> Array:
        """What a layer read: the picture, or what layers before it gave, joined."""
        given = {layer.name: layer.values for layer in inside.layers}
        given[self._rows[0].name] = inside.picture[..., None]
        return np.concatenate([given[each] for each in self._network.inputs_of(name)], axis=-1)


def _products(row: SummaryRow) -> int:
    """How often a layer multiplies for one picture: a convolution uses its weights at every place."""
    return row.trainable * (prod(row.shape[:2]) if row.type == "Conv2D" else 1)


def _words(row: SummaryRow, config: TrainingConfig) -> str:
    """What stands above a layer: its kind, what it is set to, and the shape of what it gives."""
    shape = " × ".join(map(str, row.shape))
    if row.position is None:
        return f"{row.type}: {shape}"
    layer = config.layers[row.position]
    values = layer.model_dump()
    told = []
    if "kernel_size" in values:
        told.append(f"{values['kernel_size']} × {values['kernel_size']}")
    if "pool_size" in values:
        told.append(f"{values['pool_size']} × {values['pool_size']}")
    if values.get("activation") not in {None, "linear"}:
        told.append(str(values["activation"]))
    return f"{row.type} {', '.join(told)}: {shape}" if told else f"{row.type}: {shape}"
