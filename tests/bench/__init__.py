"""Measurements. `python -m tests.bench startup|recognize|train|fluid [--json]` prints figures; nothing is asserted."""
