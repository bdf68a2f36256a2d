"""The Train page: a config as a form, and a run under way."""
