"""Every run there was: its config, its curves and its metrics, in one SQLite file."""
