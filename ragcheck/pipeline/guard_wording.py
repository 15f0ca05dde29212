"""Why a guard did what it did, by language."""

from __future__ import annotations

from collections.abc import Mapping

PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "rejected": "contradicts passage {other}, which {why}: “{here}” here, “{there}” there",
        "preferred": "passage {other} contradicts it, but this one {why}: “{here}” here, “{there}”"
        " there",
        "newer": "is newer",
        "exception": "is the exception to the rule",
        "better ranked": "is ranked better",
        "not_alone": "cannot be understood alone ({value:.2f}): {defects}",
        "late": "not checked: the time budget of {ms:g} ms ran out",
        "long": "only the first {longest} characters were checked",
        "blank": "not checked: it holds no text",
        "unjudged": "not compared with passage {other}: {reason}",
        "unjudged_all": "not compared with the passages before it: {reason}",
        "no_question": "whether the passages hold the answer was not checked: there is no question",
        "no_sufficiency": "whether the passages hold the answer was not checked: {reason}",
        "none": "there is no passage",
        "insufficient": "the best passage speaks of {value:.0%} of what is asked; {least:.0%} is"
        " the least",
        "two_answers": "passages {one} and {other} give two answers: “{here}” and “{there}”",
        "passage": "passage {number}: {reason}",
    },
    "zh": {
        "rejected": "与第{other}段矛盾，后者{why}：此处为“{here}”，彼处为“{there}”",
        "preferred": "第{other}段与之矛盾，但本段{why}：此处为“{here}”，彼处为“{there}”",
        "newer": "较新",
        "exception": "是该规则的例外",
        "better ranked": "排名更靠前",
        "not_alone": "无法独立理解（{value:.2f}）：{defects}",
        "late": "未检查：{ms:g} 毫秒的时间预算已用完",
        "long": "只检查了前 {longest} 个字符",
        "blank": "未检查：没有文字",
        "unjudged": "未与第{other}段比较：{reason}",
        "unjudged_all": "未与之前的各段比较：{reason}",
        "no_question": "未检查各段是否含有答案：没有问题",
        "no_sufficiency": "未检查各段是否含有答案：{reason}",
        "none": "没有任何段落",
        "insufficient": "最相关的一段只涉及所问内容的 {value:.0%}，至少需要 {least:.0%}",
        "two_answers": "第{one}段与第{other}段给出两个答案：“{here}”与“{there}”",
        "passage": "第{number}段：{reason}",
    },
}


def say(language: str, phrase: str, **values: object) -> str:
    """A phrase in a language, filled in."""
    return PHRASES[language][phrase].format(**values)
