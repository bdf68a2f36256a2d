"""Measurements. `python -m tests.bench startup|train|first-hour [--json]` prints figures; nothing is asserted."""
