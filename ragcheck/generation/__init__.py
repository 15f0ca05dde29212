"""Prompts and parameters to answers."""
