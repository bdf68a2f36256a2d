"""Settings that reach into all layers at once: "every hidden layer has 256 units". Searches and `--set` use them."""

from dataclasses import dataclass
from typing import Any

from app.core.models.layers import Conv2D, Dense, Dropout, Layer


@dataclass(frozen=True)
class LayerSetting:
    """A value that every layer of some kinds has under the name `field`."""

    title: str
    kinds: tuple[type, ...]
    field: str


LAYER_SETTINGS: dict[str, LayerSetting] = {
    "hidden_units": LayerSetting("Hidden units", (Dense,), "units"),
    "filters": LayerSetting("Filters", (Conv2D,), "filters"),
    "activation": LayerSetting("Activation", (Dense, Conv2D), "activation"),
    "kernel_initializer": LayerSetting("Initializer", (Dense, Conv2D), "kernel_initializer"),
    "dropout": LayerSetting("Dropout", (Dropout,), "rate"),
    "l1": LayerSetting("L1", (Dense, Conv2D), "l1"),
    "l2": LayerSetting("L2", (Dense, Conv2D), "l2"),
}


def reaches(layers: tuple[Layer, ...], name: str) -> bool:
    """True if there is a layer that the setting changes."""
    return any(isinstance(layer, LAYER_SETTINGS[name].kinds) for layer in layers)


def set_in_layers(layers: tuple[Layer, ...], name: str, value: object) -> list[dict[str, Any]]:
    """The layers with that value in each that has one, as plain values still to be checked."""
    setting = LAYER_SETTINGS[name]
    return [
        layer.model_dump() | ({setting.field: value} if isinstance(layer, setting.kinds) else {}) for layer in layers
    ]


def get_from_layers(layers: tuple[Layer, ...], name: str) -> object:
    """The value that all layers share, None if there is none or they differ."""
    setting = LAYER_SETTINGS[name]
    values = {getattr(layer, setting.field) for layer in layers if isinstance(layer, setting.kinds)}
    return values.pop() if len(values) == 1 else None


def settings_between(layers: tuple[Layer, ...], others: tuple[Layer, ...]) -> dict[str, object] | None:
    """The settings that alone make `layers` into `others`, with their new values; None if more than that differs."""
    found: dict[str, object] = {}
    for name in LAYER_SETTINGS:
        before, after = get_from_layers(layers, name), get_from_layers(others, name)
        if None not in {before, after} and before != after:
            found[name] = after
    plain = [layer.model_dump() for layer in layers]
    for name, value in found.items():
        setting = LAYER_SETTINGS[name]
        for layer, values in zip(layers, plain, strict=True):
            if isinstance(layer, setting.kinds):
                values[setting.field] = value
    return found if plain == [layer.model_dump() for layer in others] else None
