"""The Search page: many runs of one plan."""
