"""The judge without a model: aligns the sentences of two texts and compares what they state."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ragcheck.judges.analysis import AnalysedText, Sentence, analyse
from ragcheck.judges.asked import question_of_each
from ragcheck.judges.differences import Difference, echoes, find_differences
from ragcheck.judges.explanations import CAUSES, explain
from ragcheck.judges.scope import different_scope, one_sided
from ragcheck.records.evidence import Judgement, Scope
from ragcheck.text.alignment import Alignment, Frame, align, coverage, read_frame, read_words
from ragcheck.text.tokens import normalise

# Logistic curve from the strength of a difference to the probability of a conflict.
MIDDLE, STEEPNESS = 0.47, 11.0
CONFLICT = 0.5
# Two sentences of one text are seldom at odds, and a list of cases often looks as if they were.
INSIDE = 0.7
ABOUT_THE_SAME = 0.45
MOST_ALIGNMENTS = 40
MOST_DIFFERENCES = 8
# A sentence is compared with others that are nearly as like it as the nearest one.
NEAREST = 0.8
# What is left of the probability where the case, the exception or the question speaks against it.
OTHER_SCOPE, ONE_SIDED, OFF_THE_QUESTION = 0.25, 0.6, 0.35
ENOUGH_OF_THE_QUESTION = 0.45
# ... or where the other text says the same in another sentence.
ECHOED = 0.4
_ASKS = re.compile(r"[?？]\s*\Z")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A difference with its probability, and why both sides can be true, if they can."""

    difference: Difference
    probability: float
    scope: str | None


class StructuralJudge:
    """Finds contradictions by structure: no model, no network, no randomness.

    It compares values (30 minutes is 1800 seconds), dates, versions, negation and permission,
    names and lists of sentences that speak of the same thing. It misses what only reading
    finds, and says so by a low probability, not by a guess.
    """

    @property
    def notation(self) -> str:
        return "structural"

    def judge(
        self,
        pairs: Sequence[tuple[str, str]],
        questions: Sequence[str | None] | None = None,
        scopes: Sequence[tuple[Scope, Scope]] | None = None,  # noqa: ARG002 - of the port
    ) -> list[Judgement]:
        """One judgement a pair, in order; each text is read once a call.

        Args:
            scopes: not used by this judge.

        Raises:
            ValueError: there are not as many questions as pairs.
        """
        asked = question_of_each(pairs, questions)
        texts = {text: analyse(text) for text in {text for pair in pairs for text in pair}}
        frames = {question: _question_frame(question) for question in asked}
        return [
            judge_texts(texts[left], texts[right], frames[question])
            for (left, right), question in zip(pairs, asked, strict=True)
        ]


def judge_texts(left: AnalysedText, right: AnalysedText, question: Frame) -> Judgement:
    """Judge two analysed texts. Swapping them swaps the sides and nothing else."""
    language = left.language if left.language == right.language else "en"
    flip = left.text > right.text
    first, second = (right, left) if flip else (left, right)
    compared = compare(first, second, question)
    relation, probability, candidate = compared.relation, compared.probability, compared.decisive
    if candidate is None:
        return Judgement(relation, probability, explanation=explain(relation, language))
    if flip:
        candidate = flipped(candidate)
    return state(relation, probability, candidate, language)


def conflicts_inside(text: str, question: str | None = None) -> list[Judgement]:
    """Conflicts between two sentences of one text; both spans are in that text.

    Headings and questions state nothing, and a negation beside its rule is an exception.
    """
    analysed = analyse(text)
    frame = _question_frame(question)
    found = []
    stating = [s for s in analysed.sentences if not s.is_heading and not _ASKS.search(s.text)]
    for i, sentence in enumerate(stating):
        for other in stating[i + 1 :]:
            aligned = align([sentence.frame], [other.frame], least=ABOUT_THE_SAME)
            candidates = _candidates([sentence], [other], aligned, frame)
            best = best_candidate(candidates)
            if (
                best is not None
                and best.probability >= INSIDE
                and best.difference.cue is None
                and best.difference.kind not in ("list", "negation")
            ):
                relation = conflict_relation(best)
                found.append(state(relation, best.probability, best, analysed.language))
    return found


def _question_frame(question: str | None) -> Frame:
    return read_frame(read_words(question)) if question else {}


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that the structural judge has to say of two texts; sides are as they were given."""

    relation: str
    probability: float
    decisive: Candidate | None
    same_subject: bool = False
    candidates: tuple[Candidate, ...] = ()
    contested: tuple[Alignment, ...] = ()


def compare(left: AnalysedText, right: AnalysedText, question: Frame) -> Comparison:
    """Relation, probability of a conflict, and the differences with the one that decided."""
    if normalise(left.text) == normalise(right.text):
        relation, _ = no_conflict_relation((), same_subject=bool(left.sentences))
        return Comparison(relation, 0.0, None, bool(left.sentences))
    aligned = align(
        [sentence.frame for sentence in left.sentences],
        [sentence.frame for sentence in right.sentences],
    )
    contested = _contested(left.sentences, right.sentences, aligned)
    candidates = _candidates(left.sentences, right.sentences, contested, question)
    same = any(
        pair.similarity >= ABOUT_THE_SAME or pair.containment >= 2 * ABOUT_THE_SAME
        for pair in aligned
    )
    best = best_candidate(candidates)
    probability = best.probability if best is not None else 0.0
    if best is not None and probability >= CONFLICT:
        decisive: Candidate | None = best
        relation = conflict_relation(best)
    else:
        relation, decisive = no_conflict_relation(candidates, same_subject=same)
    return Comparison(relation, probability, decisive, same, tuple(candidates), tuple(contested))


def no_conflict_relation(
    candidates: Sequence[Candidate], *, same_subject: bool
) -> tuple[str, Candidate | None]:
    """How two texts relate that do not contradict each other, with the case that differs."""
    scoped = [c for c in candidates if c.scope is not None and c.difference.strength >= MIDDLE]
    if scoped:
        return "different scope", max(scoped, key=_strength)
    return ("agree" if same_subject else "unrelated"), None


def _contested(
    left: Sequence[Sentence], right: Sequence[Sentence], aligned: Sequence[Alignment]
) -> list[Alignment]:
    """Alignments worth a comparison: of sentences without a twin, to their nearest sentences.

    A sentence that stands on both sides contradicts nothing there.
    """
    twins = {s.plain for s in left} & {s.plain for s in right}
    nearest_left: dict[int, float] = {}
    nearest_right: dict[int, float] = {}
    for pair in aligned:
        nearest_left.setdefault(pair.left, pair.similarity)
        nearest_right.setdefault(pair.right, pair.similarity)
    return [
        pair
        for pair in aligned
        if left[pair.left].plain not in twins
        and right[pair.right].plain not in twins
        and pair.similarity >= NEAREST * max(nearest_left[pair.left], nearest_right[pair.right])
    ][:MOST_ALIGNMENTS]


def _strength(candidate: Candidate) -> float:
    return candidate.difference.strength


def best_candidate(candidates: Sequence[Candidate]) -> Candidate | None:
    """The difference that most probably makes a conflict."""
    return max(candidates, key=lambda c: (c.probability, _strength(c)), default=None)


def _candidates(
    left: Sequence[Sentence],
    right: Sequence[Sentence],
    aligned: Sequence[Alignment],
    question: Frame,
) -> list[Candidate]:
    found = []
    for pair in aligned:
        a, b = left[pair.left], right[pair.right]
        asked = _relevance(a, b, question)
        for difference in find_differences(a, b, pair)[:MOST_DIFFERENCES]:
            echoed = echoes(difference, left, right)
            found.append(_weigh(difference, asked, question, ECHOED if echoed else 1.0))
    return found


def _relevance(a: Sentence, b: Sentence, question: Frame) -> float | None:
    """How much of the question both sentences speak of; ``None`` where there is no question."""
    if not question:
        return None
    return min(coverage(question, a.frame.keys()), coverage(question, b.frame.keys()))


def _weigh(
    difference: Difference, asked: float | None, question: Frame, factor: float
) -> Candidate:
    strength = difference.strength
    if asked is not None:
        share = min(1.0, asked / ENOUGH_OF_THE_QUESTION)
        strength += 0.15 * (share - 0.5)
        factor *= OFF_THE_QUESTION + (1 - OFF_THE_QUESTION) * share
    scope = different_scope(difference, question)
    if scope is not None:
        factor *= OTHER_SCOPE
    elif one_sided(difference):
        factor *= ONE_SIDED
    probability = factor / (1 + math.exp(-STEEPNESS * (strength - MIDDLE)))
    return Candidate(difference, min(1.0, max(0.0, probability)), scope)


def conflict_relation(candidate: Candidate) -> str:
    """``supersedes`` where one side says that it replaces something, else ``conflict``."""
    sides = (candidate.difference.left, candidate.difference.right)
    return "supersedes" if any(side.replaces for side in sides) else "conflict"


def flipped(candidate: Candidate) -> Candidate:
    """The same difference with its sides the other way round."""
    difference = candidate.difference
    turned = replace(
        difference,
        left=difference.right,
        right=difference.left,
        values=(difference.values[1], difference.values[0]),
    )
    return replace(candidate, difference=turned)


def state(relation: str, probability: float, candidate: Candidate, language: str) -> Judgement:
    """The judgement that a difference founds, with spans, values and explanation."""
    difference = candidate.difference
    scoped = relation == "different scope"
    return Judgement(
        relation,
        probability,
        None if scoped else difference.left.span,
        None if scoped else difference.right.span,
        difference.kind,
        difference.values,
        explain(relation, language, difference.values, candidate.scope if scoped else None),
        _cause(relation, candidate),
    )


def _cause(relation: str, candidate: Candidate) -> str | None:
    if relation == "different scope" and candidate.scope is not None:
        return CAUSES[candidate.scope]
    if relation == "supersedes":
        return "stale version"
    rows = [
        sentence.text.lstrip().startswith("|")
        for sentence in (candidate.difference.left, candidate.difference.right)
    ]
    return "table against text" if rows[0] != rows[1] else None
