"""Searches: many runs of one plan, taken up by worker processes on this computer and others."""
