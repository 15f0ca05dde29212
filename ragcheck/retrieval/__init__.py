"""Chunks to rankings: embeddings, indexes and their fusion."""
