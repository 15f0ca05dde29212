"""What a guard is given, and what it decided for each passage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ragcheck.records.evidence import Conflict, Scope, Score

POLICIES = ("mark", "drop", "reorder", "abstain")
ACTIONS = ("kept", "marked", "moved", "dropped")
PREFERENCES = ("newer", "exception", "better ranked")
"""Why one side of a conflict is preferred."""


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    """One passage that a pipeline retrieved. ``scope`` is what its metadata say it is about."""

    text: str
    source: str | None = None
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class SettledConflict:
    """A conflict between two passages, and which one a guard prefers.

    ``preferred`` and ``rejected`` are 0-based positions, ``why`` is one of ``PREFERENCES``.
    ``asked`` in [0, 1] says how much of the question both statements speak of; ``None`` where
    there is no question to compare them with.
    """

    conflict: Conflict
    preferred: int
    rejected: int
    why: str
    asked: float | None


@dataclass(frozen=True, slots=True)
class PassageDecision:
    """What happens to one passage, and why.

    ``position`` is where it came, ``rank`` where it goes, both counted from 1; ``rank`` is
    ``None`` for a passage that does not go on. ``standalone`` is how well it can be understood
    alone; without a value where that was not measured. ``against`` are the positions of the
    passages that it conflicts with. ``checked`` is false where any of it was left unchecked, and
    a reason says what.
    """

    position: int
    action: str
    rank: int | None
    standalone: Score
    reasons: tuple[str, ...] = ()
    against: tuple[int, ...] = ()
    checked: bool = True

    def as_metadata(self) -> dict[str, object]:
        """The decision as plain values, for the metadata of a framework's document."""
        return {
            "action": self.action,
            "position": self.position,
            "reasons": list(self.reasons),
            "against": list(self.against),
            "standalone": self.standalone.value,
            "checked": self.checked,
        }


@dataclass(frozen=True, slots=True)
class GuardedPassages:
    """What a guard did for one question.

    ``abstained`` means that nothing goes on, for ``reason``. ``unchecked`` says what was not
    checked, each thing once; empty means that everything was. ``seconds`` is wall time.
    """

    question: str | None
    policy: str
    decisions: tuple[PassageDecision, ...]
    conflicts: tuple[SettledConflict, ...]
    sufficiency: Score
    abstained: bool = False
    reason: str | None = None
    unchecked: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def order(self) -> tuple[int, ...]:
        """0-based positions of the passages that go on, in the order in which they do."""
        going = [decision for decision in self.decisions if decision.rank is not None]
        return tuple(d.position - 1 for d in sorted(going, key=lambda d: d.rank or 0))

    def as_record(self) -> Mapping[str, object]:
        """All of it as plain values that JSON can hold; passages count from 1."""
        return {
            "question": self.question,
            "policy": self.policy,
            "abstained": self.abstained,
            "reason": self.reason,
            "sufficiency": self.sufficiency.value,
            "passages": [
                {"rank": decision.rank, **decision.as_metadata()} for decision in self.decisions
            ],
            "conflicts": [
                {
                    "passages": [settled.conflict.left + 1, settled.conflict.right + 1],
                    "preferred": settled.preferred + 1,
                    "why": settled.why,
                    "kind": settled.conflict.kind,
                    "values": list(settled.conflict.values or ()),
                    "probability": settled.conflict.probability,
                    "explanation": settled.conflict.explanation,
                }
                for settled in self.conflicts
            ],
            "unchecked": list(self.unchecked),
            "seconds": self.seconds,
        }
