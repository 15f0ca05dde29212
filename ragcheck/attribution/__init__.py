"""A table of trials to effects and intervals; never calls a model."""

from ragcheck.attribution.analysis import attribute

__all__ = ["attribute"]
