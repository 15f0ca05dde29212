"""Looks at the passages of one question while a pipeline waits, and decides which of them go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from time import perf_counter
from typing import TypedDict

from ragcheck.errors import ConfigError, RagcheckError
from ragcheck.measures.conflict import candidate_pairs, conflict_of, is_conflict
from ragcheck.measures.self_containedness import SelfContainedness
from ragcheck.measures.sufficiency import sufficiency
from ragcheck.pipeline.guard_decisions import Checked, decide
from ragcheck.pipeline.guard_preference import settle
from ragcheck.pipeline.guard_wording import say
from ragcheck.ports import Judge
from ragcheck.records.evidence import NOT_JUDGED, Judgement, Score
from ragcheck.records.guarding import (
    POLICIES,
    GuardedPassages,
    RetrievedPassage,
)
from ragcheck.registry import Registry, suggest
from ragcheck.text.display import one_line
from ragcheck.text.language import detect_language

UNCHECKED = ("keep", "drop")
_LONGEST_REASON = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """What a guard does, and from when on.

    Args:
        policy: ``mark`` changes metadata alone. ``drop`` leaves out the rejected side of each
            conflict, and passages that cannot be understood alone, but for the one that speaks
            most of the question. ``reorder`` moves them behind the others. ``abstain`` lets
            nothing through where a conflict concerns the question or no passage speaks of
            enough of it, and else marks.
        judge: notation of the judge that compares passages; the default needs no model.
        conflict: probability in [0, 1] from which two passages conflict; 0.5 as in reports.
        standalone: self-containedness in [0, 1] below which a passage cannot be used. 0.2 is
            far below the 0.5 of reports, and something must be named that stands in the way: the
            measure is no verdict on one passage.
        sufficient: share in [0, 1] of the question's words below which the evidence is not
            enough. 0.3 is low on purpose: wording alone decides, and a paraphrase scores low.
        asked: share in [0, 1] of the question's words that both sides of a conflict must
            speak of for it to concern the answer.
        budget: seconds of wall time for one question; ``None`` for no limit. What was not
            checked by then is said.
        longest: characters of one passage that are read.
        unchecked: whether a passage that was not checked is kept, or dropped by ``drop``.

    Raises:
        ConfigError: a value does not fit.
    """

    policy: str = "mark"
    judge: str = "structural"
    conflict: float = 0.5
    standalone: float = 0.2
    sufficient: float = 0.3
    asked: float = 0.4
    budget: float | None = 0.15
    longest: int = 8_000
    unchecked: str = "keep"

    def __post_init__(self) -> None:
        for key, known in (("policy", POLICIES), ("unchecked", UNCHECKED)):
            value = getattr(self, key)
            if value not in known:
                raise ConfigError(f"{key} cannot be {value!r}", mend=suggest(str(value), known))
        for key in ("conflict", "standalone", "sufficient", "asked"):
            if not 0 <= getattr(self, key) <= 1:
                raise ConfigError(f"{key} is a number from 0 to 1, not {getattr(self, key)!r}")
        if (self.budget is not None and not self.budget > 0) or self.longest < 1:
            raise ConfigError("budget (seconds) and longest (characters) are above 0")


class GuardOptions(TypedDict, total=False):
    """The fields of :class:`GuardSettings`, as keyword arguments."""

    policy: str
    judge: str
    conflict: float
    standalone: float
    sufficient: float
    asked: float
    budget: float | None
    longest: int
    unchecked: str


class Guard:
    """Checks the passages of a question and decides what happens to each.

    A guard may be used by any number of threads at once and gives each what it would give it
    alone; calls of the judge are made one at a time, as not every judge allows more. Without a
    time budget the decisions depend on question and passages alone. With one, passages are
    checked in rank order until the next is not expected to fit. A call of the judge is not
    interrupted: a judge that is slow once is late once.

    Args:
        settings: what to do, and from when on.
        judge: instead of the one that the settings name.
        clock: seconds, ever growing.

    Raises:
        ConfigError: there is no such judge.
    """

    def __init__(
        self,
        settings: GuardSettings | None = None,
        *,
        judge: Judge | None = None,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self.settings = settings or GuardSettings()
        self._judge: Judge = judge or Registry().create("judge", self.settings.judge)
        self._self_containedness = SelfContainedness()
        self._clock = clock
        self._lock = Lock()
        self._warm_up()

    def _warm_up(self) -> None:
        """Load tables and patterns now, so that the first question need not wait for them."""
        for text in ("Returns are free for 30 days.", "三十日内可以免费退货。"):
            self._self_containedness.score([text])
            sufficiency(text, [text])
        self._judge.judge([("A fee of 5 EUR is due.", "A fee of 6 EUR is due.")], [None])

    def check(
        self, question: str | None, passages: Sequence[RetrievedPassage | str]
    ) -> GuardedPassages:
        """Decide what happens to each passage.

        Args:
            question: without one, conflicts and self-containedness are still checked.
            passages: best first.
        """
        begun = self._clock()
        given = [RetrievedPassage(p) if isinstance(p, str) else p for p in passages]
        language = detect_language(question or " ".join(p.text[:200] for p in given))
        heads = [passage.text[: self.settings.longest] for passage in given]
        checked = Checked(question, given, heads, language)
        for position in range(len(given)):
            if not self._in_time(heads, position, begun):
                self._leave(checked, range(position, len(given)))
                break
            self._check_one(checked, position)
        decided = decide(checked, self.settings)
        return GuardedPassages(
            question=question,
            policy=self.settings.policy,
            decisions=decided.decisions,
            conflicts=tuple(checked.conflicts),
            sufficiency=checked.sufficiency,
            abstained=decided.abstained,
            reason=decided.reason,
            unchecked=checked.unchecked(),
            seconds=self._clock() - begun,
        )

    def _in_time(self, texts: Sequence[str], position: int, begun: float) -> bool:
        """Whether the next passage fits, at the pace of those before it."""
        if self.settings.budget is None:
            return True
        spent = self._clock() - begun
        ahead = spent * len(texts[position]) / max(1, sum(map(len, texts[:position])))
        return spent + (ahead if position else 0.0) <= self.settings.budget

    def _leave(self, checked: Checked, positions: range) -> None:
        late = say(checked.language, "late", ms=1000 * (self.settings.budget or 0.0))
        for position in positions:
            checked.notes[position].append(late)
            checked.standalone[position] = Score(None, reason=late)
        checked.complete = False

    def _check_one(self, checked: Checked, position: int) -> None:
        text = checked.texts[position]
        if not text.strip():
            blank = say(checked.language, "blank")
            checked.notes[position].append(blank)
            checked.standalone[position] = Score(None, reason=blank)
            return
        if len(text) < len(checked.passages[position].text):
            cut = say(checked.language, "long", longest=self.settings.longest)
            checked.notes[position].append(cut)
            checked.standalone[position] = Score(None, reason=cut)
        else:
            checked.standalone[position] = self._self_containedness.score([text])[0]
        self._support(checked, position, text)
        self._compare(checked, position)

    def _support(self, checked: Checked, position: int, text: str) -> None:
        """Keep the best support so far: the same as one look at all passages together."""
        if checked.question is None:
            return
        found = sufficiency(checked.question, [text])
        if found.value is not None and found.value > (checked.sufficiency.value or -1.0):
            checked.sufficiency = Score(found.value, span=found.span, passage=position)
        elif found.value is None and checked.sufficiency.value is None:
            checked.sufficiency = found

    def _compare(self, checked: Checked, position: int) -> None:
        """Judge the pairs of a passage with those before it."""
        upto = checked.texts[: position + 1]
        pairs = [pair for pair in candidate_pairs(upto) if pair[1] == position]
        try:
            judged = self._judged(checked, pairs)
        except RagcheckError as problem:
            checked.notes[position].append(
                say(checked.language, "unjudged_all", reason=one_line(problem.what, 120))
            )
            return
        for pair, judgement in zip(pairs, judged, strict=True):
            if judgement.relation == NOT_JUDGED:
                reason = one_line(judgement.reason or NOT_JUDGED, _LONGEST_REASON)
                note = say(checked.language, "unjudged", other=pair[0] + 1, reason=reason)
                checked.notes[position].append(note)
            elif is_conflict(judgement, threshold=self.settings.conflict):
                conflict = conflict_of(pair, judgement, checked.texts)
                sides = [checked.passages[i] for i in pair]
                checked.conflicts.append(settle(conflict, *sides, question=checked.question))

    def _judged(self, checked: Checked, pairs: Sequence[tuple[int, int]]) -> list[Judgement]:
        if not pairs:
            return []
        texts, about = checked.texts, [passage.scope for passage in checked.passages]
        with self._lock:
            return self._judge.judge(
                [(texts[i], texts[j]) for i, j in pairs],
                [checked.question] * len(pairs),
                [(about[i], about[j]) for i, j in pairs],
            )
