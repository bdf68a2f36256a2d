"""What each kind of layer does to numbers, and to a gradient on its way back, in NumPy.

Every operation takes what comes to it, float32 with the pictures of a batch along the first axis, and returns what it
makes of it and the way back: a function from the gradient with respect to the one to that with respect to the other.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.core.models.layers import Activation

Array = NDArray[np.float32]
Back = Callable[[Array], Array]
Done = tuple[Array, Back]

EPSILON = 1e-3
"""What Keras adds to the variance of a batch normalization."""
_LEAKY = np.float32(0.2)


def activate(values: Array, activation: Activation) -> Done:
    """One of the activations that layers may have."""
    match activation:
        case "relu":
            positive = values > 0
            return values * positive, lambda back: back * positive
        case "leaky_relu":
            slope = np.where(values > 0, np.float32(1), _LEAKY)
            return values * slope, lambda back: back * slope
        case "elu":
            power = np.exp(np.minimum(values, 0))
            return np.maximum(values, 0) + power - np.float32(1), lambda back: back * power
        case "sigmoid":
            share = np.asarray(1 / (1 + np.exp(-values)), np.float32)
            return share, lambda back: back * share * (1 - share)
        case "tanh":
            bent = np.tanh(values)
            return bent, lambda back: back * (1 - bent * bent)
        case "softmax":
            shares = softmax(values)
            return shares, lambda back: shares * (back - (back * shares).sum(axis=-1, keepdims=True))
        case "linear":
            return values, lambda back: back


def softmax(values: Array) -> Array:
    """Shares that sum to 1 along the last axis."""
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


@dataclass(frozen=True, eq=False)
class Dense:
    """`kernel` (numbers, units), `bias` (units,)."""

    kernel: Array
    bias: Array
    activation: Activation

    def __call__(self, values: Array) -> Done:
        """(n, numbers) to (n, units)."""
        answer, back = activate(values @ self.kernel + self.bias, self.activation)
        return answer, lambda gradient: back(gradient) @ self.kernel.T


@dataclass(frozen=True, eq=False)
class Convolution:
    """`kernel` (size, size, channels, filters), `bias` (filters,)."""

    kernel: Array
    bias: Array
    activation: Activation
    is_padded: bool

    def __call__(self, values: Array) -> Done:
        """(n, rows, columns, channels) to (n, rows, columns, filters)."""
        lost = self.kernel.shape[0] - 1
        before, after = (lost // 2, lost - lost // 2) if self.is_padded else (0, 0)
        answer, back = activate(_correlate(values, self.kernel, before, after) + self.bias, self.activation)
        # The gradient meets the same kernel turned by half a turn, with inputs and outputs exchanged.
        turned = self.kernel[::-1, ::-1].transpose(0, 1, 3, 2)
        return answer, lambda gradient: _correlate(back(gradient), turned, lost - before, lost - after)


def _correlate(values: Array, kernel: Array, before: int, after: int) -> Array:
    """Slide the kernel over the values with margins of zeros: one matrix product of all windows."""
    size, _, channels, filters = kernel.shape
    padded = np.pad(values, ((0, 0), (before, after), (before, after), (0, 0)))
    windows = sliding_window_view(padded, (size, size), axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)
    count, rows, columns = windows.shape[:3]
    flat = windows.reshape(count * rows * columns, size * size * channels)
    return np.asarray(flat @ kernel.reshape(-1, filters), np.float32).reshape(count, rows, columns, filters)


@dataclass(frozen=True, eq=False)
class Scaling:
    """A batch normalization when it predicts: `scale` and `shift` (channels,)."""

    scale: Array
    shift: Array

    def __call__(self, values: Array) -> Done:
        """The same shape."""
        return values * self.scale + self.shift, lambda gradient: gradient * self.scale


@dataclass(frozen=True)
class MaxPooling:
    """The largest value of each square. Where several are, they share the gradient."""

    pool: int

    def __call__(self, values: Array) -> Done:
        """(n, rows, columns, channels) to a `pool`-th of rows and columns; what is left over is left out."""
        squares = _squares(values, self.pool)
        largest = squares.max(axis=(2, 4))

        def back(gradient: Array) -> Array:
            are_largest = squares == largest[:, :, None, :, None]
            share = gradient / are_largest.sum(axis=(2, 4))
            return _whole(are_largest * share[:, :, None, :, None], values.shape)

        return largest, back


@dataclass(frozen=True)
class AveragePooling:
    """The mean of each square."""

    pool: int

    def __call__(self, values: Array) -> Done:
        """As MaxPooling."""
        squares = _squares(values, self.pool)

        def back(gradient: Array) -> Array:
            share = gradient[:, :, None, :, None] / np.float32(self.pool**2)
            return _whole(np.broadcast_to(share, squares.shape), values.shape)

        return squares.mean(axis=(2, 4)), back


def _squares(values: Array, pool: int) -> Array:
    """(n, rows, pool, columns, pool, channels)."""
    count, rows, columns, channels = values.shape
    rows, columns = rows // pool, columns // pool
    return values[:, : rows * pool, : columns * pool].reshape(count, rows, pool, columns, pool, channels)


def _whole(squares: Array, shape: tuple[int, ...]) -> Array:
    """Put squares back; zeros where some were left over."""
    count, rows, pool, columns, _, channels = squares.shape
    result = np.zeros(shape, np.float32)
    result[:, : rows * pool, : columns * pool] = squares.reshape(count, rows * pool, columns * pool, channels)
    return result


def global_average(values: Array) -> Done:
    """The mean of each feature map."""
    rows, columns = values.shape[1:3]

    def back(gradient: Array) -> Array:
        return np.broadcast_to(gradient[:, None, None] / np.float32(rows * columns), values.shape)

    return values.mean(axis=(1, 2)), back


@dataclass(frozen=True)
class Reshaping:
    """The same numbers in another shape."""

    shape: tuple[int, ...]

    def __call__(self, values: Array) -> Done:
        """(n, *shape)."""
        return values.reshape(-1, *self.shape), lambda gradient: gradient.reshape(values.shape)


def unchanged(values: Array) -> Done:
    """A dropout when it predicts."""
    return values, lambda gradient: gradient
