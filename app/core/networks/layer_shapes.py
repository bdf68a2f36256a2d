"""What a single layer makes of what comes to it: shapes and weights by Keras' rules, and why it cannot."""

from math import prod

from app.core.config.layers import (
    SPATIAL_LAYERS,
    AveragePooling2D,
    BatchNormalization,
    ConcatenateInput,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
    Reshape,
)
from app.core.datasets.types import IMAGE_SIZE

Shape = tuple[int, ...]
"""What one picture has become: (rows, columns, channels), or (numbers,) once it is flat."""

PICTURE: Shape = (IMAGE_SIZE, IMAGE_SIZE, 1)


class MisfitError(Exception):
    """A layer cannot take what comes to it; the text goes on after the layer's name and a colon."""


def shape_text(shape: Shape) -> str:
    """28x28x1, or 1,568."""
    return f"{shape[0]:,}" if is_flat(shape) else "x".join(str(size) for size in shape)


def is_flat(shape: Shape) -> bool:
    """True for a row of numbers without rows and columns."""
    return len(shape) == 1


def shape_after(layer: Layer, shape: Shape) -> Shape:
    """What `layer` makes of `shape`, which is flat already for a Dense. Raises MisfitError if it cannot be."""
    if isinstance(layer, SPATIAL_LAYERS) and is_flat(shape):
        raise MisfitError(f"needs rows and columns, but gets a vector of {shape[0]:,} numbers.")
    match layer:
        case Dense():
            return (layer.units,)
        case Conv2D():
            return _convolved(layer, shape)
        case MaxPooling2D() | AveragePooling2D():
            return _pooled(layer.pool_size, shape)
        case GlobalAveragePooling2D():
            return shape[-1:]
        case Flatten():
            return (prod(shape),)
        case Reshape():
            return _reshaped((layer.rows, layer.columns, layer.channels), shape)
        case ConcatenateInput():
            return _joined(shape)
        case _:
            return shape


def weights_of(layer: Layer, shape: Shape) -> tuple[int, int]:
    """How many weights a layer has for what comes to it: those that training changes, and the others."""
    match layer:
        case Dense():
            return (shape[-1] + 1) * layer.units, 0
        case Conv2D():
            return (layer.kernel_size**2 * shape[-1] + 1) * layer.filters, 0
        case BatchNormalization():
            return 2 * shape[-1], 2 * shape[-1]
        case _:
            return 0, 0


def _convolved(layer: Conv2D, shape: Shape) -> Shape:
    rows, columns, _ = shape
    lost = layer.kernel_size - 1 if layer.padding == "valid" else 0
    least = min(rows, columns)
    if least <= lost:
        raise MisfitError(
            f"a kernel of {layer.kernel_size}x{layer.kernel_size} does not fit into the {rows}x{columns} that are "
            f"left; make it {least}x{least} or smaller, use padding same, or make the maps shrink less before it."
        )
    return rows - lost, columns - lost, layer.filters


def _pooled(pool: int, shape: Shape) -> Shape:
    rows, columns, channels = shape
    if min(rows, columns) < pool:
        raise MisfitError(
            f"squares of {pool}x{pool} do not fit into the {rows}x{columns} that are left; make them smaller, shrink "
            "less before it, or remove it."
        )
    return rows // pool, columns // pool, channels


def _reshaped(wanted: Shape, shape: Shape) -> Shape:
    needed, given = prod(wanted), prod(shape)
    if needed != given:
        raise MisfitError(
            f"{shape_text(wanted)} takes {needed:,} numbers, but its input has {given:,}; choose sizes that "
            f"multiply to {given:,}, or put a dense layer of {needed:,} units before it."
        )
    return wanted


def _joined(shape: Shape) -> Shape:
    if is_flat(shape):
        return (shape[0] + prod(PICTURE),)
    if shape[:2] != PICTURE[:2]:
        raise MisfitError(
            f"the picture has {shape_text(PICTURE[:2])} pixels, but the feature maps have {shape_text(shape[:2])} "
            "here; put a Flatten before it to join plain numbers, or bring both to the same size."
        )
    return *shape[:2], shape[2] + PICTURE[2]
