"""How the simplest network decides: one layer of weights, as many weighted sums of a picture as there are classes."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from app.core.inference.explaining.numpy_network import Array, Dense, Network
from app.core.networks.summary import SummaryRow

_SUMMING = {"Dense", "Conv2D"}


@dataclass(frozen=True, eq=False)
class Decision:
    """The picture that is `read` (rows, columns), and what each class makes of it: `weights` (classes, rows, columns).

    The products of both, summed, and the `bias` (classes,) are the `logits` (classes,), of which softmax makes the
    `probabilities` (classes,). `is_drawing` tells whether the drawing itself is read, or what a pooling or a
    normalization made of it.
    """

    read: Array
    weights: Array
    bias: Array
    logits: Array
    probabilities: Array
    is_drawing: bool

    @cached_property
    def products(self) -> Array:
        """What each pixel adds to the logit of each class: (classes, rows, columns)."""
        return self.weights * self.read

    @cached_property
    def added(self) -> Array:
        """The sum of the products that are positive, (classes,)."""
        return np.asarray(np.maximum(self.products, 0).sum(axis=(1, 2)))

    @cached_property
    def taken(self) -> Array:
        """The sum of those that are negative, (classes,), at most 0."""
        return np.asarray(np.minimum(self.products, 0).sum(axis=(1, 2)))

    def as_csv(self, names: Sequence[str]) -> str:
        """How the logit of each class comes about, with all digits, for a spreadsheet."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["class", "positive", "negative", "bias", "logit", "probability"])
        columns = (self.added, self.taken, self.bias, self.logits, self.probabilities)
        for name, *values in zip(names, *columns, strict=True):
            writer.writerow([name, *(f"{value:.9g}" for value in values)])
        return text.getvalue()


def decision_of(
    network: Network, rows: Sequence[SummaryRow], outputs: Mapping[str, Array], probabilities: Array
) -> Decision | None:
    """How a network decided on `probabilities` (classes,); None for a network of several layers.

    `rows` are those of its summary, `outputs` what its layers made of one picture, which is the first.

    Layers without weights may stand before the one that decides, if what they give still is one picture.
    """
    picture, last = picture_read(rows), rows[-1]
    operation = network.operation(last.name)
    if picture is None or not isinstance(operation, Dense):
        return None
    shape = picture.shape[:2]
    return Decision(
        outputs[last.inputs[0]][0].reshape(shape),
        operation.kernel.T.reshape(-1, *shape),
        operation.bias,
        outputs[last.name][0],
        probabilities,
        all(row.type in {"InputLayer", "Flatten", "Dropout", "Dense"} for row in rows),
    )


def picture_read(rows: Sequence[SummaryRow]) -> SummaryRow | None:
    """Where the picture comes from that the only layer of weighted sums reads; None where there are several, or none.

    `rows` are those of the network's summary.
    """
    if any(row.type in _SUMMING for row in rows[:-1]):
        return None
    by_name, row = {row.name: row for row in rows}, rows[-1]
    numbers = prod(by_name[row.inputs[0]].shape)
    while len(row.inputs) == 1:
        row = by_name[row.inputs[0]]
        if len(row.shape) == 3:
            return row if row.shape[2] == 1 and prod(row.shape) == numbers else None
    return None
