"""Help in the window: texts, keys, glossary, about, and the tour at the first start."""
