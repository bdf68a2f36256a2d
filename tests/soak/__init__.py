"""A monkey at the real window for as long as one likes, and what grows meanwhile."""
