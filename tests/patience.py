"""How long tests wait for what is certain to come."""

PATIENCE_S = 400.0
"""Beside ten other programs on two cores a worker took two minutes to load TensorFlow. Only who fails waits so long."""
