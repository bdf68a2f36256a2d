"""Why a network answers as it does: the panel beside the answer."""
