"""Any results table to checked arrays: one row a trial, factors with roles, levels as codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ragcheck.attribution.wording import Phrase, phrase
from ragcheck.errors import TableError
from ragcheck.records.trials import Level
from ragcheck.registry import suggest

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

MISSING_LEVEL = "(missing)"


@dataclass(frozen=True)
class Factor:
    """One varied column: its levels in order, and the level of each trial as a code."""

    name: str
    role: str
    levels: tuple[Level, ...]
    codes: Codes


@dataclass(frozen=True)
class TrialTable:
    """Scored trials as arrays of one length; every array is indexed by trial."""

    response: Floats
    units: Codes
    unit_count: int
    factors: tuple[Factor, ...]
    constants: tuple[Factor, ...]
    properties: Mapping[str, Floats]
    response_name: str
    unit_name: str
    warnings: tuple[Phrase, ...]

    def of_role(self, role: str) -> tuple[Factor, ...]:
        """The varied factors of ``evidence`` or ``generation``."""
        return tuple(factor for factor in self.factors if factor.role == role)


def read_trials(
    trials: Any,
    *,
    response: str,
    unit: str,
    evidence: Sequence[str],
    generation: Sequence[str],
    replicate: str | None = None,
    properties: Sequence[str] = (),
) -> TrialTable:
    """Check a results table and turn it into arrays.

    Rows whose response is missing are dropped and counted in the warnings; a factor with one
    level is a constant, with a warning. In a table of ragcheck's own trials the rows of
    interventions are no part of the crossed design, and left out unless it is a factor.

    Raises:
        TableError: the table cannot be read, a column does not exist or has two roles, the
            response has text in it, or no factor varies.
    """
    frame = read_frame(trials)
    roles = _roles(response, unit, evidence, generation, replicate, properties)
    _check_columns(frame, roles)
    warnings: list[Phrase] = []
    frame = _without_interventions(frame, roles, warnings)
    frame = _scored(frame, response, unit, warnings)
    factors, constants = _factors(frame, evidence, generation, warnings)
    _warn_of_repeats(frame, unit, factors, replicate, warnings)
    unit_codes, unit_count = _unit_codes(frame[unit])
    return TrialTable(
        response=frame[response].to_numpy(dtype=np.float64),
        units=unit_codes,
        unit_count=unit_count,
        factors=factors,
        constants=constants,
        properties={
            name: np.asarray(numeric_column(frame, name), dtype=np.float64) for name in properties
        },
        response_name=response,
        unit_name=unit,
        warnings=tuple(warnings),
    )


def read_frame(trials: Any) -> pd.DataFrame:
    """Any results table as a data frame with text column names, one row a trial.

    Raises:
        TableError: it cannot be read, or has no rows.
    """
    import pandas as pd

    if isinstance(trials, str | Path):
        return _read_file(Path(trials))
    if isinstance(trials, pd.DataFrame):
        frame = trials
    elif hasattr(trials, "to_pandas"):
        frame = trials.to_pandas()
    else:
        try:
            frame = pd.DataFrame(trials if isinstance(trials, Mapping) else list(trials))
        except (TypeError, ValueError) as problem:
            raise TableError(
                f"cannot read a table from {type(trials).__name__}: {problem}",
                mend="give a path, a data frame, an Arrow table or a sequence of mappings",
            ) from problem
    return _check_shape(frame, None)


def _read_file(path: Path) -> pd.DataFrame:
    import pandas as pd

    readers: dict[str, Any] = {
        ".csv": pd.read_csv,
        ".tsv": lambda source: pd.read_csv(source, sep="\t"),
        ".parquet": pd.read_parquet,
        ".jsonl": lambda source: pd.read_json(source, lines=True, precise_float=True),
        ".json": lambda source: pd.read_json(source, precise_float=True),
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise TableError(
            f"a table cannot be read from a file that ends in {path.suffix or 'nothing'!r}",
            where=str(path),
            mend=f"use one of {', '.join(readers)}",
        )
    if not path.is_file():
        raise TableError("there is no such file", where=str(path), mend="check the path")
    try:
        frame = reader(path)
    except (ValueError, OSError, ImportError) as problem:
        raise TableError(
            f"the table cannot be read: {problem}",
            where=str(path),
            mend="check that the file has a header row and one row a trial",
        ) from problem
    return _check_shape(frame, str(path))


def _check_shape(frame: pd.DataFrame, where: str | None) -> pd.DataFrame:
    frame = frame.reset_index(drop=True)
    frame.columns = [str(name) for name in frame.columns]
    twice = sorted({name for name in frame.columns if list(frame.columns).count(name) > 1})
    if twice:
        raise TableError(
            f"two columns are called {twice[0]!r}", where=where, mend="rename one of them"
        )
    if frame.empty:
        raise TableError("the table has no rows", where=where, mend="give one row a trial")
    return frame


def _roles(
    response: str,
    unit: str,
    evidence: Sequence[str],
    generation: Sequence[str],
    replicate: str | None,
    properties: Sequence[str],
) -> dict[str, str]:
    if isinstance(evidence, str) or isinstance(generation, str):
        raise TableError(
            "evidence and generation are sequences of column names, not one text",
            mend="write evidence=['chunker'] instead of evidence='chunker'",
        )
    if not evidence and not generation:
        raise TableError("no factor was named", mend="name at least one column as a factor")
    named = [(response, "response"), (unit, "unit")]
    named += [(name, "evidence factor") for name in evidence]
    named += [(name, "generation factor") for name in generation]
    named += [(replicate, "replicate")] if replicate is not None else []
    roles: dict[str, str] = {}
    for name, role in named:
        if name in roles:
            raise TableError(
                f"column {name!r} is named as {roles[name]} and as {role}",
                mend="give each column one role",
            )
        roles[name] = role
    for name in properties:
        roles.setdefault(name, "property")
    return roles


def _check_columns(frame: pd.DataFrame, roles: Mapping[str, str]) -> None:
    columns = [str(name) for name in frame.columns]
    for name, role in roles.items():
        if name not in columns:
            raise TableError(
                f"there is no column {name!r} for the {role}", mend=suggest(name, columns)
            )


OWN_COLUMNS = frozenset({"intervention", "context", "chunks"})
"""Columns by which a table of ragcheck's own trials is known."""


def _without_interventions(
    frame: pd.DataFrame, roles: Mapping[str, str], warnings: list[Phrase]
) -> pd.DataFrame:
    if "intervention" in roles or not set(frame.columns) >= OWN_COLUMNS:
        return frame
    crossed = frame["intervention"] == "none"
    if crossed.any() and not crossed.all():
        count = int((~crossed).sum())
        warnings.append(phrase("interventions", count=count, total=len(frame)))
        return frame[crossed]
    return frame


def _scored(frame: pd.DataFrame, response: str, unit: str, warnings: list[Phrase]) -> pd.DataFrame:
    frame = frame.assign(**{response: numeric_column(frame, response)})
    unscored = frame[response].isna()
    if unscored.all():
        raise TableError(
            f"no row has a value of {response!r}",
            where=f"column {response!r}",
            mend="name the column that holds the score of each trial",
        )
    if unscored.any():
        count = int(unscored.sum())
        warnings.append(phrase("unscored", count=count, total=len(frame), column=response))
    nameless = frame[unit].isna() & ~unscored
    if nameless.any():
        warnings.append(phrase("nameless", count=int(nameless.sum()), column=unit))
    kept = frame[~unscored & ~frame[unit].isna()]
    if kept.empty:
        raise TableError(
            f"no scored row has a {unit!r}", mend="name the column that identifies the question"
        )
    return kept


def numeric_column(frame: pd.DataFrame, name: str) -> pd.Series[float]:
    """The column as float64, missing as NaN; text that is no number is an error."""
    import pandas as pd

    column = frame[name]
    if pd.api.types.is_datetime64_any_dtype(column):
        raise TableError(f"column {name!r} holds dates, not numbers", mend="name another column")
    present = column.notna()
    if not pd.api.types.is_numeric_dtype(column):
        words = column.astype(str).str.strip().str.lower()
        present &= words != ""
        column = words.replace({"true": "1", "false": "0"})
    numbers = pd.to_numeric(column, errors="coerce").astype("float64")
    broken = present & (numbers.isna() | np.isinf(numbers))
    if broken.any():
        row = int(np.flatnonzero(broken.to_numpy())[0])
        raise TableError(
            f"column {name!r} has {int(broken.sum())} values that are not finite numbers,"
            f" the first is {str(frame[name].iloc[row])[:60]!r}",
            where=f"data row {row + 1}",
            mend="leave the value empty where a trial was not scored, and give numbers elsewhere",
        )
    return numbers.where(present)


def _factors(
    frame: pd.DataFrame, evidence: Sequence[str], generation: Sequence[str], warnings: list[Phrase]
) -> tuple[tuple[Factor, ...], tuple[Factor, ...]]:
    named = [(name, "evidence") for name in evidence]
    named += [(name, "generation") for name in generation]
    factors: list[Factor] = []
    constants: list[Factor] = []
    for name, role in named:
        levels, codes, missing = _levels(frame[name])
        if missing:
            warnings.append(phrase("no_level", count=missing, column=name, level=MISSING_LEVEL))
        if len(levels) == 1:
            constants.append(Factor(name, role, levels, codes))
            warnings.append(phrase("constant", side=phrase(role), column=name, level=levels[0]))
        else:
            factors.append(Factor(name, role, levels, codes))
    if not factors:
        raise TableError(
            "no factor varies: every one has a single level",
            where=", ".join(f"{factor.name}={factor.levels[0]!r}" for factor in constants),
            mend="name at least one column that takes two or more values",
        )
    return tuple(factors), tuple(constants)


def _levels(column: pd.Series[Any]) -> tuple[tuple[Level, ...], Codes, int]:
    """Levels in order (numbers by size, texts by letter), codes, and how many are missing."""
    import pandas as pd

    plain = column if column.dtype != object else column.map(_level, na_action="ignore")
    found, distinct = pd.factorize(plain)
    missing = found < 0
    values = [_level(value) for value in distinct]
    if missing.any():
        values.append(MISSING_LEVEL)
        found = np.where(missing, len(values) - 1, found)
    numbers = sorted(value for value in set(values) if not isinstance(value, str))
    levels: list[Level] = [*numbers, *sorted(v for v in set(values) if isinstance(v, str))]
    index = {level: code for code, level in enumerate(levels)}
    recode = np.array([index[value] for value in values], np.int64)
    return tuple(levels), recode[found], int(missing.sum())


def _level(value: Any) -> Level:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool | int | float | str):
        return value
    return str(value)


def _warn_of_repeats(
    frame: pd.DataFrame,
    unit: str,
    factors: Sequence[Factor],
    replicate: str | None,
    warnings: list[Phrase],
) -> None:
    if replicate is None:
        return
    names = [unit, replicate, *(factor.name for factor in factors)]
    repeated = int(frame.astype(dict.fromkeys(names, str)).duplicated(names).sum())
    if repeated:
        warnings.append(phrase("repeated", count=repeated, unit=unit, replicate=replicate))


def _unit_codes(column: pd.Series[Any]) -> tuple[Codes, int]:
    names = column.astype(str).to_numpy(dtype=object)
    distinct, codes = np.unique(names, return_inverse=True)
    return np.asarray(codes, np.int64), len(distinct)
