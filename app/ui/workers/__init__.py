"""QThread objects: the only bridge between the window and the work that takes time."""
