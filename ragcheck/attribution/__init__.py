"""A table of trials to effects and intervals; never calls a model."""
