"""The command line: every command of the program, each in a file of its own. Knows no Qt."""
