"""What a comparison of two states says, sentence by sentence, whatever it is written in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ragcheck.records.comparing import (
    PASSAGES,
    QuestionChange,
    SettingDifference,
    ShownAnswer,
    ShownPassage,
    StateComparison,
)
from ragcheck.records.results import Estimate
from ragcheck.reporting.compare_wording import tell
from ragcheck.reporting.numbers import estimate_text, percent_sign, unsigned_zero, value_text
from ragcheck.reporting.wording import translate
from ragcheck.text.display import one_line

LONGEST_ANSWER = 300
LONGEST_PASSAGE = 160
LONGEST_LEVEL = 60
MOST_LEVELS = 6
MOST_PASSAGES = 3
UNMOVED = ("unchanged", "not measured")


def verdict(found: StateComparison) -> str:
    """The verdict in a few words."""
    reason = found.difference.reason or ""
    return tell(found.language, f"verdict.{found.verdict}", reason=reason)


def counts(found: StateComparison) -> str:
    """How many questions are compared, and how many are only in one of the states."""
    return tell(
        found.language,
        "counts",
        shared=found.questions,
        only_before=found.only_before,
        only_after=found.only_after,
    )


def answer_lines(found: StateComparison) -> Iterator[str]:
    """Means, difference with interval, how many questions turned, and what would settle it."""
    language = found.language
    if found.questions:
        means = [value_text(e.value or 0.0, language, found.scale) for e in _means(found)]
        response = one_line(translate(language, "response", found.response), LONGEST_LEVEL)
        yield tell(language, "means", response=response, before=means[0], after=means[1])
        yield tell(language, "difference", figure=gap(found, found.difference))
        same = found.questions - found.worse - found.better
        yield tell(language, "turned", worse=found.worse, better=found.better, same=same)
    if found.worded:
        yield tell(language, "reworded", reworded=found.reworded, worded=found.worded)
    if found.verdict in ("inconclusive", "no difference"):
        yield tell(language, "margin", margin=points(found, found.margin))
    if found.verdict == "inconclusive":
        if found.smallest_effect is not None:
            yield tell(language, "smallest", effect=points(found, found.smallest_effect))
        key = "needed_other" if found.questions_needed is None else "needed"
        yield tell(language, key, count=found.questions_needed)


def side_verdict(found: StateComparison) -> str:
    """Which side the difference goes with, and why that can or cannot be told."""
    language = found.language
    sided = found.follows in ("parameters", "system")
    if found.verdict in UNMOVED or (found.verdict == "no difference" and sided):
        return tell(language, "follows.no change")
    gap_between = "" if language == "zh" else " "
    told = tell(language, f"follows.{found.follows}")
    return f"{told}{gap_between}{tell(language, f'reason.{found.reason}')}"


def side_lines(found: StateComparison) -> Iterator[str]:
    """The parts of the difference, and what would tell them apart."""
    language = found.language
    if found.follows == "not separable":
        yield tell(language, f"settle.{found.reason}")
    if found.questions and found.reason == "crossed cells":
        for name, part in found.parts.items():
            yield tell(language, f"part.{name}", figure=gap(found, part))
    for name, part in found.by_evidence.items():
        yield tell(language, f"by.{name}", figure=gap(found, part))


def setting_line(found: StateComparison, difference: SettingDifference) -> str:
    """One setting with its levels before and after."""
    before, after = (_levels(levels, found.language) for levels in (difference.before,
                                                                    difference.after))  # fmt: skip
    name = one_line(difference.name, LONGEST_LEVEL)
    # Whether passages differ is told for the two together, not for each of them.
    key = "change_told" if difference.name == PASSAGES else "change"
    return tell(found.language, key, name=name, before=before, after=after)


def changed(found: StateComparison) -> list[QuestionChange]:
    """The questions whose answers got worse or better, the worst first."""
    return [change for change in found.changes if change.difference != 0]


def change_title(found: StateComparison, change: QuestionChange) -> str:
    """The question with its means before and after."""
    means = [value_text(v, found.language, found.scale) for v in (change.before, change.after)]
    text = change.text if change.text != change.question else ""
    # A question of a trace is known by its words alone.
    name = text if found.kind == "traces" else f"{change.question} {text}"
    return f"{one_line(name, LONGEST_ANSWER)}  {means[0]} -> {means[1]}"


def change_lines(found: StateComparison, change: QuestionChange) -> Iterator[str]:
    """Both answers, and what became of the passages behind them."""
    language = found.language
    if change.references:
        answers = one_line(" / ".join(change.references), LONGEST_ANSWER)
        yield tell(language, "accepted", answers=answers)
    yield tell(language, "before", answer=_answer(found, change.answer_before))
    yield tell(language, "after", answer=_answer(found, change.answer_after))
    if change.same_evidence is None:
        yield tell(language, "evidence_unknown")
    elif change.same_evidence:
        yield tell(language, "evidence_same", kept=change.kept)
    else:
        yield tell(
            language,
            "evidence",
            kept=change.kept,
            entered=len(change.entered),
            left=len(change.left),
        )


def passage_lines(found: StateComparison, change: QuestionChange) -> Iterator[str]:
    """The first passages that entered and those that left, with their places."""
    for key, passages in (("entered", change.entered), ("left", change.left)):
        for passage in passages[:MOST_PASSAGES]:
            yield tell(found.language, key, passage=_passage(passage))


def gap(found: StateComparison, estimate: Estimate) -> str:
    """A difference with its interval: ``-14 % [-24, -5], n = 36`` for shares."""
    if found.scale != "share" or estimate.value is None:
        return estimate_text(estimate, found.language, "difference")
    estimate = estimate.within(-1.0, 1.0)
    told = f"{_signed(estimate.value)}{percent_sign(found.language)}"
    if estimate.low is not None and estimate.high is not None:
        told += f" [{_signed(estimate.low)}, {_signed(estimate.high)}]"
    comma = "，" if found.language == "zh" else ", "
    return f"{told}{comma}n = {estimate.n}"


def points(found: StateComparison, value: float) -> str:
    """A size without a sign, in the response's own unit."""
    return value_text(value, found.language, found.scale)


def _signed(value: float | None) -> str:
    return unsigned_zero(f"{100 * (value or 0.0):+.0f}")


def _means(found: StateComparison) -> tuple[Estimate, Estimate]:
    return found.before, found.after


def _levels(levels: Sequence[str], language: str) -> str:
    if not levels:
        return tell(language, "none")
    told = ", ".join(one_line(level, LONGEST_LEVEL) for level in levels[:MOST_LEVELS])
    return told if len(levels) <= MOST_LEVELS else f"{told}, …"


def _answer(found: StateComparison, answer: ShownAnswer) -> str:
    language = found.language
    text = tell(language, "no_text")
    if answer.text is not None:
        text = f"“{one_line(answer.text, LONGEST_ANSWER)}”"
    told = text
    if answer.score is not None:
        score = value_text(answer.score, language, found.scale)
        told = tell(language, "scored", text=text, score=score)
    if answer.setting:
        told = tell(language, "under", told=told, setting=one_line(answer.setting, LONGEST_ANSWER))
    return told


def _passage(passage: ShownPassage) -> str:
    place = f"{one_line(passage.place, LONGEST_LEVEL)} " if passage.place else ""
    return f"{place}“{one_line(passage.text, LONGEST_PASSAGE)}”"
