"""Cells of the experiment, what was asked of the model, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ragcheck.records.corpus import content_id

Level = str | int | float | bool


@dataclass(frozen=True, slots=True)
class GenerationParameters:
    """Sampling parameters of one request; ``None`` leaves a parameter to the server."""

    temperature: float = 0.0
    top_p: float | None = None
    top_k: int | None = None
    seed: int | None = None
    max_tokens: int = 24

    @property
    def is_greedy(self) -> bool:
        """At temperature 0 the other sampling parameters cannot change the answer."""
        return self.temperature == 0.0


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One prompt with its parameters; ``key`` is equal for requests that must be sent once."""

    prompt: str
    parameters: GenerationParameters
    stop: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        p = self.parameters
        sampling = "greedy" if p.is_greedy else f"{p.temperature}|{p.top_p}|{p.top_k}|{p.seed}"
        return content_id(self.prompt, sampling, str(p.max_tokens), *self.stop)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model returned. ``text`` is ``None`` exactly where ``failure`` says why."""

    text: str | None
    failure: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    def __post_init__(self) -> None:
        if (self.text is None) == (self.failure is None):
            raise ValueError("an answer has either a text or a failure")


@dataclass(frozen=True, slots=True)
class AnswerScore:
    """How good one answer is.

    ``verdict`` is ``correct``, ``wrong``, ``abstained`` or ``unscored`` (then ``reason`` says
    why and the numbers are ``None``). ``correctness``, ``completeness`` and ``overall`` are in
    [0, 1]. Abstaining from an unanswerable question is correct.
    """

    verdict: str
    correctness: float | None
    completeness: float | None
    overall: float | None
    abstained: bool
    reason: str | None = None
    matched: str | None = None
    token_f1: float | None = None


VERDICTS = ("correct", "wrong", "abstained", "unscored")


@dataclass(frozen=True)
class Cell:
    """One combination of factor levels, the same for every question."""

    evidence: Mapping[str, Level]
    generation: Mapping[str, Level]
    replicate: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "evidence", MappingProxyType(dict(self.evidence)))
        object.__setattr__(self, "generation", MappingProxyType(dict(self.generation)))

    @property
    def id(self) -> str:
        factors = {**self.evidence, **self.generation, "replicate": self.replicate}
        return content_id(*(f"{name}={level!r}" for name, level in sorted(factors.items())))


@dataclass(frozen=True)
class Trial:
    """One question answered in one cell.

    ``intervention`` names what was done to the evidence; the trials of the crossed design have
    ``none``. ``context`` names what the reader was given, passage by passage.
    """

    question_id: str
    cell: Cell
    answer: Answer
    score: AnswerScore
    chunk_ids: tuple[str, ...] = ()
    properties: Mapping[str, float | None] = field(default_factory=dict)
    intervention: str = "none"
    context: str = ""
