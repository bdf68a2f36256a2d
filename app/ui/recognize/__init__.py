"""The Recognize page: a drawing or picture, and what networks say of it."""
