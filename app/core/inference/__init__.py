"""Image to probabilities, and evaluation."""
