"""From what was checked to what happens: the policies of a guard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ragcheck.pipeline.guard_wording import say
from ragcheck.records.evidence import Score
from ragcheck.records.guarding import PassageDecision, RetrievedPassage, SettledConflict
from ragcheck.text.display import one_line

LONGEST_VALUE = 80
_NAMED_DEFECTS = 2


class Thresholds(Protocol):
    """The settings that decide."""

    @property
    def policy(self) -> str: ...
    @property
    def standalone(self) -> float: ...
    @property
    def sufficient(self) -> float: ...
    @property
    def asked(self) -> float: ...
    @property
    def unchecked(self) -> str: ...


@dataclass
class Checked:
    """What is known so far of the passages of one question; positions count from 0.

    ``texts`` are the parts of the passages that are read, ``notes`` say what was not checked of
    a passage, and ``complete`` is false where time ran out.
    """

    question: str | None
    passages: Sequence[RetrievedPassage]
    texts: Sequence[str]
    language: str
    conflicts: list[SettledConflict] = field(default_factory=list)
    sufficiency: Score = field(init=False)
    standalone: list[Score] = field(init=False)
    notes: list[list[str]] = field(init=False)
    complete: bool = True

    def __post_init__(self) -> None:
        why = "none" if not self.passages else "no_question" if self.question is None else "blank"
        unknown = Score(None, reason=say(self.language, why))
        self.sufficiency = unknown
        self.standalone = [unknown] * len(self.passages)
        self.notes = [[] for _ in self.passages]

    def unchecked(self) -> tuple[str, ...]:
        """Everything that was not checked."""
        found = [
            say(self.language, "passage", number=number, reason=note)
            for number, notes in enumerate(self.notes, start=1)
            for note in notes
        ]
        if self.passages and self.sufficiency.value is None:
            reason = self.sufficiency.reason
            found.append(
                say(self.language, "no_question")
                if self.question is None
                else say(self.language, "no_sufficiency", reason=reason)
            )
        return tuple(found)

    def stated(self, settled: SettledConflict, position: int) -> tuple[str, str]:
        """What the passage at ``position`` says, and what the other side says."""
        conflict = settled.conflict
        values = conflict.values or (
            self.passages[conflict.left].text[conflict.left_span.start : conflict.left_span.end],
            self.passages[conflict.right].text[conflict.right_span.start : conflict.right_span.end],
        )
        here, there = (one_line(value, LONGEST_VALUE) for value in values)
        return (here, there) if position == conflict.left else (there, here)


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision a passage, and whether none of them goes on."""

    decisions: tuple[PassageDecision, ...]
    abstained: bool = False
    reason: str | None = None


def decide(checked: Checked, settings: Thresholds) -> Decided:
    """What the policy does with what was checked."""
    unusable = _unusable(checked, settings)
    reasons = [_reasons(checked, i, unusable) for i in range(len(checked.passages))]
    bad = _rejected(checked) | {i for i in unusable if i != checked.sufficiency.passage}
    if settings.unchecked == "drop":
        bad |= {i for i, notes in enumerate(checked.notes) if notes}
    order = list(range(len(checked.passages)))
    refusal = _refusal(checked, settings) if settings.policy == "abstain" else None
    if refusal is not None:
        order = []
    elif settings.policy == "drop":
        order = [i for i in order if i not in bad]
    elif settings.policy == "reorder":
        order.sort(key=lambda i: i in bad)
    ranks = {position: rank for rank, position in enumerate(order, start=1)}
    decisions = [
        PassageDecision(
            position=i + 1,
            action=_action(i, ranks, order, settings.policy, bool(reasons[i])),
            rank=ranks.get(i),
            standalone=checked.standalone[i],
            reasons=tuple(reasons[i]),
            against=tuple(other + 1 for other in _against(checked, i)),
            checked=not checked.notes[i],
        )
        for i in range(len(checked.passages))
    ]
    return Decided(tuple(decisions), refusal is not None, refusal)


def _action(
    position: int, ranks: dict[int, int], order: Sequence[int], policy: str, noted: bool
) -> str:
    if position not in ranks:
        return "dropped"
    if policy == "reorder" and any(other > position for other in order[: ranks[position] - 1]):
        return "moved"
    return "marked" if noted else "kept"


def _unusable(checked: Checked, settings: Thresholds) -> set[int]:
    """Passages that a reader cannot understand alone, and of which something says why."""
    return {
        i
        for i, score in enumerate(checked.standalone)
        if score.value is not None and score.value < settings.standalone and score.defects
    }


def _rejected(checked: Checked) -> set[int]:
    """The rejected side of each conflict, most probable first; a rejected passage rejects none."""
    rejected: set[int] = set()
    ordered = sorted(
        checked.conflicts,
        key=lambda s: (-s.conflict.probability, s.conflict.left, s.conflict.right),
    )
    for settled in ordered:
        if settled.preferred not in rejected:
            rejected.add(settled.rejected)
    return rejected


def _against(checked: Checked, position: int) -> list[int]:
    sides = [(s.conflict.left, s.conflict.right) for s in checked.conflicts]
    return [other for left, right in sides for one, other in ((left, right), (right, left))
            if one == position]  # fmt: skip


def _reasons(checked: Checked, position: int, unusable: set[int]) -> list[str]:
    language = checked.language
    reasons = []
    for settled in checked.conflicts:
        if position not in (settled.preferred, settled.rejected):
            continue
        here, there = checked.stated(settled, position)
        side = "rejected" if position == settled.rejected else "preferred"
        other = settled.preferred if side == "rejected" else settled.rejected
        why = say(language, settled.why)
        reasons.append(say(language, side, other=other + 1, why=why, here=here, there=there))
    score = checked.standalone[position]
    if position in unusable:
        named = [one_line(d.message, LONGEST_VALUE) for d in score.defects[:_NAMED_DEFECTS]]
        reasons.append(say(language, "not_alone", value=score.value, defects="; ".join(named)))
    return [*reasons, *checked.notes[position]]


def _refusal(checked: Checked, settings: Thresholds) -> str | None:
    """Why nothing should go on: two answers to the question, or too little evidence.

    Where time ran out before every passage was seen, too little is never said.
    """
    language = checked.language
    if not checked.passages:
        return say(language, "none")
    for settled in checked.conflicts:
        if settled.asked is None or settled.asked >= settings.asked:
            one, other = settled.conflict.left, settled.conflict.right
            here, there = checked.stated(settled, one)
            return say(
                language, "two_answers", one=one + 1, other=other + 1, here=here, there=there
            )
    share = checked.sufficiency.value
    if checked.complete and share is not None and share < settings.sufficient:
        return say(language, "insufficient", value=share, least=settings.sufficient)
    return None
