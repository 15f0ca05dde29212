"""The files of a run folder, and a finished run in other formats."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from ragcheck.errors import StoreError
from ragcheck.files import write_whole
from ragcheck.pipeline.sealing import AGAIN, require_sealed, seal, sealed_files, unsealed
from ragcheck.records.corpus import Question
from ragcheck.records.results import Report
from ragcheck.reporting.formats import FORMATS, reporter
from ragcheck.reporting.json import read_report
from ragcheck.reporting.rule_texts import RuleText
from ragcheck.triage.rules import RULES

REPORT_HTML = "report.html"
REPORT_JSON = "report.json"
TRIALS = "trials.parquet"
CONTEXTS = "contexts.parquet"
QUESTIONS = "questions.parquet"
RULES_JSON = "rules.json"
RISK_JSON = "risk_coverage.json"
FILES = (REPORT_JSON, REPORT_HTML, TRIALS, CONTEXTS, QUESTIONS, RULES_JSON, RISK_JSON)


def write_outputs(
    folder: Path,
    report: Report,
    trials: Sequence[Mapping[str, object]],
    contexts: Sequence[Mapping[str, object]] = (),
    questions: Sequence[Mapping[str, object]] = (),
) -> tuple[Path, ...]:
    """Write report and tables into the run folder, and seal it; gives the paths.

    Args:
        contexts: what the readers were given, a row a passage.
        questions: what was asked, a row a question.

    Raises:
        StoreError: the folder cannot be written.
    """
    contents = {
        REPORT_JSON: render(report, trials, "json"),
        REPORT_HTML: render(report, trials, "html"),
    }
    for name, rows in ((TRIALS, trials), (CONTEXTS, contexts), (QUESTIONS, questions)):
        if rows:
            contents[name] = _parquet(rows)
        else:
            (folder / name).unlink(missing_ok=True)
    written = [write_whole(folder / name, raw) for name, raw in contents.items()]
    return (*written, seal(folder, FILES))


def render(
    report: Report,
    trials: Sequence[Mapping[str, object]],
    name: str,
    *,
    formats: Mapping[str, str] = FORMATS,
) -> bytes:
    """The report in a format of :data:`ragcheck.reporting.formats.FORMATS`, or of another table.

    Raises:
        ConfigError: there is no such format.
    """
    language = report.language
    rules = {
        rule.id: RuleText(rule.title[language], rule.why[language], rule.mend[language])
        for rule in RULES.values()
    }
    return reporter(name, rules=rules, formats=formats).render(report, trials)


def read_run(folder: Path) -> tuple[Report, list[dict[str, object]]]:
    """The report of a finished run and its trials.

    Raises:
        StoreError: the folder holds no finished run, or a file of it is damaged.
    """
    if not (folder / REPORT_JSON).is_file():
        raise StoreError(
            "there is no finished run here",
            where=str(folder),
            mend="give the run folder that ragcheck run printed, or run it to its end",
        )
    require_sealed(folder, REPORT_JSON)
    return _read_json(folder / REPORT_JSON), _table(folder, TRIALS)


def read_contexts(folder: Path) -> list[dict[str, object]]:
    """What the readers of a run were given, a row a passage; empty where it was not kept.

    Raises:
        StoreError: the table is damaged.
    """
    return _table(folder, CONTEXTS)


def read_questions(folder: Path) -> list[dict[str, object]]:
    """What a run asked, a row a question; empty where it was not kept.

    Raises:
        StoreError: the table is damaged.
    """
    return _table(folder, QUESTIONS)


def question_rows(questions: Sequence[Question]) -> list[dict[str, object]]:
    """One flat row a question: its words and its accepted answers."""
    return [
        {
            "question": question.id,
            "text": question.text,
            "answers": list(question.answers),
            "unanswerable": question.unanswerable,
            "tags": list(question.tags),
        }
        for question in questions
    ]


def holds_outputs(folder: Path, report: Report) -> bool:
    """Whether the files of a finished run with this report are all there and whole."""
    try:
        names = sealed_files(folder)
        written, _ = read_run(folder)
    except StoreError:
        return False
    return written == report and all(unsealed(folder, name) is None for name in names)


def _table(folder: Path, name: str) -> list[dict[str, object]]:
    """The rows of a table; none where the run wrote none."""
    require_sealed(folder, name)
    return _read_parquet(folder / name) if (folder / name).is_file() else []


def _read_json(path: Path) -> Report:
    try:
        return read_report(path.read_bytes())
    except OSError as problem:
        raise StoreError(
            f"the report cannot be read: {problem.strerror}", where=str(path), mend=AGAIN
        ) from problem
    except StoreError as problem:
        where = f"{path}, {problem.where}" if problem.where else str(path)
        raise StoreError(problem.what, where=where, mend=AGAIN) from problem


def _parquet(rows: Sequence[Mapping[str, object]]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([dict(r) for r in rows]), buffer)
    return buffer.getvalue()


def _read_parquet(path: Path) -> list[dict[str, object]]:
    import pyarrow
    import pyarrow.parquet

    try:
        rows: list[dict[str, object]] = pyarrow.parquet.read_table(path).to_pylist()
    except (OSError, pyarrow.ArrowException) as problem:
        raise StoreError(
            f"the table cannot be read: {problem}",
            where=str(path),
            mend=AGAIN,
        ) from problem
    return rows
