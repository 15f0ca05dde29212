"""Whether the metric can be trusted: does it order as others do, does it like what is wrong, and
can it tell a right answer from a plausible wrong one (RC201 to RC203)?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ragcheck.ports import AnswerScorer
from ragcheck.records.corpus import Document, Question, Span, content_id
from ragcheck.records.results import Estimate, Finding, Quote
from ragcheck.records.trials import Answer, Trial
from ragcheck.stats import percentile_interval
from ragcheck.text.display import one_line
from ragcheck.text.edits import YES_OR_NO, contradicting_edit
from ragcheck.text.language import detect_language
from ragcheck.text.tokens import normalise
from ragcheck.text.values import TypedValue, find_values, same_value
from ragcheck.triage.class_wording import say
from ragcheck.triage.deciding import (
    by_question,
    configuration_means,
    decided,
    mean_of,
    number,
    says,
)
from ragcheck.triage.rules import RULES
from ragcheck.triage.signals import LEAST, LEAST_UNITS, RESAMPLES, Signal
from ragcheck.triage.wording import percent

Overlap = Callable[[str, str], float]
"""Answer and reference to a score in [0, 1]."""
LIKED = 0.5
LONGEST_BARE = 3
"""Characters up to which an accepted answer says little by standing in a text."""
MOST_QUESTIONS = 100
MOST_LISTED = 25
_QUOTED = 300
_FRAMES = {
    "en": ("{}.", "{}, according to the documents that apply to this question here."),
    "zh": ("{}。", "{}，适用于这一问题的有关资料中是这样写的。"),
}
"""Terse and wordy: people and models answer both ways, and neither is more often right."""
_OPPOSITE = {
    "yes": "no", "no": "yes", "是": "否", "否": "是", "可以": "不可以", "不可以": "可以",
    "会": "不会", "不会": "会", "能": "不能", "不能": "能", "需要": "不需要", "不需要": "需要",
    "有": "没有", "没有": "有", "true": "false", "false": "true",
}  # fmt: skip
_NO = ("no", "never", "not ", "cannot", "不", "否", "无需", "没有", "禁止")
_YES = ("yes", "是", "可以", "能", "会", "需要", "有", "允许")


def metric_signals(
    trials: Sequence[Trial],
    questions: Mapping[str, Question],
    scorer: AnswerScorer,
    overlaps: Mapping[str, Overlap],
    rng: np.random.Generator,
    language: str,
) -> list[Signal]:
    """Signals of the metric in use, with overlap metrics beside it.

    Args:
        questions: by ID.
        scorer: the metric in use.
        overlaps: metrics of shared words, by name.
    """
    scored = [trial for trial in trials if trial.score.correctness is not None]
    return [
        _orders(scored, questions, overlaps, rng, language),
        _likes_wrong(scored, questions, overlaps, rng, language),
        _discriminates(list(questions.values()), scorer, overlaps, rng, language),
    ]


def overlap_of(text: str, question: Question, overlap: Overlap) -> float:
    """The best overlap with an accepted answer."""
    return max((overlap(text, accepted) for accepted in question.answers), default=0.0)


def _orders(
    trials: Sequence[Trial],
    questions: Mapping[str, Question],
    overlaps: Mapping[str, Overlap],
    rng: np.random.Generator,
    language: str,
) -> Signal:
    """The metric that agrees least with correctness on the order of the configurations."""
    usable = [t for t in trials if t.answer.text is not None and questions[t.question_id].answers]
    worst, name = Estimate(None, reason=say(language, "too_few_cells")), next(iter(overlaps), "")
    for metric, overlap in overlaps.items():
        known = {
            (t.question_id, t.answer.text): overlap_of(
                t.answer.text or "", questions[t.question_id], overlap
            )
            for t in usable
        }
        found = _rank_agreement(usable, known, rng, language, level=1 - 0.05 / len(overlaps))
        if worst.value is None or (found.value is not None and found.value < worst.value):
            worst, name = found, metric
    figure = say(language, "agreement", metric=name, figure=number(worst, language))
    return decided("RC201", worst, figure, language)


def _rank_agreement(
    trials: Sequence[Trial],
    overlap: Mapping[tuple[str, str | None], float],
    rng: np.random.Generator,
    language: str,
    *,
    level: float,
) -> Estimate:
    """Kendall's tau-b over configurations of two metrics' means, bootstrap over questions."""
    right, counts = configuration_means(trials, lambda t: t.score.correctness)
    other, _ = configuration_means(trials, lambda t: overlap[t.question_id, t.answer.text])
    if counts.shape[1] < LEAST or counts.shape[0] < LEAST_UNITS:
        return Estimate(None, reason=say(language, "too_few_cells"))
    from scipy.stats import kendalltau

    def tau(chosen: NDArray[np.int64]) -> float:
        totals = np.maximum(counts[chosen].sum(axis=0), 1)
        # Rounded, so that equal means are ties whatever the order of summation.
        means = [np.round(table[chosen].sum(axis=0) / totals, 12) for table in (right, other)]
        if any(np.ptp(mean) == 0 for mean in means):
            return float("nan")
        return float(kendalltau(*means).statistic)

    n = int(counts.shape[0])
    point = tau(np.arange(n, dtype=np.int64))
    draws = np.array([tau(rng.integers(0, n, size=n)) for _ in range(RESAMPLES // 2)])
    draws = draws[~np.isnan(draws)]
    if np.isnan(point) or draws.size < RESAMPLES // 4:
        return Estimate(None, reason=say(language, "all_equal"))
    low, high = percentile_interval(draws, level=level)
    return Estimate(point, low, high, n=n, level=level)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An answer that gives ``given`` where the accepted answer gives ``wanted``."""

    wanted: str
    given: str


def contradicts(text: str, question: Question) -> Contradiction | None:
    """Another value, the opposite, or a rival's answer, where no accepted answer is given."""
    folded = normalise(text)
    if not folded or not question.answers:
        return None
    if any(says(folded, normalise(a)) for a in question.answers if len(a) > LONGEST_BARE):
        return None
    given, asked = find_values(text), find_values(question.text)
    given = [v for v in given if not any(same_value(v, a) for a in asked)]
    wanted = [value for accepted in question.answers for value in find_values(accepted)]
    if wanted:
        return _other_value(given, wanted)
    for rival in question.rivals:
        if says(folded, normalise(rival.answer)):
            return Contradiction(question.answers[0], rival.answer)
    said, meant = _polarity(folded), _polarity(normalise(question.answers[0]))
    if said is not None and meant is not None and said != meant:
        return Contradiction(question.answers[0], one_line(text, 60))
    return None


def _other_value(given: Sequence[TypedValue], wanted: Sequence[TypedValue]) -> Contradiction | None:
    if any(same_value(g, w) for g in given for w in wanted):
        return None
    for value in given:
        for gold in wanted:
            if same_value(value, gold) is False:
                return Contradiction(gold.text, value.text)
    return None


def _polarity(text: str) -> bool | None:
    if text.startswith(_NO):
        return False
    return True if text.startswith(_YES) else None


def _likes_wrong(
    trials: Sequence[Trial],
    questions: Mapping[str, Question],
    overlaps: Mapping[str, Overlap],
    rng: np.random.Generator,
    language: str,
) -> Signal:
    reason = say(language, "nothing_liked")

    def share(score: Callable[[Trial], float | None]) -> Estimate:
        liked = [t for t in trials if (score(t) or 0.0) > LIKED - 1e-9 and t.answer.text]
        wrong = by_question(
            liked, lambda t: float(contradicts(t.answer.text or "", questions[t.question_id])
                                   is not None)
        )  # fmt: skip
        return mean_of(wrong, rng, reason)

    in_use = share(lambda t: t.score.correctness if t.score.verdict == "correct" else 0.0)
    first = next(iter(overlaps.values()), None)
    by_overlap = in_use if first is None else share(
        lambda t: overlap_of(t.answer.text or "", questions[t.question_id], first)
    )  # fmt: skip
    in_use = replace(in_use, baseline=by_overlap.value)
    figure = say(
        language, "liked_wrong", figure=percent(in_use, language),
        overlap=percent(by_overlap, language),
    )  # fmt: skip
    return decided("RC202", in_use, figure, language)


def dangerous_findings(
    trials: Iterable[Trial],
    questions: Mapping[str, Question],
    overlaps: Mapping[str, Overlap],
    documents: Mapping[str, Document],
    language: str,
) -> list[Finding]:
    """One finding for each answer that a metric scores at a half or above and that is wrong.

    The place is the gold evidence that it contradicts; equal answers to one question are one.
    """
    rule, found = RULES["RC202"], {}
    asked = max(1, len(questions))
    for trial in trials:
        question, text = questions[trial.question_id], trial.answer.text or ""
        key = (question.id, normalise(text))
        wrong = contradicts(text, question) if key not in found else None
        quote = _gold_quote(question, documents) if wrong else None
        if wrong is None or quote is None:
            continue
        scores = {name: overlap_of(text, question, metric) for name, metric in overlaps.items()}
        if trial.score.verdict == "correct":
            scores["correctness"] = trial.score.correctness or 0.0
        liked = {name: score for name, score in scores.items() if score >= LIKED}
        if not liked:
            continue
        metric = max(liked, key=lambda name: (name == "correctness", liked[name]))
        message = say(
            language, "dangerous", answer=one_line(text, 100), score=f"{liked[metric]:.2f}",
            metric=metric, gold=one_line(question.answers[0], 60),
            question=one_line(question.text, 160),
        )  # fmt: skip
        severity = "warning" if metric == "correctness" else "note"
        found[key] = Finding(
            rule.id, severity, message, quote, None, rule.mend[language], liked[metric] / asked,
            content_id(rule.id, question.text, normalise(text)), (question.id,),
        )  # fmt: skip
    return sorted(found.values(), key=lambda f: (f.severity != "warning", -f.weight))[:MOST_LISTED]


def _gold_quote(question: Question, documents: Mapping[str, Document]) -> Quote | None:
    for gold in question.evidence:
        document = documents.get(gold.document)
        if document is not None:
            span = Span(gold.span.start, min(gold.span.end, gold.span.start + _QUOTED))
            return Quote(document.place(span), document.text[span.start : span.end])
    return None


@dataclass(frozen=True, slots=True)
class Probe:
    """A right answer, and a wrong one that looks like an answer to the same question."""

    question: Question
    right: str
    wrong: str


def perturbed(questions: Sequence[Question], rng: np.random.Generator) -> list[Probe]:
    """Right answers (the canonical and another accepted one, terse and wordy, and the gold sentence
    that holds it) beside the same with a number, a name or the polarity changed.

    Each question keeps all of its accepted answers, as the metric in use has them.
    """
    chosen = [q for q in questions if q.answers and not q.unanswerable][:MOST_QUESTIONS]
    names = [q.answers[0] for q in chosen if not find_values(q.answers[0])]
    probes = []
    for question in chosen:
        only = replace(question, rivals=())
        terse, wordy = _FRAMES[detect_language(question.text)]
        for answer in question.answers[:2]:
            wrong = _made_wrong(answer, question, names, rng)
            if wrong is not None:
                probes.append(Probe(only, wordy.format(answer), terse.format(wrong)))
                probes.append(Probe(only, terse.format(answer), wordy.format(wrong)))
        sentence = " ".join(question.evidence[0].quote.split()) if question.evidence else ""
        if len(question.evidence) == 1 and normalise(only.answers[0]) in normalise(sentence):
            wrong = _made_wrong(sentence, question, names, rng)
            if wrong is not None:
                probes.append(Probe(only, sentence, wrong))
    return probes


def _made_wrong(
    right: str, question: Question, names: Sequence[str], rng: np.random.Generator
) -> str | None:
    for word in sorted(_OPPOSITE, key=len, reverse=True):
        rest = right[len(word) :]
        if right.lower().startswith(word) and any(
            normalise(answer) in YES_OR_NO for answer in question.answers
        ):
            return _OPPOSITE[word] + rest
    edit = contradicting_edit(
        right, Span(0, len(right)), rng, answers=question.answers, names=names
    )
    return None if edit is None else edit.apply(right)


def auroc(
    probes: Sequence[Probe],
    score: Callable[[Question, str], float],
    rng: np.random.Generator,
    reason: str,
) -> Estimate:
    """Chance that a right answer scores above a wrong one, ties counting a half, over all pairs
    of a right and a wrong answer; bootstrap over questions (Hanley & McNeil 1982)."""
    units = {name: i for i, name in enumerate(dict.fromkeys(p.question.id for p in probes))}
    if len(units) < LEAST_UNITS:
        return Estimate(None, reason=reason, n=len(units))
    unit = np.array([units[probe.question.id] for probe in probes])
    right = np.array([score(probe.question, probe.right) for probe in probes])
    wrong = np.array([score(probe.question, probe.wrong) for probe in probes])
    gap = np.round(right[:, None] - wrong[None, :], 9)
    wins = (gap > 0) + 0.5 * (gap == 0)
    member = np.eye(len(units))[unit]
    totals, sizes = member.T @ wins @ member, member.sum(axis=0)

    def value(weights: NDArray[np.float64]) -> float:
        return float(weights @ totals @ weights / (weights @ sizes) ** 2)

    n = len(units)
    draws = rng.multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(float)
    low, high = percentile_interval(np.array([value(draw) for draw in draws]))
    return Estimate(value(np.ones(n)), low, high, n=n, baseline=0.5)


def _discriminates(
    questions: Sequence[Question],
    scorer: AnswerScorer,
    overlaps: Mapping[str, Overlap],
    rng: np.random.Generator,
    language: str,
) -> Signal:
    probes, reason = perturbed(questions, rng), say(language, "no_probe")

    def in_use(question: Question, text: str) -> float:
        return scorer.score(question, Answer(text)).correctness or 0.0

    found = auroc(probes, in_use, rng, reason)
    others = {
        name: auroc(probes, lambda q, text, m=metric: overlap_of(text, q, m), rng, reason)  # type: ignore[misc]
        for name, metric in overlaps.items()
    }
    figure = say(
        language, "discrimination", scorer=scorer.notation, figure=number(found, language),
        others=", ".join(f"{name} {number(other, language)}" for name, other in others.items()),
    )  # fmt: skip
    return decided("RC203", found, figure, language)
