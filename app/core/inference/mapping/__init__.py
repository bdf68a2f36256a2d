"""Maps of what a network knows: pictures as points, near each other where the network takes them as alike."""
