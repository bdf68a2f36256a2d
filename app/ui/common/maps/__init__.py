"""Maps of pictures: a point for each, to be looked at, moved, and chosen from."""
