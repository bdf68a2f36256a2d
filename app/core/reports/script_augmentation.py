"""The part of a Keras script that varies training pictures at random."""

import math

from app.core.models.config import TrainingConfig
from app.core.reports.script_code import call, keywords

_SLANT = '''class RandomSlant(layers.Layer):
    """Slants each training picture to either side, around its centre."""

    def __init__(self, most, seed):
        super().__init__()
        self.most, self.noise = most, keras.random.SeedGenerator(seed)
        self.supports_jit = False

    def call(self, images, training=False):
        if not training:
            return images
        count = ops.shape(images)[0]
        slant = keras.random.uniform((count,), -self.most, self.most, seed=self.noise)
        zero, one = ops.zeros_like(slant), ops.ones_like(slant)
        # A pixel (x, y) takes its value from (x + slant * (y - 13.5), y).
        rows = [one, slant, -13.5 * slant, zero, one, zero, zero, zero]
        return ops.image.affine_transform(images, ops.stack(rows, axis=1))'''

_STROKE = '''class RandomStroke(layers.Layer):
    """Makes the lines of each training picture thicker or thinner."""

    def __init__(self, most, seed):
        super().__init__()
        self.most, self.noise = most, keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        if not training:
            return images
        shape = (ops.shape(images)[0], 1, 1, 1)
        width = keras.random.uniform(shape, -self.most, self.most, seed=self.noise)
        thick = ops.max_pool(images, 3, strides=1, padding="same")
        thin = -ops.max_pool(-images, 3, strides=1, padding="same")
        # One pixel all round makes a line two pixels wider: half of it for one.
        target = ops.where(width > 0, thick, thin)
        return images + ops.abs(width) / 2 * (target - images)'''


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
        (config.stroke_px, "RandomStroke", [f"{config.stroke_px:g}"]),
    ]
    lines = [*_own_layers(config), "# Each training picture is varied at random, anew in every epoch."]
    lines += ["augment = keras.Sequential(", "    ["]
    used = [(function, arguments) for amount, function, arguments in wanted if amount]
    for position, (function, arguments) in enumerate(used, 1):
        lines += call(function, [*arguments, f"seed=SEED + {position}"], indent=8, suffix=",")
    return [*lines, "    ]", ")"]


def _own_layers(config: TrainingConfig) -> list[str]:
    """What Keras has no layer for."""
    sources = [source for amount, source in ((config.shear_deg, _SLANT), (config.stroke_px, _STROKE)) if amount]
    return [line for source in sources for line in ("", *source.splitlines(), "")] + [""] * bool(sources)


def needs_ops(config: TrainingConfig) -> bool:
    """True if the source uses `keras.ops`."""
    return bool(config.shear_deg or config.stroke_px)
