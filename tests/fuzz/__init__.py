"""Files as no program should write them, given to everything that reads one: `python -m tests.fuzz`."""
