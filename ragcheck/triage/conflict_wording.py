"""What a person would do about a conflict, by language."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ragcheck.records.evidence import Judgement, Scope
from ragcheck.text.display import one_line

_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "newer": "{newer} ({newer_date}) is newer than {older} ({older_date}): correct the older "
        "one or withdraw it; if both hold, say in both for which case",
        "newer_inside": "the part of {newer_date} is newer than that of {older_date}: correct the "
        "older one, or say in both which holds when",
        "narrower": "{narrow} is about {what} alone: if it is an exception, say so in both places; "
        "if not, correct one of them",
        "inside": "the two sentences stand in one chunk: keep one of them, or say which holds when",
        "table": "table and text of one subject differ: correct the one that was not updated",
        "plain": "nothing says which of the two is newer: ask the owners, keep one, and date both",
    },
    "zh": {
        "newer": "{newer}（{newer_date}）晚于 {older}（{older_date}）：更正或废止较旧的一处；"
        "若两者都有效，请在两处写明各自适用的情形",
        "newer_inside": "{newer_date} 的部分晚于 {older_date} 的部分：更正较旧的一处，"
        "或在两处写明各自适用的情形",
        "narrower": "{narrow} 只涉及{what}：若为例外，请在两处写明；若不是，请更正其中一处",
        "inside": "两句话在同一片段中：只保留其一，或写明各自适用的情形",
        "table": "同一事项的表格与正文不一致：更正未更新的一处",
        "plain": "无法判断哪一处较新：请向负责人确认，只保留其一，并为两处注明日期",
    },
}


def what_to_do(
    language: str, judgement: Judgement, scopes: tuple[Scope, Scope] | None, *, one_chunk: bool
) -> str:
    """One sentence: which source is newer or more specific, and what follows from it."""
    words = _PHRASES[language]
    if one_chunk:
        return words["inside"]
    if judgement.cause == "table against text":
        return words["table"]
    if scopes is None:
        return words["plain"]
    narrow = _narrower(scopes)
    if narrow is not None:
        return words["narrower"].format(narrow=_name(narrow[0]), what=narrow[1])
    order = by_date(scopes) or by_version(scopes)
    if order is None:
        return words["plain"]
    older, newer = order
    dated = by_date(scopes) is not None
    key = "newer_inside" if older.path == newer.path else "newer"
    return words[key].format(
        newer=_name(newer), older=_name(older),
        newer_date=newer.effective if dated else newer.versions[0],
        older_date=older.effective if dated else older.versions[0],
    )  # fmt: skip


def by_date(scopes: tuple[Scope, Scope]) -> tuple[Scope, Scope] | None:
    """(older, newer), or ``None`` where the dates are missing or do not tell them apart."""
    left, right = scopes
    size = min(len(left.effective), len(right.effective))
    one, other = left.effective[:size], right.effective[:size]
    if not size or one == other:
        return None
    return (left, right) if one < other else (right, left)


def by_version(scopes: tuple[Scope, Scope]) -> tuple[Scope, Scope] | None:
    """(older, newer) by the first version that each names, ``None`` where that does not tell."""
    if not all(scope.versions for scope in scopes):
        return None
    numbers = [
        [int(part) for part in re.findall(r"\d{1,9}", scope.versions[0])] for scope in scopes
    ]
    if numbers[0] == numbers[1]:
        return None
    return scopes if numbers[0] < numbers[1] else (scopes[1], scopes[0])


def _narrower(scopes: tuple[Scope, Scope]) -> tuple[Scope, str] | None:
    """The one source whose title or path names a region, with the region."""
    named = [
        [region for region in scope.regions if region in f"{scope.title} {scope.path}".lower()]
        for scope in scopes
    ]
    if bool(named[0]) == bool(named[1]):
        return None
    return scopes[0] if named[0] else scopes[1], ", ".join(named[0] or named[1])


def _name(scope: Scope) -> str:
    return one_line(scope.path, 60)
