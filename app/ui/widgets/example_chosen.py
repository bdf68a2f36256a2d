"""What every place that shows examples sends when one of them is chosen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ExampleChosen:
    """An example to be opened on the Recognize page.

    `image` is (28, 28) uint8, ink = 255; `preprocessing` names how it was made to look like its set, `class_names` what
    is in that set, if a model that knows these should read it; `model` is the name of the model to read it with, empty
    for the one that is chosen there; `true` is the name of its class.
    """

    image: NDArray[np.uint8]
    preprocessing: str
    model: str = ""
    class_names: tuple[str, ...] = ()
    true: str = ""
