"""Cuts documents into chunks: spans of the document's text, one strategy a class."""
