"""How long tests wait for what is certain to come."""

PATIENCE_S = 180.0
"""A busy machine takes TensorFlow a minute to load. Only who fails waits so long."""
