"""Readers other than the English one, and what they are made of."""
