"""The settings that decide which pictures a network trains on, and how they are varied."""

from typing import Annotated, Literal

from pydantic import Field

from app.core.models.settings import Settings
from app.core.models.shown import Section, Shown

Engine = Literal["auto", "graph", "xla", "fit", "gradient_tape"]
Precision = Literal["float32", "mixed_bfloat16"]


class VariedSettings(Settings):
    """All that a person sets, in the order in which a form shows it.

    `start_from` names a stored model whose weights training begins with, `beside` other data whose training
    pictures are mixed with the run's own, so that what was known is not forgotten. Empty for neither.
    """

    start_from: str = ""
    beside: str = ""

    shift_px: Annotated[
        float,
        Field(ge=0, le=6),
        Shown(
            "Shift",
            "Each training picture is moved by up to this much.",
            unit="px",
            zero="none",
            decimals=1,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    rotate_deg: Annotated[
        float,
        Field(ge=0, le=45),
        Shown(
            "Rotation",
            "Each training picture is turned by up to this much.",
            unit="°",
            zero="none",
            decimals=1,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    zoom: Annotated[
        float,
        Field(ge=0, le=0.5),
        Shown(
            "Zoom",
            "Each training picture grows or shrinks by up to this share.",
            zero="none",
            decimals=2,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    shear_deg: Annotated[
        float,
        Field(ge=0, le=45),
        Shown(
            "Shear",
            "Each training picture is slanted by up to this much.",
            unit="°",
            zero="none",
            decimals=1,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    stroke_px: Annotated[
        float,
        Field(ge=0, le=2),
        Shown(
            "Stroke width",
            "The lines of each training picture grow or shrink by up to this much.",
            unit="px",
            zero="none",
            decimals=1,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    flip: Annotated[
        bool,
        Shown(
            "Mirror",
            "Mirror half of the training pictures (for clothes, not for digits).",
            section=Section.AUGMENTATION,
        ),
    ] = False
    elastic_px: Annotated[
        float,
        Field(ge=0, le=6),
        Shown(
            "Elastic",
            "Each training picture is bent like rubber, by up to about this much.",
            unit="px",
            zero="none",
            decimals=1,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    erase: Annotated[
        float,
        Field(ge=0, le=0.8),
        Shown(
            "Erase",
            "In half of the training pictures a rectangle is erased, with sides up to this share of the picture's.",
            zero="none",
            decimals=2,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    noise: Annotated[
        float,
        Field(ge=0, le=0.5),
        Shown(
            "Noise",
            "A quarter of the training pictures get noise, up to this standard deviation (white is 1).",
            zero="none",
            decimals=2,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    blur_px: Annotated[
        float,
        Field(ge=0, le=2),
        Shown(
            "Blur",
            "A quarter of the training pictures are blurred, by up to a Gaussian of this width.",
            unit="px",
            zero="none",
            decimals=1,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    invert: Annotated[
        float,
        Field(ge=0, le=0.5),
        Shown(
            "Negatives",
            "Share of the training pictures that are shown dark on light.",
            zero="none",
            decimals=2,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    rare_shapes: Annotated[
        float,
        Field(ge=0, le=1),
        Shown(
            "Rare shapes",
            "Drawn digits that MNIST hardly has (slashed 0, flagged 1, crossed 7), as a share of the training part.",
            zero="none",
            decimals=2,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    outliers: Annotated[
        float,
        Field(ge=0, le=1),
        Shown(
            "Outliers",
            "Letters, scribbles and other things of no class, as a share of the training part: the "
            "network learns to be less sure of such pictures.",
            zero="none",
            decimals=2,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    engine: Annotated[
        Engine,
        Shown(
            "Engine",
            "How steps are run: many in one TensorFlow graph, compiled by XLA, the faster of the two, "
            "Keras' own Model.fit, or a readable GradientTape loop that can be stepped.",
            section=Section.ENGINE,
        ),
    ] = "auto"
    precision: Annotated[
        Precision,
        Shown(
            "Precision",
            "Precision of the arithmetic. mixed_bfloat16 trains CNNs twice as fast on processors that "
            "support it, and slower on others.",
            section=Section.ENGINE,
        ),
    ] = "float32"
