"""Models handed out: as files that other programs read, each with the card, a README and an example."""
