"""The sentences of the contrast between a conflict and missing evidence, by language."""

from __future__ import annotations

from collections.abc import Mapping

PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "no_questions": "no question was answered under both",
        "few_questions": (
            "{questions} questions were answered with sound evidence, with a conflict and without"
            " the evidence; it takes {least}"
        ),
        "nothing_moved": (
            "neither a conflict nor missing evidence changed an answer of {questions} questions:"
            " the model does not use this evidence"
        ),
        "measured": (
            "with one conflicting passage {value:+.2f} [{low:+.2f}, {high:+.2f}] in correctness"
            " against missing evidence, {questions} questions"
        ),
        "could_have_seen": "; a difference of {smallest:.2f} would have been seen",
    },
    "zh": {
        "no_questions": "没有问题在两种情况下都得到回答",
        "few_questions": (
            "在证据完好、有矛盾、缺证据三种情况下都得到回答的问题有 {questions} 个，"
            "至少需要 {least} 个"
        ),
        "nothing_moved": (
            "{questions} 个问题的回答既没有因矛盾、也没有因缺证据而改变：模型没有使用这些证据"
        ),
        "measured": (
            "有一个矛盾片段时的正确率比缺证据时相差 {value:+.2f} [{low:+.2f}, {high:+.2f}]，"
            "{questions} 个问题"
        ),
        "could_have_seen": "；{smallest:.2f} 的差值本可检出",
    },
}


def say(language: str, phrase: str, **values: object) -> str:
    """The phrase in one language, with its values filled in."""
    return PHRASES[language][phrase].format(**values)
