"""Vector stores by name: one table of vectors in each, opened from the configuration."""
