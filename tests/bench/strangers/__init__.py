"""What strangers bring, read right or refused: the parts of the measurement `strangers`, one module each."""
