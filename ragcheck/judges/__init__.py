"""Two texts to a judgement."""
