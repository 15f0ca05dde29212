"""A state of a system as answers with their settings: from a run, a results table or traces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ragcheck.attribution.table import numeric_column, read_frame
from ragcheck.errors import TableError
from ragcheck.experiment.design import EVIDENCE_FACTORS, GENERATION_FACTORS
from ragcheck.pipeline.outputs import read_contexts, read_questions, read_run
from ragcheck.records.comparing import ShownPassage
from ragcheck.records.results import Report
from ragcheck.records.traces import TraceRecord
from ragcheck.registry import suggest
from ragcheck.scoring.answer_records import score_records
from ragcheck.text.language import detect_language
from ragcheck.traces.columns import Columns
from ragcheck.traces.reading import read_traces

Levels = tuple[tuple[str, str], ...]
"""Names of settings with their levels, by name."""
Settings = Mapping[str, tuple[str, tuple[str, ...]]]
"""Name of a setting to its role and its levels."""

MODEL_SETTINGS = ("base_url", "chat", "max_tokens")
DESIGN_SETTINGS = ("seed", "budget")
DESIGN_FACTORS = ("questions", "replicates", "design")
NEUTRAL: Mapping[str, object] = {"reranker": "none", "edit": "none", "order": "as_ranked",
                                 "top_k": 0}  # fmt: skip
_SAMPLE = 200


@dataclass(frozen=True)
class AnswerRow:
    """One answer. ``response`` is ``None`` where it was not scored, ``passages`` where unknown."""

    question: str
    response: float | None
    text: str | None
    parameters: Levels
    system: Levels
    passages: tuple[ShownPassage, ...] | None = None


@dataclass(frozen=True)
class Asked:
    """The words of a question and its accepted answers, as far as they are known."""

    text: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableColumns:
    """The columns of a results table; ``answer`` and ``contexts`` are used where they are there."""

    response: str
    unit: str
    parameters: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    answer: str = "answer"
    contexts: str = "contexts"


@dataclass(frozen=True)
class State:
    """Everything that is known of one state."""

    name: str
    kind: str
    language: str
    response: str
    rows: tuple[AnswerRow, ...]
    settings: Settings
    asked: Mapping[str, Asked] = field(default_factory=dict)


def run_state(folder: Path) -> State:
    """The crossed answers of a finished run.

    Raises:
        StoreError: the folder holds no finished run.
        TableError: the run has no answers.
    """
    report, trials = read_run(folder)
    crossed = [row for row in trials if row.get("intervention", "none") == "none"]
    if not crossed:
        raise TableError(
            "the run has no answers to compare", where=str(folder), mend="run ragcheck run"
        )
    passages = _passages(read_contexts(folder))
    asked = {
        str(row["question"]): Asked(str(row["text"]), _texts(row.get("answers")))
        for row in read_questions(folder)
    }
    fixed = _fixed_settings(report)
    factors = dict.fromkeys(EVIDENCE_FACTORS, "system") | dict.fromkeys(
        GENERATION_FACTORS, "parameters"
    )
    # A run of before a factor was there had the level that leaves everything as it is.
    neutral = {**NEUTRAL, "model": str(_section(report, "model").get("name"))}
    crossed = [{**neutral, **row} for row in crossed]
    varied = {name: role for name, role in factors.items() if name in crossed[0]}
    rows = tuple(_row(row, "correctness", "question", varied, fixed, passages) for row in crossed)
    settings = {name: (role, _levels(crossed, name)) for name, role in varied.items()}
    return State(str(folder), "run", report.language, "correctness", rows,
                 {**settings, **fixed}, asked)  # fmt: skip


def table_state(path: Path, columns: TableColumns) -> State:
    """The answers of any results table, one row an answer.

    A column that was not named and has one level is a setting on neither side.

    Raises:
        TableError: the table cannot be read, or a column is not there.
    """
    frame = read_frame(path)
    roles = {**dict.fromkeys(columns.parameters, "parameters"),
             **dict.fromkeys(columns.system, "system")}  # fmt: skip
    known = [str(name) for name in frame.columns]
    for name in (columns.response, columns.unit, *roles):
        if name not in known:
            raise TableError(
                f"there is no column {name!r}", where=str(path), mend=suggest(name, known)
            )
    frame[columns.response] = numeric_column(frame, columns.response)
    rows: list[dict[str, Any]] = [
        {str(key): value for key, value in row.items()}
        for row in frame[frame[columns.unit].notna()].to_dict(orient="records")
    ]
    named = {columns.response, columns.unit, columns.answer, columns.contexts, *roles}
    others = [name for name in known if name not in named and len(_levels(rows, name)) == 1]
    roles |= dict.fromkeys(others, "unassigned")
    found = tuple(_table_row(row, columns, roles) for row in rows)
    language = detect_language(" ".join(f"{row.question} {row.text}" for row in found[:_SAMPLE]))
    settings = {name: (role, _levels(rows, name)) for name, role in roles.items()}
    return State(str(path), "table", language, columns.response, found, settings)


def trace_state(path: Path, columns: Columns | None = None) -> State:
    """The answers of recorded traces; a question is known by its words.

    Raises:
        TraceError: the file cannot be read, or holds no whole record.
    """
    records = read_traces(path, columns=columns).records
    rows = tuple(_trace_row(record) for record in records)
    names = sorted({name for record in records for name in record.parameters})
    settings = {
        name: (
            "parameters",
            tuple(sorted({str(r.parameters[name]) for r in records if name in r.parameters})),
        )
        for name in names
    }
    asked = {_plain(r.question): Asked(r.question, r.references) for r in records}
    sample = " ".join(record.question for record in records[:_SAMPLE])
    return State(str(path), "traces", detect_language(sample), "correctness", rows, settings, asked)


def _fixed_settings(report: Report) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Settings that hold for a whole run, with their roles."""
    fixed: dict[str, tuple[str, tuple[str, ...]]] = {
        "corpus": ("system", (report.corpus_fingerprint,)),
        "encoder": ("system", (str(report.provenance.get("encoder")),)),
    }
    model, experiment = (_section(report, name) for name in ("model", "experiment"))
    fixed |= {f"model.{n}": ("parameters", (str(model.get(n)),)) for n in MODEL_SETTINGS}
    fixed |= {n: ("design", (str(report.config.get(n)),)) for n in DESIGN_SETTINGS}
    return fixed | {
        f"experiment.{n}": ("design", (str(experiment.get(n)),)) for n in DESIGN_FACTORS
    }


def _section(report: Report, name: str) -> Mapping[str, object]:
    found = report.config.get(name)
    return found if isinstance(found, Mapping) else {}


def _row(
    row: Mapping[str, Any],
    response: str,
    unit: str,
    varied: Mapping[str, str],
    fixed: Settings,
    passages: Mapping[str, tuple[ShownPassage, ...]],
) -> AnswerRow:
    levels = {name: (role, (str(row[name]),)) for name, role in varied.items()} | dict(fixed)
    answer = row.get("answer")
    return AnswerRow(
        question=str(row[unit]),
        response=_number(row.get(response)),
        text=None if answer is None else str(answer),
        parameters=_side(levels, "parameters"),
        system=_side(levels, "system"),
        passages=passages.get(str(row.get("context") or "")),
    )


def _table_row(
    row: Mapping[str, Any], columns: TableColumns, roles: Mapping[str, str]
) -> AnswerRow:
    levels = {name: (role, (str(row[name]),)) for name, role in roles.items()}
    contexts = row.get(columns.contexts)
    shown = None if contexts is None else tuple(ShownPassage("", t) for t in _texts(contexts))
    answer = row.get(columns.answer)
    return AnswerRow(
        question=str(row[columns.unit]),
        response=_number(row[columns.response]),
        text=answer if isinstance(answer, str) else None,
        parameters=_side(levels, "parameters"),
        system=_side(levels, "system"),
        passages=shown or None,
    )


def _trace_row(record: TraceRecord) -> AnswerRow:
    correctness = record.correctness
    if correctness is None and record.references and record.answer is not None:
        given = {"question": record.question, "response": record.answer,
                 "reference": list(record.references)}  # fmt: skip
        correctness = score_records([given], tokens={})[0].correctness
    parameters = tuple(sorted((name, str(level)) for name, level in record.parameters.items()))
    passages = tuple(ShownPassage(c.source or "", c.text) for c in record.contexts)
    return AnswerRow(_plain(record.question), correctness, record.answer, parameters, (), passages)


def _passages(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[ShownPassage, ...]]:
    """What each context holds, in the order of ranks."""
    found: dict[str, list[tuple[int, ShownPassage]]] = {}
    for row in rows:
        shown = ShownPassage(f"{row['document']}:{row['line']}", str(row["text"]))
        found.setdefault(str(row["context"]), []).append((int(row["rank"]), shown))
    return {
        context: tuple(shown for _, shown in sorted(ranked, key=lambda item: item[0]))
        for context, ranked in found.items()
    }


def _side(levels: Settings, role: str) -> Levels:
    return tuple(sorted((name, own[0]) for name, (whose, own) in levels.items() if whose == role))


def _levels(rows: Sequence[Mapping[str, Any]], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(row.get(name)) for row in rows))


def _texts(found: object) -> tuple[str, ...]:
    if isinstance(found, str):
        return (found,)
    if isinstance(found, Iterable):
        return tuple(str(each) for each in found)
    return ()


def _number(value: object) -> float | None:
    if value is None or value == "":
        return None
    number = float(value)  # type: ignore[arg-type]
    return None if number != number else number


def _plain(question: str) -> str:
    return " ".join(question.split()).casefold()
