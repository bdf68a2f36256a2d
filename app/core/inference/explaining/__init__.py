"""Why a model predicts what it does: in numbers, pictures and plain words. Needs no TensorFlow."""
