"""Models made elsewhere: read by our own code, never by Keras' or TensorFlow's, and adapted to this program."""
