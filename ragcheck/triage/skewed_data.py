"""Data that is skewed: duplicates that disagree, mixed sources, one kind that drowns the rest, and
exceptions that no question asks about (RC102 to RC105)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ragcheck.records.corpus import Document, Question, Span, content_id
from ragcheck.records.evidence import Scope
from ragcheck.records.results import Estimate, Finding, Quote
from ragcheck.stats import mean_estimate
from ragcheck.text.display import one_line
from ragcheck.text.edits import YES_OR_NO
from ragcheck.text.language import detect_language
from ragcheck.text.polarity import find_cues
from ragcheck.text.tokens import normalise, words
from ragcheck.text.values import find_values, same_value
from ragcheck.triage.class_wording import say
from ragcheck.triage.deciding import decided, says
from ragcheck.triage.findings import JudgedPair
from ragcheck.triage.rules import RULES
from ragcheck.triage.rules_in_text import BOUNDARIES, StatedRule, rules_of
from ragcheck.triage.signals import LEAST_UNITS, Signal
from ragcheck.triage.wording import percent

ALIKE_WORDS = 0.80
"""Shared share of two questions' content words (Jaccard) from which they are near-duplicates."""
ALIKE_VECTORS = 0.93
"""Cosine of two questions' vectors from which they are near-duplicates."""
LEAST_BOUNDARIES = 10
LEAST_DOCUMENTS = 4
MOST_LISTED = 25
"""Untouched exceptions that are listed as findings, over all documents."""
_QUOTED = 300
_FILLERS = frozenset(
    (
        "a", "an", "the", "of", "for", "to", "in", "on", "at", "by", "is", "are", "was", "be", "do",
        "does", "did", "how", "what", "which", "who", "when", "where", "long", "many", "much", "i",
        "my", "you", "your", "we", "our", "it", "its", "can", "may", "must", "should", "will",
        "would", "has", "have", "please", "tell", "me", "there", "within", "and",
    )
)  # fmt: skip
_CHINESE_FILLERS = re.compile(
    r"请问|是多少|是什么|多少|什么|多久|多长|何时|几|哪些|哪个|哪|谁|怎么|如何|吗|呢|的|了|是|在|可以|能否|能"
)
_PROPER = re.compile(r"(?<=[^.?!\s] )[A-Z][\w-]+|\b[A-Z]+-?\d[\w-]*|\b[A-Z]{2,}\b")
_SIDES = frozenset({"negation", "prohibition", "exemption", "on", "off", "only", "exception"})


def data_signals(
    questions: Sequence[Question],
    documents: Mapping[str, Document],
    conflicts: Sequence[JudgedPair],
    rules: Sequence[StatedRule],
    duplicates: Sequence[tuple[Question, Question]],
    rng: np.random.Generator,
    language: str,
) -> list[Signal]:
    """Signals of the questions and the sources; no answer is needed for any of them.

    Args:
        documents: by path.
        conflicts: the judged conflicts in the top K of the questions.
        rules: what the corpus's documents state.
        duplicates: of :func:`disagreeing_duplicates`.
    """
    return [
        _duplicates(questions, duplicates, rng, language),
        _mixed(questions, conflicts, documents, rng, language),
        _drowned(questions, documents, rng, language),
        _boundaries(questions, rules, rng, language),
    ]


def disagreeing_duplicates(
    questions: Sequence[Question], similarity: NDArray[np.float64] | None = None
) -> list[tuple[Question, Question]]:
    """Pairs of near-duplicate questions of which no accepted answer of one is one of the other.

    Near-duplicates share their content words, or their vectors, and name the same values, names
    and negations: two regions or two products make two questions.

    Args:
        similarity: (n, n) cosines of the questions' vectors, where there are any.
    """
    asked = [(i, q) for i, q in enumerate(questions) if q.answers or q.unanswerable]
    content = {i: _content(q.text) for i, q in asked}
    return [
        (one, other)
        for (i, one), (j, other) in combinations(asked, 2)
        if _alike(content[i], content[j], None if similarity is None else float(similarity[i, j]))
        and _name_the_same(one.text, other.text)
        and _disagree(one, other)
    ]


def _content(text: str) -> frozenset[str]:
    if detect_language(text) == "zh":
        return frozenset(words(_CHINESE_FILLERS.sub(" ", text)))
    return frozenset(_stem(word) for word in words(text) if word not in _FILLERS)


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _alike(one: frozenset[str], other: frozenset[str], cosine: float | None) -> bool:
    if not one or not other:
        return False
    shared = len(one & other) / len(one | other)
    return shared >= ALIKE_WORDS or (cosine is not None and cosine >= ALIKE_VECTORS)


def _name_the_same(one: str, other: str) -> bool:
    sides = [
        (
            sorted(value.text.casefold() for value in find_values(text)),
            {name.casefold() for name in _PROPER.findall(text)} - _FILLERS,
            {cue.text.casefold() for cue in find_cues(text) if cue.kind in _SIDES},
            sorted(re.findall(r"[A-Za-z]*\d[\w-]*", text)),
        )
        for text in (one, other)
    ]
    return sides[0] == sides[1]


def _disagree(one: Question, other: Question) -> bool:
    if one.unanswerable or other.unanswerable:
        return one.unanswerable != other.unanswerable
    return not any(_agree(a, b) for a in one.answers for b in other.answers)


def _agree(one: str, other: str) -> bool:
    left, right = normalise(one), normalise(other)
    short = {left, right} & YES_OR_NO
    if left == right or (not short and (says(left, right) or says(right, left))):
        return True
    values = find_values(one), find_values(other)
    if all(values):
        return any(same_value(a, b) is not False for a in values[0] for b in values[1])
    shared = set(words(left)) & set(words(right))
    return not short and len(shared) * 2 >= min(len(set(words(left))), len(set(words(right))))


def _duplicates(
    questions: Sequence[Question],
    pairs: Sequence[tuple[Question, Question]],
    rng: np.random.Generator,
    language: str,
) -> Signal:
    touched = {question.id for pair in pairs for question in pair}
    asked = [q for q in questions if q.answers or q.unanswerable]
    reason = say(language, "no_pair")
    estimate = Estimate(None, reason=reason)
    if len(asked) >= LEAST_UNITS:
        estimate = mean_estimate([float(q.id in touched) for q in asked], rng, reason=reason)
    figure = say(language, "duplicates", figure=percent(estimate, language))
    return decided("RC102", estimate, figure, language)


def _mixed(
    questions: Sequence[Question],
    conflicts: Sequence[JudgedPair],
    documents: Mapping[str, Document],
    rng: np.random.Generator,
    language: str,
) -> Signal:
    """Questions that reach a conflict across sources; those inside one are its baseline."""
    by_id = {document.id: document for document in documents.values()}
    kinds: Counter[str] = Counter()
    across: set[str] = set()
    inside: set[str] = set()
    for pair in conflicts:
        sides = by_id.get(pair.left.document_id), by_id.get(pair.right.document_id)
        kind = mixture(pair.scopes, sides)
        (inside if kind is None else across).add(pair.question_id)
        if kind is not None:
            kinds[kind] += 1
    reason = say(language, "no_questions")
    estimates = [
        mean_estimate([float(q.id in touched) for q in questions], rng, reason=reason)
        for touched in (across, inside)
    ]
    how = kinds.most_common(1)[0][0] if kinds else "nothing"
    figure = say(
        language, "across", how=say(language, f"across_{how}"),
        figure=percent(estimates[0], language), inside=percent(estimates[1], language),
    )  # fmt: skip
    signal = decided("RC103", estimates[0], figure, language)
    outnumbered = (estimates[0].value or 0.0) <= (estimates[1].value or 0.0)
    if signal.fired and outnumbered:
        return Signal("RC103", None, figure, estimates[0])
    return signal


def mixture(
    scopes: tuple[Scope, Scope] | None, documents: tuple[Document | None, Document | None]
) -> str | None:
    """What two conflicting passages of two documents mix: ``versions``, ``regions``, ``dates`` or
    ``languages``; ``None`` where the documents do not say, or are one."""
    left, right = documents
    if left is None or right is None or left.path == right.path:
        return None
    if detect_language(left.text[:_QUOTED]) != detect_language(right.text[:_QUOTED]):
        return "languages"
    if scopes is None:
        return None
    for name in ("versions", "regions"):
        one, other = set(getattr(scopes[0], name)), set(getattr(scopes[1], name))
        if (one or other) and not one & other and (name == "regions" or (one and other)):
            return name
    dated = scopes[0].effective, scopes[1].effective
    size = min(len(dated[0]), len(dated[1]))
    return "dates" if size and dated[0][:size] != dated[1][:size] else None


def _drowned(
    questions: Sequence[Question],
    documents: Mapping[str, Document],
    rng: np.random.Generator,
    language: str,
) -> Signal:
    """The largest share that one kind of answer, or one document, has of the questions."""
    kinds = {q.id: _answer_kind(q) for q in questions}
    groups = {q.id: say(language, f"kind_{kinds[q.id]}") for q in questions}
    paths = {
        q.id: say(language, "one_document", path=q.evidence[0].document)
        for q in questions
        if q.evidence and len(documents) >= LEAST_DOCUMENTS
    }
    best, what = Estimate(None, reason=say(language, "no_questions")), ""
    for group in (groups, paths):
        if len(group) >= LEAST_UNITS:
            largest = Counter(group.values()).most_common(1)[0][0]
            share = mean_estimate([float(g == largest) for g in group.values()], rng)
            if best.value is None or (share.value or 0.0) > best.value:
                best, what = share, largest
    figure = say(
        language, "largest", what=what, figure=percent(best, language),
        even=f"{evenness(list(kinds.values())):.2f}",
    )  # fmt: skip
    return decided("RC104", best, figure, language)


def evenness(kinds: Sequence[str]) -> float:
    """Shannon entropy over its largest value (Pielou 1966): 1 where all five kinds are equal."""
    counts = np.array(list(Counter(kinds).values()), dtype=float)
    if counts.size < 2:
        return 0.0
    shares = counts / counts.sum()
    return float(-(shares * np.log(shares)).sum() / np.log(5))


def _answer_kind(question: Question) -> str:
    if question.unanswerable or not question.answers:
        return "none"
    answer = question.answers[0]
    if normalise(answer) in YES_OR_NO or normalise(answer).split(",")[0] in ("yes", "no"):
        return "polarity"
    values = [v for v in find_values(answer) if v.kind != "identifier"]
    if not values or sum(len(v.span) for v in values) * 3 < len(answer):
        return "words"
    return "date" if values[0].kind in ("date", "time", "weekday") else "number"


def _boundaries(
    questions: Sequence[Question],
    rules: Sequence[StatedRule],
    rng: np.random.Generator,
    language: str,
) -> Signal:
    stated = [rule for rule in rules if rule.kind in BOUNDARIES]
    known = [q for q in questions if q.evidence]
    reason = say(language, "few_boundaries")
    estimate = Estimate(None, reason=reason)
    if len(stated) >= LEAST_BOUNDARIES:
        values = [float("exception" in q.tags or bool(rules_of(q, stated))) for q in known]
        estimate = mean_estimate(values, rng, reason=reason)
    unasked = "" if any(q.unanswerable for q in questions) else say(
        language, "no_unanswerable_asked"
    )  # fmt: skip
    figure = say(
        language, "boundaries", stated=len(stated), figure=percent(estimate, language),
        unanswerable=unasked,
    )  # fmt: skip
    return decided("RC105", estimate, figure, language)


def duplicate_findings(
    pairs: Iterable[tuple[Question, Question]],
    documents: Mapping[str, Document],
    asked: int,
    language: str,
) -> list[Finding]:
    """One finding for each pair that has gold evidence, which is its place."""
    rule = RULES["RC102"]
    findings = []
    for one, other in pairs:
        quotes = [_gold_quote(question, documents) for question in (one, other)]
        first = quotes[0] or quotes[1]
        if first is None:
            continue
        message = say(
            language, "duplicate", one=one_line(one.text, 120), other=one_line(other.text, 120),
            first=_gold(one, language), second=_gold(other, language),
        )  # fmt: skip
        findings.append(
            Finding(rule.id, "error", message, first, quotes[1] if quotes[0] else None,
                    rule.mend[language], 2 / max(1, asked),
                    content_id(rule.id, *sorted((one.text, other.text))),
                    tuple(sorted((one.id, other.id))))
        )  # fmt: skip
    return findings


def boundary_findings(
    questions: Sequence[Question],
    rules: Sequence[StatedRule],
    documents: Mapping[str, Document],
    language: str,
) -> list[Finding]:
    """The exceptions and prohibitions of the corpus that no question's evidence touches.

    At most ``MOST_LISTED``, exceptions first; those of documents that are asked about come first.
    """
    rule = RULES["RC105"]
    touched = {r.span.start for q in questions for r in rules_of(q, rules)}
    asked = Counter(gold.document for q in questions for gold in q.evidence)
    open_ones = [r for r in rules if r.kind in BOUNDARIES and r.span.start not in touched]
    open_ones.sort(key=lambda r: (BOUNDARIES.index(r.kind), -asked[r.document], r.document))
    return [
        Finding(
            rule.id, "note", say(language, "untouched", kind=say(language, found.kind)),
            Quote(found.place, found.text[:_QUOTED]), None, rule.mend[language],
            asked[found.document] / (10.0 * max(1, len(questions))),
            content_id(rule.id, found.document, " ".join(found.text.split())),
        )
        for found in open_ones[:MOST_LISTED]
        if found.document in documents
    ]  # fmt: skip


def _gold(question: Question, language: str) -> str:
    if question.unanswerable or not question.answers:
        return say(language, "kind_none")
    return one_line(question.answers[0], 60)


def _gold_quote(question: Question, documents: Mapping[str, Document]) -> Quote | None:
    for gold in question.evidence:
        document = documents.get(gold.document)
        if document is not None:
            span = Span(gold.span.start, min(gold.span.end, gold.span.start + _QUOTED))
            return Quote(document.place(span), document.text[span.start : span.end])
    return None
