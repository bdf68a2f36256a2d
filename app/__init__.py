"""Softmax Studio: draw, recognize and train small image classifiers on your own desk."""

__version__ = "0.1.0"
