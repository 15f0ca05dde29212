"""Frozen data that flows between the rooms. Nothing here computes more than a property."""
