"""Ink to 28x28: strokes, image files and the preprocessing that every model shares."""
