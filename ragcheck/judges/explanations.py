"""One sentence that says what two passages disagree about, in the language of the text."""

from __future__ import annotations

from collections.abc import Mapping

TEMPLATES: Mapping[str, Mapping[str, str]] = {
    "conflict": {
        "en": "One passage says “{left}”, the other “{right}”.",
        "zh": "一处写“{left}”，另一处写“{right}”。",
    },
    "supersedes": {
        "en": "One passage says “{left}”, the other “{right}”; the text says that a rule was "
        "replaced.",
        "zh": "一处写“{left}”，另一处写“{right}”；文中说明旧规定已被替代。",
    },
    "different scope": {
        "en": "“{left}” and “{right}” are said of different cases: {why}.",
        "zh": "“{left}”与“{right}”针对不同情形：{why}。",
    },
    "agree": {
        "en": "The passages say the same where they speak of the same thing.",
        "zh": "两处在同一事项上说法一致。",
    },
    "unrelated": {
        "en": "The passages do not speak of the same thing.",
        "zh": "两处说的不是同一事项。",
    },
}
SCOPE_REASONS: Mapping[str, Mapping[str, str]] = {
    "region": {"en": "another region", "zh": "地区不同"},
    "platform": {"en": "another platform", "zh": "平台不同"},
    "audience": {"en": "another group of people or plan", "zh": "对象不同"},
    "named": {"en": "another product", "zh": "产品或等级不同"},
    "product": {"en": "another product", "zh": "产品不同"},
    "year": {"en": "another year", "zh": "年份不同"},
    "version": {"en": "another version", "zh": "版本不同"},
    "exception": {"en": "a rule and its exception", "zh": "一般规定与例外"},
    "heading": {"en": "another heading", "zh": "标题不同"},
    "question": {"en": "the question names only one of them", "zh": "问题只涉及其中之一"},
}
CAUSES: Mapping[str, str] = {
    "region": "region or product variant",
    "platform": "region or product variant",
    "audience": "region or product variant",
    "named": "region or product variant",
    "product": "region or product variant",
    "heading": "region or product variant",
    "question": "region or product variant",
    "year": "stale version",
    "version": "stale version",
    "exception": "general rule against exception",
}
LONGEST_VALUE = 60


def explain(
    relation: str, language: str, values: tuple[str, str] | None = None, scope: str | None = None
) -> str:
    """The sentence for a relation; values and the reason of a scope fill it in."""
    template = TEMPLATES[relation][language]
    if values is None:
        return template.format(left="", right="", why="") if "{" not in template else ""
    left, right = (_short(value) for value in values)
    why = SCOPE_REASONS[scope][language] if scope else ""
    return template.format(left=left, right=right, why=why)


def _short(value: str) -> str:
    flat = " ".join(value.split())
    return flat if len(flat) <= LONGEST_VALUE else flat[: LONGEST_VALUE - 1] + "…"
