"""The part of a Keras script that varies training pictures at random."""

import math

from app.core.config.config import TrainingConfig
from app.core.reports import script_layers
from app.core.reports.script_network import call, keywords

_OWN_LAYERS = (
    ("shear_deg", script_layers.SLANT),
    ("elastic_px", script_layers.BEND),
    ("stroke_px", script_layers.STROKE),
    ("blur_px", script_layers.BLUR),
    ("erase", script_layers.ERASE),
    ("noise", script_layers.GRAIN),
    ("invert", script_layers.NEGATIVE),
)
"""Settings that Keras has no layer for, in the order in which they act."""


def augmentation_lines(config: TrainingConfig) -> list[str]:
    """Source that makes `augment`; nothing if the pictures stay as they are."""
    if not config.augments:
        return []
    black = keywords(fill_mode="constant")
    shift = f"{config.shift_px:g} / 28"
    wanted = [
        (config.shift_px, "layers.RandomTranslation", [shift, shift, *black]),
        (config.rotate_deg, "layers.RandomRotation", [f"{config.rotate_deg:g} / 360", *black]),
        (config.zoom, "layers.RandomZoom", [repr(config.zoom), *black]),
        (config.shear_deg, "RandomSlant", [f"{math.tan(math.radians(config.shear_deg)):.4f}"]),
        (config.flip, "layers.RandomFlip", ['"horizontal"']),
        (config.elastic_px, "RandomBend", [f"{config.elastic_px:g}"]),
        (config.stroke_px, "RandomStroke", [f"{config.stroke_px:g}"]),
        (config.blur_px, "RandomBlur", [f"{config.blur_px:g}"]),
        (config.erase, "RandomErase", [f"{config.erase:g}"]),
        (config.noise, "RandomGrain", [f"{config.noise:g}"]),
        (config.invert, "RandomNegative", [f"{config.invert:g}"]),
    ]
    lines = [*_own_layers(config), "# Each training picture is changed at random, differently in every epoch."]
    lines += ["augment = keras.Sequential(", "    ["]
    used = [(function, arguments) for amount, function, arguments in wanted if amount]
    for position, (function, arguments) in enumerate(used, 1):
        lines += call(function, [*arguments, f"seed=SEED + {position}"], indent=8, suffix=",")
    return [*lines, "    ]", ")"]


def _own_layers(config: TrainingConfig) -> list[str]:
    """What Keras has no layer for."""
    sources = [source for name, source in _OWN_LAYERS if getattr(config, name)]
    return [line for source in sources for line in ("", *source.splitlines(), "")] + [""] * bool(sources)


def needs_ops(config: TrainingConfig) -> bool:
    """True if the source uses `keras.ops`."""
    return any(getattr(config, name) for name, _ in _OWN_LAYERS)
