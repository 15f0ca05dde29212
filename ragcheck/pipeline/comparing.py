"""``ragcheck compare``: what changed between two states, and which side it goes with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from ragcheck import rng
from ragcheck.attribution.paired import paired_estimate
from ragcheck.attribution.states import (
    MARGIN,
    Reply,
    cell_means,
    change_verdict,
    question_means,
    questions_needed,
    side_that_moves,
    smallest_difference,
    split_difference,
)
from ragcheck.errors import ConfigError
from ragcheck.pipeline.states import (
    AnswerRow,
    Asked,
    State,
    TableColumns,
    run_state,
    table_state,
    trace_state,
)
from ragcheck.pipeline.wording import say
from ragcheck.records.comparing import (
    PASSAGES,
    QuestionChange,
    SettingDifference,
    ShownAnswer,
    ShownPassage,
    StateComparison,
)
from ragcheck.records.results import Estimate
from ragcheck.stats import mean_estimate
from ragcheck.traces.columns import Columns

MOST_PAIRS = 64
"""Answers of one question and state that are looked at for the two to show."""


def compare_states(
    before: Path,
    after: Path,
    *,
    table: TableColumns | None = None,
    columns: Columns | None = None,
    seed: int = 0,
) -> StateComparison:
    """Compare two run folders, two results tables or two files of recorded traces.

    Args:
        table: the columns of results tables; without it a file is read as traces.
        columns: where values stand in traces, as for :func:`read_traces`.

    Raises:
        RagcheckError: one of the two cannot be read, or they are not of one kind.
    """
    if before.is_dir() != after.is_dir():
        raise ConfigError(
            "the two are not of one kind",
            where=f"{before}, {after}",
            mend="give two run folders, two results tables or two trace files",
        )
    if before.is_dir():
        states = run_state(before), run_state(after)
    elif table is not None:
        states = table_state(before, table), table_state(after, table)
    else:
        states = trace_state(before, columns), trace_state(after, columns)
    return compare(*states, seed=seed)


def compare(before: State, after: State, *, seed: int = 0) -> StateComparison:
    """Compare two states question by question."""
    language = after.language
    generator = rng.generator(seed, "compare")
    means = [cell_means(_replies(state)) for state in (before, after)]
    start, end = (question_means(found) for found in means)
    shared = _shared(before, after, start.keys() & end.keys())
    gaps = [end[question] - start[question] for question in shared]
    none = say(language, "no_shared_question")
    difference = paired_estimate(gaps, generator, reason=none)
    changes = _changes(before, after, start, end, shared)
    margin = MARGIN * _range(before, after)
    verdict = change_verdict(gaps, difference, margin)
    if verdict == "inconclusive" and _unchanged(before, after, shared):
        verdict = "unchanged"
    differing = _differences(before, after, changes)
    crossed = [{question: found[question] for question in shared} for found in means]
    parts = split_difference(crossed[0], crossed[1], generator, reason=none)
    follows, reason, told = _attributed(before, after, differing, changes, difference, parts)
    opened = verdict == "inconclusive"
    worded, reworded = _wordings(before, after)
    return StateComparison(
        before_name=before.name,
        after_name=after.name,
        kind=after.kind,
        language=language,
        response=after.response,
        verdict=verdict,
        difference=difference,
        before=mean_estimate([start[q] for q in shared], generator, reason=none),
        after=mean_estimate([end[q] for q in shared], generator, reason=none),
        margin=margin,
        smallest_effect=smallest_difference(gaps),
        questions_needed=questions_needed(gaps, margin) if opened else None,
        follows=follows,
        reason=reason,
        parts=told,
        by_evidence=_by_evidence(changes, generator),
        differences=tuple(differing),
        questions=len(shared),
        only_before=len(start.keys() - set(shared)),
        only_after=len(end.keys() - set(shared)),
        changes=changes,
        scale="share" if margin == MARGIN else "plain",
        worded=worded,
        reworded=reworded,
        warnings=tuple(_warnings(before, after, shared, told)),
    )


def _replies(state: State) -> Iterable[Reply]:
    for row in state.rows:
        if row.response is not None:
            yield Reply(row.question, row.parameters, row.system, row.response)


def _shared(before: State, after: State, ids: Iterable[str]) -> list[str]:
    """Questions of both states that are worded alike, as far as their words are known."""
    nothing = Asked("")

    def same(question: str) -> bool:
        words = [s.asked.get(question, nothing).text for s in (before, after)]
        return not all(words) or words[0] == words[1]

    return sorted(question for question in ids if same(question))


def _range(before: State, after: State) -> float:
    """How far apart responses can lie: 1 for shares, else as far as they did."""
    found = [row.response for s in (before, after) for row in s.rows if row.response is not None]
    least, most = min(found, default=0.0), max(found, default=1.0)
    return 1.0 if least >= 0 and most <= 1 else most - least


def _unchanged(before: State, after: State, shared: Sequence[str]) -> bool:
    """Whether every question got the very same answers with the same scores."""
    wanted = set(shared)

    def told(state: State) -> list[tuple[str, str, float]]:
        return sorted(
            (row.question, row.text or "", row.response)
            for row in state.rows
            if row.question in wanted and row.response is not None
        )

    return bool(shared) and told(before) == told(after)


def _wordings(before: State, after: State) -> tuple[int, int]:
    """Questions with an answer's text in both states, and those whose answers are not the same."""
    texts: list[dict[str, set[str]]] = []
    for state in (before, after):
        own: dict[str, set[str]] = defaultdict(set)
        for row in state.rows:
            if row.text is not None:
                own[row.question].add(" ".join(row.text.split()))
        texts.append(own)
    shared = texts[0].keys() & texts[1].keys()
    return len(shared), sum(texts[0][question] != texts[1][question] for question in shared)


def _differences(
    before: State, after: State, changes: Sequence[QuestionChange]
) -> list[SettingDifference]:
    found = []
    for name in sorted(before.settings.keys() | after.settings.keys()):
        role = (after.settings.get(name) or before.settings[name])[0]
        own = [state.settings.get(name, (role, ()))[1] for state in (before, after)]
        if set(own[0]) != set(own[1]):
            found.append(SettingDifference(name, role, *own))
    moved = sum(change.same_evidence is False for change in changes)
    if after.kind == "traces" and moved:
        whole = sum(change.same_evidence is not None for change in changes)
        told = say(after.language, "passages_differ", moved=moved, whole=whole)
        found.append(SettingDifference(PASSAGES, "system", (), (told,)))
    order = ("parameters", "system", "unassigned", "design")
    return sorted(found, key=lambda difference: order.index(difference.role))


def _attributed(
    before: State,
    after: State,
    differing: Sequence[SettingDifference],
    changes: Sequence[QuestionChange],
    difference: Estimate,
    parts: Mapping[str, Estimate],
) -> tuple[str, str, Mapping[str, Estimate]]:
    """The side, why it can or cannot be told, and the parts of the difference."""
    roles = {found.role for found in differing} - {"design"}
    if after.kind == "traces" and not (before.settings and after.settings):
        known = [c.same_evidence for c in changes]
        if known and all(known):
            return "parameters", "same passages", {"parameters": difference}
        return "not separable", "not recorded", {}
    if "unassigned" in roles:
        return "not separable", "unassigned", {}
    if not roles:
        return "nothing", "nothing differs", {}
    if len(roles) == 1:
        (side,) = roles
        return side, "one side differs", {side: difference}
    if not parts:
        return "not separable", "no crossed cells", {}
    return side_that_moves(parts), "crossed cells", parts


def _by_evidence(
    changes: Sequence[QuestionChange], generator: np.random.Generator
) -> dict[str, Estimate]:
    groups: dict[str, list[float]] = defaultdict(list)
    for change in changes:
        if change.same_evidence is not None:
            name = "same passages" if change.same_evidence else "other passages"
            groups[name].append(change.difference)
    return {
        name: paired_estimate(groups[name], generator, reason="")
        for name in ("same passages", "other passages")
        if groups[name]
    }


def _changes(
    before: State,
    after: State,
    start: Mapping[str, float],
    end: Mapping[str, float],
    shared: Sequence[str],
) -> tuple[QuestionChange, ...]:
    """Every shared question, the one that lost most first."""
    rows = [_by_question(state.rows) for state in (before, after)]
    asked = {**before.asked, **after.asked}
    found = []
    for question in shared:
        one, other = _pair(rows[0][question], rows[1][question], end[question] - start[question])
        own = asked.get(question, Asked(question if before.kind != "run" else ""))
        found.append(_change(question, own, (start[question], end[question]), one, other))
    return tuple(sorted(found, key=lambda change: (change.difference, change.question)))


def _change(
    question: str, asked: Asked, means: tuple[float, float], one: AnswerRow, other: AnswerRow
) -> QuestionChange:
    kept, entered, left, same = _evidence(one.passages, other.passages)
    return QuestionChange(
        question=question,
        text=asked.text,
        references=asked.references,
        before=means[0],
        after=means[1],
        answer_before=_shown(one, other),
        answer_after=_shown(other, one),
        same_evidence=same,
        kept=kept,
        entered=entered,
        left=left,
    )


def _shown(row: AnswerRow, beside: AnswerRow) -> ShownAnswer:
    """The answer with the levels in which it differs from the other."""
    others = dict((*beside.parameters, *beside.system))
    told = [f"{n}={v}" for n, v in (*row.parameters, *row.system) if others.get(n) != v]
    return ShownAnswer(row.text, row.response, ", ".join(told))


def _evidence(
    before: tuple[ShownPassage, ...] | None, after: tuple[ShownPassage, ...] | None
) -> tuple[int, tuple[ShownPassage, ...], tuple[ShownPassage, ...], bool | None]:
    """How many passages stayed, which entered, which left, and whether all are the same.

    Passages are the same where they say the same words, wherever they stand.
    """
    if before is None or after is None:
        return 0, (), (), None
    said = [{" ".join(passage.text.split()) for passage in own} for own in (before, after)]
    entered = tuple(p for p in after if " ".join(p.text.split()) not in said[0])
    left = tuple(p for p in before if " ".join(p.text.split()) not in said[1])
    return len(said[0] & said[1]), entered, left, not (entered or left)


def _pair(
    before: Sequence[AnswerRow], after: Sequence[AnswerRow], difference: float
) -> tuple[AnswerRow, AnswerRow]:
    """Two answers that differ as the question does, under levels as alike as there are."""
    sign = 1.0 if difference > 0 else -1.0

    def rank(pair: tuple[AnswerRow, AnswerRow]) -> tuple[bool, int, float]:
        one, other = pair
        levels = {*one.parameters, *one.system}
        alike = len(levels & {*other.parameters, *other.system})
        gap = sign * ((other.response or 0.0) - (one.response or 0.0))
        return gap > 0, alike, gap

    return max(((a, b) for a in before[:MOST_PAIRS] for b in after[:MOST_PAIRS]), key=rank)


def _by_question(rows: Iterable[AnswerRow]) -> dict[str, list[AnswerRow]]:
    found: dict[str, list[AnswerRow]] = defaultdict(list)
    for row in rows:
        if row.response is not None:
            found[row.question].append(row)
    return found


def _warnings(
    before: State, after: State, shared: Sequence[str], parts: Mapping[str, Estimate]
) -> Iterable[str]:
    language = after.language
    for state in (before, after):
        unscored = sum(row.response is None for row in state.rows)
        if unscored:
            count, whole = unscored, len(state.rows)
            yield say(language, "state_unscored", name=state.name, count=count, whole=whole)
    split = max((estimate.n for estimate in parts.values()), default=len(shared))
    if parts and split < len(shared):
        yield say(language, "parts_of_fewer", count=split, whole=len(shared))
