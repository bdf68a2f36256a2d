"""The Fashion-MNIST tutorial's plots, painted: the same code for the screen, PNG and SVG."""
