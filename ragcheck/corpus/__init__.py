"""Files to documents, question files to questions."""
