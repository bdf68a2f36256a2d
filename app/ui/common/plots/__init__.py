"""Plots: curves over epochs, and figures that look the same on the screen and in a file."""
