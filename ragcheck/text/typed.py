"""What a value in a text is: the record that :func:`ragcheck.text.values.find_values` gives."""

from __future__ import annotations

from dataclasses import dataclass

from ragcheck.records.corpus import Span

VALUE_KINDS = (
    "number", "quantity", "percent", "money", "duration", "date", "time", "weekday", "version",
    "ordinal", "identifier",
)  # fmt: skip
BOUNDS = ("at least", "more than", "at most", "less than", "about")
YearMonthDay = tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class TypedValue:
    """One value with its exact place: ``text_of_document[span.start:span.end] == text``.

    ``amount`` is (low, high) in ``unit``, the base unit of the dimension; both are equal unless
    the text gives a range. A time of day is in minutes since midnight, a weekday counts from
    Monday = 1. ``written_unit`` names the unit as the text has it, ``half_step`` is half a unit
    of the last written digit in base units (0: exact), and ``significant`` the number of written
    digits. ``bound`` is one of ``BOUNDS`` or ``None``; ``noun`` is what a bare number counts.
    """

    kind: str
    text: str
    span: Span
    amount: tuple[float, float] | None = None
    unit: str | None = None
    date: YearMonthDay | None = None
    date_end: YearMonthDay | None = None
    version: tuple[str, ...] | None = None
    written_unit: str | None = None
    half_step: float = 0.0
    significant: int = 15
    bound: str | None = None
    noun: str | None = None
    customary: bool = False
