"""Whether two typed values say the same thing."""

from __future__ import annotations

from ragcheck.text.typed import TypedValue, YearMonthDay

_UP, _DOWN = ("at least", "more than"), ("at most", "less than")
_BINARY = {
    "kilobyte": 1.024, "megabyte": 1.024**2, "gigabyte": 1.024**3, "terabyte": 1.024**4,
}  # fmt: skip
_YUAN_OR_YEN = frozenset({"CNY", "JPY"})
# How far apart two values may be where "about" or another system of units stands: a rounding.
_LOOSE = 0.05
_LOOSE_KELVIN = 1.5


def same_value(a: TypedValue, b: TypedValue) -> bool | None:
    """Whether two values are equal: as values, not as texts.

    ``None``: they cannot be compared (another dimension or currency, a date that is less precise,
    a calendar month against the number of days that it may have, a point inside a range).

    Numbers are equal if one rounds to the other at the other's written precision, provided that
    at least two digits were written: 3.14 is 3.1, but 1.4 is not 1.
    """
    if {a.kind, b.kind} <= {"date"}:
        return _same_date(a, b)
    if a.kind == "version" and b.kind == "version":
        return _same_version(a, b)
    if a.kind == "identifier" and b.kind == "identifier":
        return _same_identifier(a, b)
    if {a.kind, b.kind} == {"date", "number"}:
        return _year_or_number(*((a, b) if a.kind == "date" else (b, a)))
    if {a.kind, b.kind} == {"version", "number"}:
        return True if a.text.strip() == b.text.strip() else None
    if a.amount is None or b.amount is None or (a.kind == "ordinal") != (b.kind == "ordinal"):
        return None
    if "identifier" in (a.kind, b.kind):
        return None
    if a.unit != b.unit:
        return _across_units(a, b)
    return _same_amount(a, b)


def _same_amount(a: TypedValue, b: TypedValue) -> bool | None:
    if _opposite(a, b):
        return False
    assert a.amount is not None and b.amount is not None
    if all(_near(x, y, a, b) for x, y in zip(a.amount, b.amount, strict=True)):
        return True
    a_point, b_point = a.amount[0] == a.amount[1], b.amount[0] == b.amount[1]
    if a_point != b_point:
        point, span = (a.amount[0], b.amount) if a_point else (b.amount[0], a.amount)
        if span[0] <= point <= span[1]:
            return None
    return False


def _opposite(a: TypedValue, b: TypedValue) -> bool:
    return (a.bound in _UP and b.bound in _DOWN) or (a.bound in _DOWN and b.bound in _UP)


def _near(x: float, y: float, a: TypedValue, b: TypedValue) -> bool:
    scale = max(abs(x), abs(y))
    apart = abs(x - y)
    if apart <= 1e-9 * scale:
        return True
    if "about" in (a.bound, b.bound) or a.customary != b.customary:
        return apart <= (_LOOSE_KELVIN if a.unit == "K" else _LOOSE * scale)
    if a.unit == "bit" and _same_bytes(x, y, a, b):
        return True
    coarse, fine = (a, b) if a.half_step >= b.half_step else (b, a)
    if coarse.half_step == fine.half_step or coarse.significant < 2:
        return False
    return apart <= coarse.half_step * (1 + 1e-9)


def _same_bytes(x: float, y: float, a: TypedValue, b: TypedValue) -> bool:
    """Whether two sizes are equal once MB means mebibyte, as it often does: 1024 MB is 1 GiB."""
    binary = [size * _BINARY.get(value.written_unit or "", 1.0) for size, value in ((x, a), (y, b))]
    return abs(binary[0] - binary[1]) <= 1e-9 * max(binary)


def _across_units(a: TypedValue, b: TypedValue) -> bool | None:
    assert a.amount is not None and b.amount is not None
    units = {a.unit, b.unit}
    if "¥" in units and units & _YUAN_OR_YEN:
        return _same_amount(a, b)
    if units == {"s", "month"}:
        months, days = (a, b) if a.unit == "month" else (b, a)
        return _overlapping(months, 28.0, 31.0, days)
    if units == {"s", "workday"}:
        work, days = (a, b) if a.unit == "workday" else (b, a)
        assert work.amount is not None and days.amount is not None
        if days.amount[0] == work.amount[0] * 86400:
            return False
        return _overlapping(work, 1.0, 2.0, days, extra=2.0)
    return None


def _overlapping(
    coarse: TypedValue, low: float, high: float, days: TypedValue, *, extra: float = 0.0
) -> bool | None:
    """``None`` where the days lie in the range that the coarser unit can mean, else False."""
    assert coarse.amount is not None and days.amount is not None
    least, most = coarse.amount[0] * low, coarse.amount[1] * min(high, 1.4 if extra else high)
    inside = least <= days.amount[1] / 86400 and days.amount[0] / 86400 <= most + extra
    return None if inside else False


def _same_date(a: TypedValue, b: TypedValue) -> bool | None:
    assert a.date is not None and b.date is not None
    ends = _same_parts(a.date_end, b.date_end) if a.date_end and b.date_end else None
    if (a.date_end is None) != (b.date_end is None):
        return _inside_years(a, b)
    starts = _same_parts(a.date, b.date)
    if a.date_end is None:
        return starts
    return False if starts is False or ends is False else starts


def _inside_years(a: TypedValue, b: TypedValue) -> bool | None:
    span, point = (a, b) if a.date_end is not None else (b, a)
    assert span.date is not None and span.date_end is not None and point.date is not None
    low, high, year = span.date[0], span.date_end[0], point.date[0]
    if low is None or high is None or year is None:
        return None
    return None if low <= year <= high else False


def _same_parts(a: YearMonthDay | None, b: YearMonthDay | None) -> bool | None:
    if a is None or b is None:
        return None
    shared = [(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None]
    if any(x != y for x, y in shared):
        return False
    return True if a == b else None


def _same_version(a: TypedValue, b: TypedValue) -> bool:
    def significant(parts: tuple[str, ...]) -> tuple[str, ...]:
        kept = list(parts)
        while len(kept) > 1 and kept[-1] == "0":
            kept.pop()
        return tuple(kept)

    if _opposite(a, b):
        return False
    return significant(a.version or ()) == significant(b.version or ())


def _same_identifier(a: TypedValue, b: TypedValue) -> bool | None:
    if a.noun is not None and a.noun == b.noun:
        return a.amount == b.amount
    if a.noun is None and b.noun is None:
        return True if a.text.casefold() == b.text.casefold() else None
    return None


def _year_or_number(date: TypedValue, number: TypedValue) -> bool | None:
    assert date.date is not None
    if date.date[1:] != (None, None) or number.amount is None or number.unit is not None:
        return None
    return True if number.amount == (date.date[0], date.date[0]) else None
