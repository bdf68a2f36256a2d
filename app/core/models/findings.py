"""What there is to say about a network before it is trained."""

from dataclasses import dataclass

from app.core.models.layers import Layer


@dataclass(frozen=True)
class Finding:
    """A sentence about the layer at `position` of the config's layers, or about the whole network (None)."""

    text: str
    position: int | None = None


def layer_label(position: int, layer: Layer) -> str:
    """How sentences name a layer: "Layer 3, Conv2D"."""
    return f"Layer {position + 1}, {type(layer).__name__}"
