"""Measurements to findings, and findings to a decision."""
