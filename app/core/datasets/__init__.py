"""What data exists, where it comes from and how it is split."""
