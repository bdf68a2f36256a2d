"""What several pages share: work beside the window, containers, plots, forms."""
