"""Weights of the features of two claims. Written by ``training/claims.py``."""

from __future__ import annotations

BIAS = -5.1692
WEIGHTS: tuple[float, ...] = (
    1.4996, 0.7248, 1.5803, 1.6003, 1.6589, 1.1963, 1.3333, 1.2869,
    0.1610, 0.6113, -2.1049, -1.7792, -5.5836, -0.4749, -0.1379, -0.1370,
    -0.5511, -1.2681, -1.1880, 0.2059, 0.0569, -0.1405, -2.2003, 0.4937,
    0.2932, 0.1499, 0.0525, -0.2350, -0.2422, -0.7859, 0.1665, -1.5935,
    0.1304, 0.3592, 0.1489, -0.4636, -0.0811, -0.1622, 0.0797, 0.6743,
    1.8582, 1.1816, 0.0240,
)  # fmt: skip
TREES = ("claims", "0b83b1f084624242eef2ef7b27cebc8b20a0a8fc0370471fcaca6dc0d4071085")
JOINED = (0.4585, 0.7406, -0.0356)
"""What the log odds of the logistic function and of the trees count; the intercept."""
