"""Weights of the features of two claims. Written by ``training/claims.py``."""

from __future__ import annotations

BIAS = -7.4703
WEIGHTS: tuple[float, ...] = (
    2.4679, 2.6585, 0.6437, 1.7576, 1.5552, 1.6510, 1.5415, 1.4100,
    0.5382, -0.0736, -0.9869, -1.3882, -1.7557, 0.1247, -0.8612, -0.3881,
    -0.1882, -0.6907, -0.8439, -0.0428, -0.9178, 0.2935, -0.5854, 0.2188,
    -0.8708, 0.3096, -0.0565, 0.0271, -0.1294, -0.4489, 1.3813, -1.6895,
    0.5263, 1.0669, 0.3198, -0.1676, -0.1942, -0.2320, 0.0787, 0.9227,
    1.6499, 0.8889, -0.0456,
)  # fmt: skip
TREES = ("claims", "fa80ccda0f6810326de0629cc512ccad22c79cf7062e25cd966390b9e32dc547")
JOINED = (0.3831, 0.8327, 0.1829)
"""What the log odds of the logistic function and of the trees count; the intercept."""
