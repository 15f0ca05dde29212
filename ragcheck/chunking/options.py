"""Checks of constructor parameters, with messages that a user can act on."""

from __future__ import annotations


def check_size(size: int, overlap: int = 0) -> None:
    """Refuse a size below 1 and an overlap that is not in ``[0, size)``.

    Raises:
        ValueError: one of the two does not fit.
    """
    check_whole("size", size, least=1)
    check_whole("overlap", overlap, least=0)
    if overlap >= size:
        raise ValueError(f"overlap ({overlap}) must be smaller than size ({size})")


def check_whole(name: str, value: int, *, least: int) -> None:
    """Refuse anything but a whole number of at least ``least``.

    Raises:
        ValueError: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, not {value!r}")


def check_flag(name: str, value: bool) -> None:
    """Refuse anything but true and false.

    Raises:
        ValueError: it is neither.
    """
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false, not {value!r}")
