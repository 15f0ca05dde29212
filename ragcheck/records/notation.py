"""``name(key=value, ...)@K``: the one notation for strategies, retrievers and measures.

The same text stands in the configuration, on the command line, in tables and in reports, and
``parse_notation(str(notation)) == notation``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ragcheck.errors import ConfigError

Value = bool | int | float | str

_SHAPE = re.compile(r"^\s*([A-Za-z][\w.:-]*)\s*(?:\((.*)\))?\s*(?:@\s*(\d+))?\s*$", re.DOTALL)
_KEY = re.compile(r"^[A-Za-z_]\w*$")


@dataclass(frozen=True, slots=True)
class Notation:
    """A name with parameters and an optional cutoff K."""

    name: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    cutoff: int | None = None

    def __post_init__(self) -> None:
        ordered = dict(sorted(self.parameters.items()))
        object.__setattr__(self, "parameters", MappingProxyType(ordered))

    def __str__(self) -> str:
        inside = ", ".join(f"{key}={_write(value)}" for key, value in self.parameters.items())
        text = f"{self.name}({inside})" if inside else self.name
        return text if self.cutoff is None else f"{text}@{self.cutoff}"

    def __hash__(self) -> int:
        return hash(str(self))

    def __reduce__(self) -> tuple[object, ...]:
        return (Notation, (self.name, dict(self.parameters), self.cutoff))


def parse_notation(text: str) -> Notation:
    """Read ``name(key=value, ...)@K``.

    Raises:
        ConfigError: the text does not have that shape.
    """
    shape = _SHAPE.match(text)
    if shape is None:
        raise ConfigError(
            f"cannot read {text!r}",
            mend="write name, name(key=value, key=value) or name(key=value)@10",
        )
    name, inside, cutoff = shape.groups()
    parameters: dict[str, Value] = {}
    for part in _split_parameters(inside or ""):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not _KEY.match(key) or key in parameters:
            raise ConfigError(
                f"cannot read the parameter {part.strip()!r}",
                where=text,
                mend="write each parameter once, as key=value",
            )
        parameters[key] = _read(value)
    return Notation(name, parameters, int(cutoff) if cutoff else None)


def _split_parameters(inside: str) -> list[str]:
    parts = re.findall(r"(?:\"(?:[^\"\\]|\\.)*\"|[^,])+", inside)
    return [part for part in parts if part.strip()]


def _read(text: str) -> Value:
    if text in ("true", "false"):
        return text == "true"
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _write(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and not (
        re.match(r"^[A-Za-z_][\w.:/-]*$", value)
        and value not in ("true", "false", "nan", "inf", "infinity")
    ):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return repr(value) if isinstance(value, float) else str(value)
