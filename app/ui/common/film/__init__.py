"""Time travel in the window: the slider through a run's snapshots, and what there is to see at each of them."""
