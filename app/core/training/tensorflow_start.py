"""Loading TensorFlow, once, without its chatter."""

import gc
import logging
import os
import sys

from app.core.quiet import native_silence


def load_tensorflow() -> None:
    """Import TensorFlow: 3 to 6 seconds the first time, nothing after."""
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with native_silence():
        import tensorflow as tf

        tf.zeros(()).numpy()  # makes the devices known, which is when the last notices are printed
    # Half a million objects that live as long as the program: the collector need not look at them every time.
    gc.freeze()
    logging.getLogger("absl").setLevel(logging.ERROR)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
