"""The Data page: which data is here, how to get more, and one's own samples."""
