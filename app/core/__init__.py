"""Everything the program can do, callable from a script. Nothing here knows of Qt."""
