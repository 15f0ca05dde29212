"""Two states of one system, before and after a change, and what became of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ragcheck.records.results import Estimate

PASSAGES = "passages"
"""Name of the difference that stands for passages that are not the same."""
SIDES = ("parameters", "system")
SETTING_ROLES = (*SIDES, "unassigned", "design")
"""What a setting belongs to: how answers are made from passages (prompt, model, fine-tuning,
sampling), which passages there are (data, chunking, retrieval), neither of them as far as it is
known, or how the comparison was made (seed, replicates, number of questions)."""
CHANGE_VERDICTS = (
    "better", "worse", "no difference", "unchanged", "inconclusive", "not measured",
)  # fmt: skip
FOLLOWS = ("parameters", "system", "both", "nothing", "inconclusive", "not separable")
REASONS = (
    "nothing differs", "one side differs", "crossed cells", "no crossed cells", "unassigned",
    "not recorded", "same passages",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SettingDifference:
    """One setting with the levels that each state has of it; none where it does not have it."""

    name: str
    role: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """One passage that was given to the model; ``place`` is empty where nothing tells it."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One answer with its score. ``setting`` names the levels that it was given under."""

    text: str | None
    score: float | None
    setting: str = ""


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """One question in both states.

    ``before`` and ``after`` are means over all of its answers. The two answers shown differ in
    the direction of these, and are given under levels as alike as such answers are;
    ``entered`` and ``left`` are the passages that only the second and only the first of the two
    was given. ``same_evidence`` is ``None`` where the passages are not recorded.
    """

    question: str
    text: str
    references: tuple[str, ...]
    before: float
    after: float
    answer_before: ShownAnswer
    answer_after: ShownAnswer
    same_evidence: bool | None = None
    kept: int = 0
    entered: tuple[ShownPassage, ...] = ()
    left: tuple[ShownPassage, ...] = ()

    @property
    def difference(self) -> float:
        """After less before."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class StateComparison:
    """What changed from one state to the other, and which side it goes with.

    Differences are after less before, within question, over the ``questions`` that both states
    answered. ``verdict`` is one of ``CHANGE_VERDICTS``, ``follows`` one of ``FOLLOWS`` for one of
    ``REASONS``. ``parts`` maps a side, or ``interaction``, to its part of the difference;
    ``by_evidence`` maps ``same passages`` and ``other passages`` to the difference over the
    questions of each kind. ``margin`` is the difference below which two states count as equal,
    ``questions_needed`` what would decide an open verdict at the figures that were seen.
    ``scale`` is ``share`` for responses in [0, 1], else ``plain``. Of the ``worded`` questions
    with a text in both states, scored or not, ``reworded`` have other answers.
    """

    before_name: str
    after_name: str
    kind: str
    language: str
    response: str
    verdict: str
    difference: Estimate
    before: Estimate
    after: Estimate
    margin: float
    smallest_effect: float | None
    questions_needed: int | None
    follows: str
    reason: str
    parts: Mapping[str, Estimate]
    by_evidence: Mapping[str, Estimate]
    differences: tuple[SettingDifference, ...]
    questions: int
    only_before: int
    only_after: int
    changes: tuple[QuestionChange, ...]
    scale: str = "share"
    worded: int = 0
    reworded: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def worse(self) -> int:
        """Questions whose answers got worse."""
        return sum(change.difference < 0 for change in self.changes)

    @property
    def better(self) -> int:
        """Questions whose answers got better."""
        return sum(change.difference > 0 for change in self.changes)
