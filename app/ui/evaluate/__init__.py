"""The Evaluate page: how well a model reads pictures that it has never seen."""
