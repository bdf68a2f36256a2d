"""The coach's findings in words, with a button for what can be done about each."""
