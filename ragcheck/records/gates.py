"""A gate: a measure, and the bound that its interval must keep."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ragcheck.errors import ConfigError
from ragcheck.records.notation import Notation, parse_notation

_BOUND = re.compile(
    r"\s*(<=|>=)\s*(\d{1,9}(?:\.\d{1,9})?)\s*(%?)\s*(?:,\s*n\s*>=\s*(\d{1,9})\s*)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Bound:
    """``<= 0.05`` or ``>= 0.9``, and from how many independent units at least."""

    relation: str
    threshold: float
    least: int = 0

    def __str__(self) -> str:
        text = f"{self.relation} {self.threshold:g}"
        return f"{text}, n >= {self.least}" if self.least else text


@dataclass(frozen=True, slots=True)
class Gate:
    """A measure and the bound that its interval must keep."""

    measure: Notation
    bound: Bound

    def __str__(self) -> str:
        return f"{self.measure} {self.bound}"


def parse_gate(measure: str, bound: str) -> Gate:
    """Read a measure such as ``conflict@10`` and a bound such as ``<= 5 %, n >= 30``.

    Raises:
        ConfigError: one of them does not have that shape.
    """
    return Gate(parse_notation(measure), parse_bound(bound))


def parse_bound(text: str) -> Bound:
    """Read ``<= 0.05``, ``>= 90 %`` or ``<= 0.05, n >= 30``.

    Raises:
        ConfigError: the text does not have that shape.
    """
    shape = _BOUND.fullmatch(text)
    if shape is None:
        raise ConfigError(
            f"cannot read the bound {text!r}", mend='write "<= 0.05", or "<= 0.05, n >= 30"'
        )
    relation, number, percent, least = shape.groups()
    return Bound(relation, float(number) / (100 if percent else 1), int(least or 0))
