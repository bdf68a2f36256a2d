"""The inside of the network that reads: what every layer makes of the drawing."""
