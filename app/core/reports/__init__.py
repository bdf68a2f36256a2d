"""What leaves the program about a run: tables, a lab report, a Keras script, event files for TensorBoard."""
