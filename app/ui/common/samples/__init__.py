"""Samples as two pages know them: on the paper, where they are made, and with the data."""
