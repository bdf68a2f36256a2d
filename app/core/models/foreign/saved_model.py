"""A SavedModel: TensorFlow's own format, a graph and variables. Imports TensorFlow, in a process of its own."""

from pathlib import Path

from app.core.child_process import Answer
from app.core.models.foreign.limits import refuse


def convert(path: Path) -> Answer:
    """In a child: the graph that answers, as LiteRT."""
    raise refuse("SavedModels are not read yet; save the model as .keras or .tflite")
