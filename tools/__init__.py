"""What makes the program into something one can install; not part of it."""
