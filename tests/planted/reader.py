"""A reader whose behaviour is stated: it knows the truth, and fails in the way that it is told to.

It stands behind the Generator port in place of a model, over evidence that was really retrieved:
it is right where the passages hold every gold span, and refuses where they do not, unless its
behaviour says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ragcheck import rng
from ragcheck.generation.prompts import build_prompt
from ragcheck.pipeline.reader import Reader
from ragcheck.records.corpus import Corpus, Question, content_id
from ragcheck.records.trials import Answer, GenerationRequest

REFUSAL = {"en": "not stated in the documents", "zh": "资料中没有"}
_SPACE = re.compile(r"\s+")
_OWN_SOURCE = Path(__file__).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Behaviour:
    """Chances of a failure, each for one kind of question; 0 is a reader without it.

    Attributes:
        answers_unanswerable: an answer of its own where no evidence is there.
        answers_missing: the same where the evidence of an answerable question was not retrieved.
        refuses: no answer though the evidence is there.
        drops_rules: another value or the opposite for a question about a rule.
        varies_on_rules: the same, but only in some draws at a temperature above 0.
        noise: a wrong answer in a draw, for each degree of temperature.
        blind: a wrong answer though the evidence is there, whatever the draw.
        takes_side: the rival's answer where the passages hold both sides.
    """

    answers_unanswerable: float = 0.0
    answers_missing: float = 0.0
    refuses: float = 0.0
    drops_rules: float = 0.0
    varies_on_rules: float = 0.0
    noise: float = 0.0
    blind: float = 0.0
    takes_side: float = 0.5


@dataclass(frozen=True)
class Truth:
    """What the reader knows of one question: gold and rival spans as texts, and wrong answers."""

    question: Question
    gold: tuple[str, ...]
    rivals: tuple[tuple[str, str], ...]
    wrong: str
    about_rule: bool


@dataclass
class ScriptedReader:
    """The Generator; prompts are remembered with what they were built from."""

    truths: Mapping[str, Truth]
    behaviour: Behaviour
    language: str
    built: dict[str, tuple[str, str]] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """Names all that answers follow from: behaviour, truths and this file."""
        return content_id("scripted", repr((self.behaviour, self.truths)), _OWN_SOURCE)

    def prompt(
        self, question: str, passages: Sequence[str], *, template: str, language: str
    ) -> str:
        """The prompt of a real reader."""
        text = build_prompt(question, passages, template=template, language=language)
        self.built[text] = question, squeezed(" ".join(passages))
        return text

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Answer]:
        """One answer a request."""
        return [Answer(self._answer(request)) for request in requests]

    def as_reader(self) -> Reader:
        """The reader as the pipeline takes it."""

        @contextmanager
        def connected() -> Iterator[ScriptedReader]:
            yield self

        return Reader(self.key, self.prompt, connected, False)

    def _answer(self, request: GenerationRequest) -> str:
        asked, evidence = self.built[request.prompt]
        truth, how, heat = self.truths[asked], self.behaviour, request.parameters.temperature
        kind, drawn = self._chance(asked), self._chance(asked, evidence, request.key)
        refusal = REFUSAL[self.language]
        if truth.question.unanswerable:
            return truth.wrong if kind < how.answers_unanswerable else refusal
        if not all(squeezed(text) in evidence for text in truth.gold):
            return truth.wrong if kind < how.answers_missing else refusal
        if self._chance(asked, "blind") < how.blind:
            return truth.wrong
        if self._chance(asked, "refuses") < how.refuses:
            return refusal
        if truth.about_rule and self._chance(asked, "rule") < how.drops_rules:
            return truth.wrong
        if drawn < how.noise * heat or (
            truth.about_rule and heat > 0 and drawn < how.varies_on_rules
        ):
            return truth.wrong
        for text, answer in truth.rivals:
            if squeezed(text) in evidence and self._chance(asked, evidence) < how.takes_side:
                return answer
        return truth.question.answers[0]

    def _chance(self, *names: str) -> float:
        return float(rng.generator(11, *names).random())


def squeezed(text: str) -> str:
    """The text with white space as single spaces."""
    return _SPACE.sub(" ", text).strip()


def gold_texts(question: Question, corpus: Corpus) -> tuple[str, ...]:
    """The gold spans as their documents have them."""
    return tuple(
        corpus.by_path[gold.document].text[gold.span.start : gold.span.end]
        for gold in question.evidence
        if gold.document in corpus.by_path
    )
