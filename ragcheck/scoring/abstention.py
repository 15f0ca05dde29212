"""Whether an answer declines to answer, in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ragcheck.text.values import find_values

# Said alone, with nothing but punctuation around.
ALONE: Mapping[str, tuple[str, ...]] = {
    "en": ("unknown", "n/a", "na", "not available", "not applicable", "none given", "unclear",
           "unsure", "not sure", "no answer", "unanswerable", "not known", "undetermined"),
    "zh": ("未知", "不详", "不明", "无法回答", "无答案", "不清楚", "不确定", "无", "没有答案"),
}  # fmt: skip
# Said anywhere in the first sentence.
PHRASES: Mapping[str, tuple[str, ...]] = {
    "en": ("i don't know", "i do not know", "don't know", "not stated", "not mentioned",
           "not specified", "not provided", "not given in", "not in the", "not found in",
           "no information", "cannot be determined", "can't be determined", "cannot answer",
           "can't answer", "cannot determine", "does not say", "doesn't say", "does not mention",
           "doesn't mention", "do not mention", "does not state", "doesn't state",
           "does not specify", "doesn't specify", "does not provide", "does not contain",
           "not enough information", "insufficient information", "no mention of",
           "unable to answer", "is unknown", "not covered in"),
    "zh": ("不知道", "未提及", "没有提及", "未说明", "没有说明", "未提到", "没有提到", "未给出",
           "无法确定", "无法判断", "无从得知", "无法回答", "没有相关信息", "无相关信息", "信息不足",
           "资料中没有", "文中没有", "材料中没有", "资料未", "文中未", "材料未", "未涉及",
           "没有涉及", "未找到", "没有找到", "没有给出", "未作规定", "没有规定", "未规定"),
}  # fmt: skip

_ALONE = re.compile(
    rf"\W*(?:the answer is |answer: |it is |it's |答案是|答案为|答案)?"
    rf"(?:{'|'.join(re.escape(word) for words in ALONE.values() for word in words)})\W*",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    "|".join(
        rf"\b{re.escape(word)}\b" if language == "en" else re.escape(word)
        for language, words in PHRASES.items()
        for word in words
    ),
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)|[。！？\n]")
HEAD = 400


def is_abstention(answer: str) -> bool:
    """Whether the answer, or its first sentence, says that it does not know.

    An empty answer abstains. A first sentence that declines and still gives a value ("not stated,
    but 30 days is usual") does not: it answers.
    """
    text = answer.strip().replace("’", "'")
    if not re.search(r"\w", text):
        return True
    end = _SENTENCE_END.search(text)
    sentence = text[: end.start() if end else len(text)][:HEAD]
    if _ALONE.fullmatch(sentence):
        return True
    declined = _PHRASE.search(sentence)
    if declined is None:
        return False
    after = sentence[declined.end() :]
    return not any(value.kind != "identifier" for value in find_values(after))
