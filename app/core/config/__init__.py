"""What decides a run, as declared values: its settings, its network and how a form words them."""
