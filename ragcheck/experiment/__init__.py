"""Factors to cells, and cells to trials."""
