"""Sets that are published elsewhere, recognized in whatever form they come."""
