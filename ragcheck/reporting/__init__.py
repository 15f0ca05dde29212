"""A report to bytes: terminal, HTML, JSON and other formats."""
