"""The Qt side: draws what the core says, sends the core what the user does."""
