"""Asks a pipeline of another framework its questions, and audits what came back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragcheck.config import RunConfig
from ragcheck.corpus.questions import read_questions
from ragcheck.errors import QuestionError, TraceError
from ragcheck.events import Listener, StageAdvanced, StageStarted, ignore
from ragcheck.pipeline.audit import audit_traces
from ragcheck.records.corpus import Corpus, Question
from ragcheck.records.results import Report
from ragcheck.records.traces import (
    RecordedContext,
    RecordedTraces,
    SkippedRecord,
    TraceRecord,
)
from ragcheck.text.display import one_line

Questions = Path | Iterable[str | Mapping[str, Any] | Question]
"""A question file, or questions: texts, mappings with ``question`` and ``answers``, records."""

_LONGEST_REASON = 160


@dataclass(frozen=True, slots=True)
class Came:
    """What came back for one question; ``answer`` is ``None`` where only passages were asked."""

    contexts: tuple[RecordedContext, ...]
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    id: str
    text: str
    references: tuple[str, ...] = ()


def ask_all(
    ask: Callable[[str], Came],
    questions: Questions,
    *,
    source: str,
    config: RunConfig | None,
    listen: Listener = ignore,
) -> Report:
    """Ask one question after the other and audit the answers.

    A question at which the pipeline fails is left out with the reason; the others go on.

    Raises:
        QuestionError: a question cannot be read, or there is none.
        TraceError: the pipeline failed at every question.
    """
    asked = _asked(questions)
    listen(StageStarted("ask", len(asked), "questions"))
    came: list[Came | Exception] = []
    for question in asked:
        try:
            came.append(ask(question.text))
        except Exception as problem:  # whatever a foreign pipeline raises is told in the report
            came.append(problem)
        listen(StageAdvanced("ask"))
    return _audit(asked, came, source, config, listen)


async def ask_all_async(
    ask: Callable[[str], Awaitable[Came]],
    questions: Questions,
    *,
    source: str,
    config: RunConfig | None,
    concurrency: int,
    listen: Listener = ignore,
) -> Report:
    """:func:`ask_all` with ``concurrency`` questions under way at once."""
    asked = _asked(questions)
    room = asyncio.Semaphore(concurrency)
    listen(StageStarted("ask", len(asked), "questions"))

    async def one(question: _Asked) -> Came | Exception:
        async with room:
            try:
                return await ask(question.text)
            except Exception as problem:  # as above
                return problem
            finally:
                listen(StageAdvanced("ask"))

    came = await asyncio.gather(*(one(question) for question in asked))
    return await asyncio.to_thread(_audit, asked, came, source, config, listen)


def _audit(
    asked: Sequence[_Asked],
    came: Sequence[Came | Exception],
    source: str,
    config: RunConfig | None,
    listen: Listener,
) -> Report:
    records: list[TraceRecord] = []
    skipped: list[SkippedRecord] = []
    for number, (question, found) in enumerate(zip(asked, came, strict=True), start=1):
        if isinstance(found, Exception):
            told = one_line(f"{type(found).__name__}: {found}", _LONGEST_REASON)
            skipped.append(SkippedRecord(number, told))
        elif not any(context.text.strip() for context in found.contexts):
            skipped.append(SkippedRecord(number, "no passage was retrieved"))
        else:
            records.append(
                TraceRecord(
                    id=question.id,
                    question=question.text,
                    contexts=found.contexts,
                    answer=found.answer,
                    references=question.references,
                    line=number,
                )
            )
    if not records:
        raise TraceError(
            f"no question could be audited: {skipped[0].reason}", where=source
        ) from next((found for found in came if isinstance(found, Exception)), None)
    traces = RecordedTraces(source, "asked", tuple(records), tuple(skipped))
    return audit_traces(traces, config=config, listen=listen)


def _asked(questions: Questions) -> list[_Asked]:
    if isinstance(questions, str):
        raise QuestionError(
            "one text is no list of questions", mend="give [question], or pathlib.Path(file)"
        )
    if isinstance(questions, Path):
        questions = read_questions(questions, Corpus("", ())).questions
    found = [_one(number, question) for number, question in enumerate(questions, start=1)]
    if not found:
        raise QuestionError("there is no question to ask")
    return found


def _one(number: int, question: str | Mapping[str, Any] | Question) -> _Asked:
    if isinstance(question, Question):
        return _Asked(question.id, question.text, question.answers)
    if isinstance(question, str):
        return _Asked(f"q{number}", question)
    text, answers = question.get("question"), question.get("answers", ())
    if not isinstance(text, str) or isinstance(answers, str):
        raise QuestionError(
            "a question needs a text, and a list of answers where there are any",
            where=f"question {number}",
            mend='give {"question": "...", "answers": ["..."]}',
        )
    return _Asked(str(question.get("id", f"q{number}")), text, tuple(map(str, answers)))
