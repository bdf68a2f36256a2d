"""What the shipped models read, and how far they can be trusted: the parts of the measurement `accuracy`."""
