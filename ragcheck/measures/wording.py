"""Why a figure over questions or chunks is undefined, by language."""

from __future__ import annotations

from collections.abc import Mapping

PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "no_questions": "no questions",
        "no_conflict": "no question has a conflict among its passages",
        "no_gold": "no question has gold evidence in the corpus",
        "no_scored_chunk": "no chunk could be scored",
        "too_few_recorded": "{n} questions of this kind, {least} are the least",
        "too_few_paired": "{n} questions were answered with both, {least} are the least",
        "no_repeats": "no request was answered twice",
        "undefined": "no {measure} was measured",
        "undefined.sufficiency": "no question has gold evidence in the corpus",
        "undefined.contradicted_support": "no question has a passage that bears the answer",
        "undefined.redundancy": "no question has a passage with words in it",
        "undefined.self_containedness": "no question has a passage that could be scored",
    },
    "zh": {
        "no_questions": "没有问题",
        "no_conflict": "没有问题的段落之间出现矛盾",
        "no_gold": "没有问题在语料中有金标证据",
        "no_scored_chunk": "没有可评分的片段",
        "too_few_recorded": "这类问题只有 {n} 个，至少需要 {least} 个",
        "too_few_paired": "两种情况都有回答的问题只有 {n} 个，至少需要 {least} 个",
        "no_repeats": "没有同一请求的多次回答",
        "undefined": "没有测得 {measure}",
        "undefined.sufficiency": "没有问题在语料中有金标证据",
        "undefined.contradicted_support": "没有问题取得能支持答案的段落",
        "undefined.redundancy": "没有问题取得含有文字的段落",
        "undefined.self_containedness": "没有问题取得可评分的段落",
    },
}


def say(language: str, phrase: str, **values: object) -> str:
    """The phrase in one language, with its values filled in."""
    return PHRASES[language][phrase].format(**values)


def why_undefined(language: str, measure: str) -> str:
    """Why a measure of a curve has no value for any question."""
    own = f"undefined.{measure}"
    return say(language, own if own in PHRASES[language] else "undefined", measure=measure)
