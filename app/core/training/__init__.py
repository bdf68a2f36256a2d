"""Config in, events out: the trainer and what it needs."""
