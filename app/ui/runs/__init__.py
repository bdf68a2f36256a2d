"""The Runs page: every run there was, compared."""
