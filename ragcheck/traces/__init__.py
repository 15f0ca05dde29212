"""Recordings of other pipelines to records."""
