"""Samples that a user labelled: sets of them that grow one by one, and can be trained on like any other data."""
