"""Tables of a run, made by hand for the rules on them."""

from __future__ import annotations

from collections.abc import Mapping

from ragcheck.records.corpus import Document, GoldEvidence, Question, Span
from ragcheck.records.results import Estimate
from ragcheck.records.trials import Answer, AnswerScore, Cell, Trial
from ragcheck.triage.signals import Signal


def answered(
    question: str,
    text: str,
    *,
    right: float = 1.0,
    abstained: bool = False,
    temperature: float = 0.0,
    replicate: int = 0,
    k: int = 5,
    sufficiency: float | None = 1.0,
    conflict: float = 0.0,
) -> Trial:
    """One scored trial."""
    verdict = "abstained" if abstained else "correct" if right == 1.0 else "wrong"
    return Trial(
        question,
        Cell({"k": k}, {"temperature": temperature}, replicate),
        Answer(text),
        AnswerScore(verdict, right, right, right, abstained),
        properties={"sufficiency": sufficiency, "conflict": conflict},
    )


def about(document: Document, quote: str) -> tuple[GoldEvidence, ...]:
    """Gold evidence at the quote's first place in the document."""
    start = document.text.index(quote)
    return (GoldEvidence(document.path, Span(start, start + len(quote)), quote),)


def fired(signals: list[Signal]) -> Mapping[str, bool | None]:
    """What each rule says."""
    return {signal.rule: signal.fired for signal in signals}


def by_rule(signals: list[Signal]) -> Mapping[str, Signal]:
    """Signals by their rule."""
    return {signal.rule: signal for signal in signals}


def simple(count: int, *, answer: str = "{} days", unanswerable: bool = False) -> list[Question]:
    """Questions that differ in what they are about, with answers that differ."""
    names = [f"{first}{second}" for first in "ABCDEFGH" for second in "klmnoprstu"]
    return [
        Question(
            f"q{i}", f"How long does {names[i]} last?",
            () if unanswerable else (answer.format(i + 2),), unanswerable=unanswerable,
        )
        for i in range(count)
    ]  # fmt: skip


def share(value: float, half: float = 0.05, n: int = 40) -> Estimate:
    """An estimate with a symmetric interval."""
    return Estimate(value, value - half, value + half, n=n)
