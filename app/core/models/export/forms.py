"""The forms in which a model can be handed out, and which of them is possible here. Needs no TensorFlow."""

import importlib.util
from enum import StrEnum

from app.core.models.store import KERAS_FILE, LITERT_FILE, StoredModel


class ExportForm(StrEnum):
    """The forms, by the names that the command line has for them."""

    STUDIO = "studio"
    KERAS = "keras"
    H5 = "h5"
    SAVED_MODEL = "saved_model"
    TFLITE = "tflite"
    TFLITE_INT8 = "tflite-int8"
    ONNX = "onnx"
    TFJS = "tfjs"

    @property
    def label(self) -> str:
        """How a menu names it."""
        return _LABELS[self]

    @property
    def file_name(self) -> str:
        """The file or folder that holds the network."""
        return _FILE_NAMES[self]


_LABELS = {
    ExportForm.STUDIO: "Softmax Studio, for another computer (.zip)",
    ExportForm.KERAS: "Keras 3 (.keras)",
    ExportForm.H5: "Keras, older form (.h5)",
    ExportForm.SAVED_MODEL: "TensorFlow SavedModel",
    ExportForm.TFLITE: "LiteRT (.tflite)",
    ExportForm.TFLITE_INT8: "LiteRT in 8-bit integers (.tflite)",
    ExportForm.ONNX: "ONNX (.onnx)",
    ExportForm.TFJS: "TensorFlow.js, for a web page",
}
_FILE_NAMES = {
    ExportForm.STUDIO: "",
    ExportForm.KERAS: "model.keras",
    ExportForm.H5: "model.h5",
    ExportForm.SAVED_MODEL: "saved_model",
    ExportForm.TFLITE: "model.tflite",
    ExportForm.TFLITE_INT8: "model-int8.tflite",
    ExportForm.ONNX: "model.onnx",
    ExportForm.TFJS: "model.json",
}

_ONNX_PACKAGES = ("tf2onnx", "onnx")


def why_not(model: StoredModel, form: ExportForm) -> str:
    """A sentence on why the model cannot be handed out in this form here; empty if it can."""
    if form is ExportForm.STUDIO:
        return ""
    if not (model.folder / KERAS_FILE).is_file():
        return (
            f"'{model.card.title}' was made elsewhere and is kept as a LiteRT network; hand out the file it came from, "
            f"or {LITERT_FILE} in its folder."
        )
    if form is ExportForm.ONNX and not all(importlib.util.find_spec(name) for name in _ONNX_PACKAGES):
        return "ONNX needs the package tf2onnx, which is not installed; use: pip install 'softmax-studio[onnx]'"
    return ""
