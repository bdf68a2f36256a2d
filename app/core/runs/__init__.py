"""Every run there was: its config, its curves and its figures, in one SQLite file."""
