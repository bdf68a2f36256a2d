"""Data sets whose pictures are files: which there are, which class each belongs to, and reading them."""
