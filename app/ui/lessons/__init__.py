"""The Lessons page: a course whose tasks are done on the other pages."""
