"""The network editor: a network's layers, what Keras will make of them, and what is wrong with it."""
