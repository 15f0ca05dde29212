"""Question files: JSON Lines, one question a line, anchors resolved to spans.

A line is ``{"id", "question", "answers": [...], "evidence": [{"document", "quote"} or
{"document", "start", "end"}], "unanswerable", "tags": [...], "conflicting": [{"answer",
"document", "quote"}]}``; only ``question`` must be there. What cannot be used is left out with
a warning that says where, what, and what to write.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from rapidfuzz import fuzz

from ragcheck.corpus.anchors import AnchorFinder
from ragcheck.corpus.extraction import scrub
from ragcheck.errors import QuestionError
from ragcheck.records.corpus import (
    Corpus,
    GoldEvidence,
    Question,
    QuestionSet,
    RivalAnswer,
    Span,
    content_id,
)
from ragcheck.registry import suggest

KEYS = ("id", "question", "answers", "evidence", "unanswerable", "tags", "conflicting")
_MAX_BYTES = 64 << 20
_LISTED_LINES = 5


class _LineError(Exception):
    """Why a line, or one anchor of it, is left out."""


def read_questions(path: Path, corpus: Corpus) -> QuestionSet:
    """Read a question file and find its anchors in the corpus.

    Raises:
        QuestionError: the file cannot be read, or no line of it is a valid question.
    """
    path = Path(path)
    reader = _Reader(path, corpus)
    for number, line in _lines(path, reader.warnings):
        reader.read_line(number, line)
    return reader.finish()


class _Reader:
    """Turns lines into questions; keeps the warnings in line order."""

    def __init__(self, path: Path, corpus: Corpus) -> None:
        self._path = path
        self._corpus = corpus
        self._finders: dict[str, AnchorFinder] = {}
        self._questions: dict[str, Question] = {}
        self._unknown_keys: set[str] = set()
        self._without_answer: list[int] = []
        self.warnings: list[str] = []

    def read_line(self, number: int, line: str) -> None:
        try:
            question = self._question(number, _parse(line))
        except _LineError as fault:
            self._warn(number, f"{fault}; the line was left out")
            return
        if question.id in self._questions:
            self._warn(number, f"the id {question.id!r} is taken; the line was left out")
            return
        if not question.answers and not question.unanswerable:
            self._without_answer.append(number)
        self._questions[question.id] = question

    def finish(self) -> QuestionSet:
        if not self._questions:
            raise QuestionError(
                "no valid question" + (f": {self.warnings[0]}" if self.warnings else ""),
                where=str(self._path),
                mend='write one JSON object a line: {"question": "...", "answers": ["..."]}',
            )
        if self._without_answer:
            shown = ", ".join(map(str, self._without_answer[:_LISTED_LINES]))
            more = len(self._without_answer) - _LISTED_LINES
            lines = f"{shown} and {more} more" if more > 0 else shown
            self.warnings.append(
                f"{self._path}: no answers on line {lines}: answers to these cannot be scored; "
                'write "answers": [...] or "unanswerable": true'
            )
        return QuestionSet(tuple(self._questions.values()), tuple(self.warnings))

    def _question(self, number: int, data: Mapping[str, object]) -> Question:
        text = data.get("question")
        if not isinstance(text, str) or not text.strip():
            raise _LineError('there is no question; write "question": "..."')
        answers = _texts(data, "answers")
        unanswerable = data.get("unanswerable") or False
        if not isinstance(unanswerable, bool):
            raise _LineError('"unanswerable" is not a truth value; write true or false')
        if unanswerable and answers:
            self._warn(number, '"unanswerable" is true, so "answers" is ignored; remove one')
            answers = ()
        identity = _identity(data, text, answers)
        tags = _texts(data, "tags")
        evidence, conflicting = _objects(data, "evidence"), _objects(data, "conflicting")
        self._check_keys(number, data)
        return Question(
            id=identity,
            text=scrub(text).strip(),
            answers=answers,
            evidence=tuple(self._anchors(number, "evidence", evidence)),
            rivals=tuple(self._rivals(number, conflicting)),
            unanswerable=unanswerable,
            tags=tags,
        )

    def _anchors(
        self, number: int, key: str, entries: list[Mapping[str, object]]
    ) -> Iterator[GoldEvidence]:
        for entry in entries:
            anchor = self._anchor(number, key, entry)
            if anchor is not None:
                yield anchor

    def _rivals(self, number: int, entries: list[Mapping[str, object]]) -> Iterator[RivalAnswer]:
        for entry in entries:
            answer = entry.get("answer")
            if not isinstance(answer, str) or not answer.strip():
                self._warn(number, '"conflicting" has an entry without "answer": "..."')
                continue
            anchor = self._anchor(number, "conflicting", entry)
            if anchor is not None:
                yield RivalAnswer(scrub(answer).strip(), anchor)

    def _anchor(self, number: int, key: str, entry: Mapping[str, object]) -> GoldEvidence | None:
        try:
            return self._resolve(number, key, entry)
        except _LineError as fault:
            self._warn(number, f'"{key}": {fault}; this anchor was left out')
            return None

    def _resolve(self, number: int, key: str, entry: Mapping[str, object]) -> GoldEvidence:
        path = entry.get("document")
        if not isinstance(path, str) or not path.strip():
            raise _LineError('an entry has no document; write "document": "path"')
        document = self._corpus.by_path.get(_normal_path(path))
        if document is None:
            raise _LineError(f"{path!r} is not in the corpus; {self._nearest(path)}")
        quote = entry.get("quote")
        if quote is None and ("start" in entry or "end" in entry):
            span = _span(entry, len(document.text))
            return GoldEvidence(document.path, span, document.text[span.start : span.end])
        if not isinstance(quote, str) or not quote.strip():
            raise _LineError('an entry has neither "quote": "..." nor "start" and "end"')
        finder = self._finders.setdefault(document.path, AnchorFinder(document))
        match = finder.find(quote)
        if match is None:
            raise _LineError(
                f"the quote {_short(quote)} is not in {path}; copy it from the text as it stands"
            )
        if match.ambiguous:
            self._warn(
                number,
                f'"{key}": the quote {_short(quote)} is in {path} more than once; the first '
                'place was taken: write a longer quote, or "start" and "end"',
            )
        span = match.span
        return GoldEvidence(document.path, span, document.text[span.start : span.end])

    def _nearest(self, path: str) -> str:
        """The most similar path, where the file name weighs as much as its folders."""
        name = PurePosixPath(path).name
        scored = [
            (fuzz.ratio(path, known) + fuzz.ratio(name, PurePosixPath(known).name), known)
            for known in self._corpus.by_path
        ]
        score, near = max(scored, default=(0.0, ""))
        return f"did you mean {near!r}?" if score >= 100 else "write its path below the corpus"

    def _check_keys(self, number: int, data: Mapping[str, object]) -> None:
        for key in data:
            if key not in KEYS and key not in self._unknown_keys:
                self._unknown_keys.add(key)
                self._warn(number, f"the key {key!r} is not known; {suggest(key, KEYS)}")

    def _warn(self, number: int, message: str) -> None:
        self.warnings.append(f"{self._path}:{number}: {message}")


def _lines(path: Path, warnings: list[str]) -> Iterator[tuple[int, str]]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise QuestionError(
                f"the question file is larger than {_MAX_BYTES >> 20} MB",
                where=str(path),
                mend="split it",
            )
        raw = path.read_bytes()
    except OSError as problem:
        raise QuestionError(
            f"the question file cannot be read: {problem.strerror}",
            where=str(path),
            mend="give a JSON Lines file",
        ) from problem
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            text = line.decode("utf-8").strip()
        except UnicodeDecodeError:
            warnings.append(
                f"{path}:{number}: not UTF-8; save the file as UTF-8; the line was left out"
            )
            continue
        if text:
            yield number, text


def _parse(line: str) -> Mapping[str, object]:
    try:
        data = json.loads(line)
    except json.JSONDecodeError as problem:
        raise _LineError(
            f"not JSON ({problem.msg} at column {problem.colno}); write one JSON object a line"
        ) from problem
    except (ValueError, RecursionError) as problem:
        raise _LineError(f"not JSON ({problem}); write one JSON object a line") from problem
    if not isinstance(data, dict):
        raise _LineError('not a JSON object; write {"question": "...", "answers": ["..."]}')
    return data


def _identity(data: Mapping[str, object], text: str, answers: tuple[str, ...]) -> str:
    given = data.get("id")
    if given is None:
        return content_id("question", text, *answers)
    if isinstance(given, bool) or not isinstance(given, str | int) or not str(given).strip():
        raise _LineError('"id" is not a text; write "id": "q-1", or leave it out')
    return scrub(str(given)).strip()


def _texts(data: Mapping[str, object], key: str) -> tuple[str, ...]:
    values = data.get(key)
    if values is None:
        return ()
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise _LineError(f'"{key}" is not a list of texts; write "{key}": ["...", "..."]')
    return tuple(scrub(value).strip() for value in values if value.strip())


def _objects(data: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    values = data.get(key)
    if values is None:
        return []
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise _LineError(
            f'"{key}" is not a list of objects; write "{key}": [{{"document": "...", ...}}]'
        )
    return values


def _span(entry: Mapping[str, object], length: int) -> Span:
    start, end = entry.get("start"), entry.get("end")
    if (
        not isinstance(start, int)
        or not isinstance(end, int)
        or isinstance(start, bool)
        or isinstance(end, bool)
        or not 0 <= start < end <= length
    ):
        raise _LineError(
            f'"start" {start!r} and "end" {end!r} are no range of the text; write whole numbers '
            f"with 0 <= start < end <= {length}"
        )
    return Span(start, end)


def _normal_path(path: str) -> str:
    return str(PurePosixPath(path.replace("\\", "/")))


def _short(quote: str) -> str:
    text = " ".join(quote.split())
    return repr(text if len(text) <= 60 else text[:57] + "...")
