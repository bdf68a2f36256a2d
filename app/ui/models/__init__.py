"""The Models page: which models there are, and what one may do with them."""
