"""A run as a film: what its network was, and what it made of pictures, at each moment that was kept.

All of it in NumPy, from the weights and the run's config; TensorFlow is not needed. Any thread may ask.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig
from app.core.errors import InputError
from app.core.film.drift import DriftMap, Seen, drift_map, frame_of, mapped_layer, seen
from app.core.inference.calibration import softmax
from app.core.inference.explaining.decision import Decision, decision_of, picture_read
from app.core.inference.explaining.numpy_network import BATCH, Array, Convolution, Dense, Network, network_of
from app.core.inference.mapping.knowledge import Axes
from app.core.inference.metrics import confusion_matrix, cross_entropy
from app.core.networks.summary import NetworkSummary, network_summary
from app.core.runs.records import RunRecord
from app.core.runs.snapshots import Moment, moments_of, read_facts, read_sample, read_snapshot, when_written

_KEPT_NETWORKS = 4
_MOST_KERNELS = 256
NO_KERNELS = np.zeros((0, 0, 0), np.float32)


@dataclass(frozen=True, eq=False)
class LayerOutput:
    """What one layer made of a picture: feature maps (rows, columns, channels) or the values of units (n,)."""

    name: str
    type: str
    values: Array

    @property
    def is_maps(self) -> bool:
        """Whether it still has rows and columns."""
        return self.values.ndim == 3


@dataclass(frozen=True, eq=False)
class Frame:
    """A moment of a film.

    `kernels` (n, rows, columns) are the weights of the first layer that has some, as pictures; (0, 0, 0) if they are
    none. Of a drawing, if there is one: its `probabilities` (classes,), the `outputs` of all layers, and the `decision`
    of a network of one layer.
    """

    moment: Moment
    kernels: Array
    probabilities: NDArray[np.float32] | None = None
    outputs: tuple[LayerOutput, ...] = ()
    decision: Decision | None = None


@dataclass(frozen=True, eq=False)
class Check:
    """What the network of a moment read in the sample: `confusion` (classes, classes) int64, rows true, and the rest.

    `loss` is the mean cross-entropy, `accuracy` 0..1; `seen` is what the map of the moment is made of.
    """

    confusion: NDArray[np.int64]
    loss: float
    seen: Seen | None = None

    @property
    def samples(self) -> int:
        """How many pictures were read."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0..1."""
        return float(np.trace(self.confusion)) / max(1, self.samples)


class Film:
    """The moments of one run. While the run goes on, `look_again` finds the new ones."""

    def __init__(self, run: int, record: RunRecord | None = None) -> None:
        """Raises InputError if there are no snapshots of the run, which the history knows as `record`."""
        self.run, self._written = run, when_written(run)
        self.facts = read_facts(run)
        if record is not None and not self.facts.are_of(record):
            raise InputError(f"The snapshots of run {run} are those of another run that has had this number.")
        self.summary: NetworkSummary = network_summary(self.config, len(self.class_names))
        if self.summary.problems:
            raise InputError(f"The snapshots of run {run} belong to no network; train it again.")
        self.moments: tuple[Moment, ...] = moments_of(run)
        self._sample = read_sample(run)
        self._networks: dict[Moment, Network] = {}
        self._checks: dict[Moment, Check] = {}
        self.mapped_layer = mapped_layer(self.summary)
        self.has_decision = picture_read(self.summary.rows) is not None
        """Whether its network has one layer, which decides by one sum for each class."""
        self._frame: tuple[Check, Axes] | None = None
        self._lock = threading.Lock()

    @property
    def config(self) -> TrainingConfig:
        """The config of the run."""
        return self.facts.config

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes of its data."""
        return self.facts.class_names

    def look_again(self) -> tuple[Moment, ...]:
        """The moments that there are by now: fewer where they were thinned out, none of a film that is gone."""
        self.moments = moments_of(self.run) if self._is_there() else ()
        return self.moments

    def _is_there(self) -> bool:
        """Whether what lies under the number of the run is still this film: the user's folder may be another one."""
        return when_written(self.run) == self._written

    def position(self, moment: Moment) -> float:
        """The place of a moment on the axis of epochs."""
        return moment.position(self.facts.batches_per_epoch)

    def nearest(self, position: float) -> Moment:
        """The moment that is nearest to a place on the axis of epochs. Raises ValueError if there is none."""
        return min(self.moments, key=lambda moment: abs(self.position(moment) - position))

    @property
    def stride(self) -> int:
        """Of so many epochs one was kept; 1 for all of them."""
        epochs = [moment.epochs for moment in self.moments if not moment.batch]
        return max((after - before for before, after in pairwise(epochs)), default=1)

    def network(self, moment: Moment) -> Network:
        """The network as it was. Raises InputError if its snapshot cannot be read."""
        with self._lock:
            found = self._networks.pop(moment, None)
        if found is None:
            weights = read_snapshot(self.run, moment, self.summary.parameters)
            if not self._is_there():
                raise InputError(f"The snapshots of run {self.run} are gone.")
            found = network_of(self.config, len(self.class_names), weights)
        with self._lock:
            self._networks[moment] = found
            while len(self._networks) > _KEPT_NETWORKS:
                del self._networks[next(iter(self._networks))]
        return found

    def frame(self, moment: Moment, image: Array | None = None) -> Frame:
        """What there is to see at a moment, with a drawing (28, 28) in [0, 1] or without.

        Raises InputError if the snapshot cannot be read.
        """
        network = self.network(moment)
        kernels = _kernels(network, self.summary)
        if image is None:
            return Frame(moment, kernels)
        outputs = network.outputs(image[None])
        shown = tuple(LayerOutput(row.name, row.type, outputs[row.name][0]) for row in self.summary.rows[1:])
        probabilities = softmax(shown[-1].values)
        decision = decision_of(network, self.summary.rows, outputs, probabilities)
        return Frame(moment, kernels, probabilities, shown, decision)

    def probabilities(self, moments: Sequence[Moment], image: Array, check: Callable[[], None]) -> Array:
        """What the networks of these moments believe of a drawing (28, 28): (moments, classes), each sums to 1.

        NaN for one that cannot be read. `check` is called before each and may raise.
        """
        found = np.full((len(moments), len(self.class_names)), np.nan, np.float32)
        for row, moment in enumerate(moments):
            check()
            try:
                found[row] = softmax(self._once(moment).logits(image[None])[0])
            except InputError:
                continue
        return found

    def checked(self, moment: Moment) -> Check | None:
        """What `check` has found of a moment, None before."""
        return self._checks.get(moment)

    def check(self, moment: Moment, between: Callable[[], None] = lambda: None) -> Check:
        """Let the network of a moment read the sample; `between` is called now and then and may raise.

        Raises InputError if the snapshot cannot be read.
        """
        if (known := self._checks.get(moment)) is not None:
            return known
        network, images = self._once(moment), self._sample.images
        classes = len(self.class_names)
        known_labels = self._sample.labels < classes
        images, labels = images[known_labels], self._sample.labels[known_labels]
        logits, values = [np.zeros((0, classes), np.float32)], list[Array]()
        for start in range(0, len(images), BATCH):
            between()
            part = images[start : start + BATCH].astype(np.float32) / np.float32(255)
            outputs = network.outputs(part)
            logits.append(outputs[self.summary.rows[-1].name])
            values.append(outputs[self.mapped_layer].reshape(len(part), -1))
        read = softmax(np.concatenate(logits))
        shown = seen(labels, read, np.concatenate(values)) if values else None
        found = Check(confusion_matrix(labels, read.argmax(axis=1), classes), cross_entropy(read, labels), shown)
        self._checks[moment] = found
        return found

    def drift(self, moment: Moment) -> DriftMap | None:
        """The sample at a moment in the plane of the last one; None before both were checked."""
        now, last = self._checks.get(moment), self._checks.get(self.moments[-1]) if self.moments else None
        if now is None or now.seen is None or last is None or last.seen is None:
            return None
        if self._frame is None or self._frame[0] is not last:
            self._frame = last, frame_of(last.seen)
        return drift_map(now.seen, self._frame[1])

    def dot(self, frame: Frame) -> Array | None:
        """Where the drawing of a frame is in that plane: (2,); None where there is none, or no map yet."""
        output = next((each for each in frame.outputs if each.name == self.mapped_layer), None)
        now = self.drift(frame.moment) if output is not None else None
        return now.place_of(output.values) if now is not None and output is not None else None

    def _once(self, moment: Moment) -> Network:
        """A network that is needed but once pushes none out of those that are kept."""
        with self._lock:
            found = self._networks.get(moment)
        if found is not None:
            return found
        return network_of(self.config, len(self.class_names), read_snapshot(self.run, moment, self.summary.parameters))


def _kernels(network: Network, summary: NetworkSummary) -> Array:
    """The weights of the first layer that has some, as pictures (n, rows, columns): means over its channels."""
    shapes = {row.name: row.shape for row in summary.rows}
    for row in summary.rows[1:]:
        operation = network.operation(row.name)
        if isinstance(operation, Convolution):
            return np.asarray(np.moveaxis(operation.kernel.mean(axis=2), -1, 0)[:_MOST_KERNELS], np.float32)
        if isinstance(operation, Dense):
            flattened = next((each for each in summary.rows if each.name == row.inputs[0]), None)
            shape = shapes[flattened.inputs[0]] if flattened is not None and flattened.inputs else ()
            if flattened is None or flattened.type != "Flatten" or len(shape) != 3:
                break
            pictures = operation.kernel.T[:_MOST_KERNELS].reshape(-1, *shape)
            return np.asarray(pictures.mean(axis=-1), np.float32)
    return NO_KERNELS
