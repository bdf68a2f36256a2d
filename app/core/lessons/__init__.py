"""The course: lessons with tasks, and the facts in the user's own program that show a task is done."""
