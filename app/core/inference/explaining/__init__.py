"""Why a model answers as it does: in numbers, pictures and plain words. Needs no TensorFlow."""
