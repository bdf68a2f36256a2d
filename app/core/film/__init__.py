"""Time travel: a run's snapshots are taken while it trains, looked at like a film, and made into pictures that move."""
