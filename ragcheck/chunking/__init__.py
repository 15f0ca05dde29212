"""Documents to chunks: one file a strategy."""
