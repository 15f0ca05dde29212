"""What stands around a number: bounds ("at least"), what it counts, and whether it is a year."""

from __future__ import annotations

import re

from ragcheck.text.language import CJK
from ragcheck.text.unit_reading import Measured, read_physical

LEFT = 24
CHINESE_COUNTERS = (
    "个次件名人位条项种台份张笔家级层页遍套批组盒瓶片粒支袋箱颗枚只辆间所户单票轮期字行列门例轮步倍"
)

# bound: (English cues before, English cues after, Chinese cues before, Chinese cues after)
BOUND_CUES = {
    "at least": (
        ("at least", "no less than", "not less than", "no fewer than", "minimum of", "minimum",
         "a minimum of", ">=", "≥", "min."),
        ("or more", "or above", "or newer", "or later", "or higher", "or over", "or longer",
         "and above", "and newer", "and later", "minimum", "+"),
        ("至少", "不少于", "不低于", "最低", "最少", "起码", "不得少于", "不得低于", "不短于",
         "≥", ">=", "大于等于"),
        ("以上", "及以上", "或以上", "起", "或更高", "+"),
    ),
    "more than": (
        ("more than", "over", "above", "exceeding", "exceeds", "exceed", "greater than",
         "longer than", ">"),
        (),
        ("超过", "多于", "高于", "大于", "超出", "逾", "满", ">"),
        ("多",),
    ),
    "at most": (
        ("at most", "no more than", "not more than", "up to", "maximum of", "maximum", "within",
         "not exceed", "not exceeding", "no longer than", "no later than", "not over",
         "a maximum of", "<=", "≤", "max."),
        ("or less", "or fewer", "or below", "or older", "or earlier", "maximum", "at most"),
        ("至多", "最多", "不超过", "不得超过", "不多于", "不高于", "最高", "最长", "最迟", "不迟于",
         "不大于", "≤", "<=", "上限为", "上限", "小于等于"),
        ("以内", "之内", "内", "或以下", "及以下", "封顶"),
    ),
    "less than": (
        ("less than", "under", "below", "fewer than", "shorter than", "<"),
        (),
        ("少于", "低于", "小于", "不足", "未满", "不到", "<"),
        ("以下",),
    ),
    "about": (
        ("about", "approximately", "around", "roughly", "approx.", "some", "nearly", "almost",
         "circa", "~", "≈"),
        ("or so",),
        ("大约", "约", "约为", "近", "将近", "大概", "~", "≈"),
        ("左右", "上下"),
    ),
}  # fmt: skip


def _cues(column: int) -> list[tuple[str, str]]:
    pairs = [
        (cue, bound)
        for bound, cues in BOUND_CUES.items()
        for cue in (*cues[column], *cues[column + 2])
    ]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


_BEFORE, _AFTER = _cues(0), _cues(1)
_WORD_CHAR = re.compile(r"[A-Za-z]")
_BEFORE_FILL = re.compile(r"(?:\s|a total of|the|为|是|达|[:：])+$")
_NOUN = re.compile(r"[ \n]([A-Za-z][A-Za-z'-]{1,30})(?: ([A-Za-z][A-Za-z-]{1,30}))?")
_CHINESE_NOUN = re.compile(rf"([{CHINESE_COUNTERS}])([{CJK}]{{0,2}})")
_NOT_A_NOUN = frozenset(
    (
        "a", "an", "and", "are", "as", "at", "be", "been", "before", "but", "by", "can",
        "could", "do", "does", "each", "every", "for", "from", "had", "has", "have", "if",
        "in", "into", "is", "it", "its", "may", "more", "must", "need", "needs", "no", "not",
        "of", "on", "or", "over", "per", "shall", "should", "since", "so", "than", "that",
        "the", "then", "there", "these", "this", "those", "to", "under", "until", "up", "was",
        "were", "when", "which", "while", "will", "with", "within", "without", "would",
        "after", "all", "any", "only", "also",
    )
)  # fmt: skip
_YEAR_CUE = re.compile(
    r"(?:\b(?:in|since|until|till|from|by|of|before|after|during|year|early|late|mid|around|circa|"
    r"between|throughout|and|to|for|the|spring|summer|autumn|fall|winter|edition|©|copyright)"
    r"|[(\[（/–—,，年自从])\s?$",
    re.IGNORECASE,
)
_RATE_BEFORE = re.compile(r"每(?=\S)")
_RATE_AFTER = re.compile(
    rf"(?: [A-Za-z-]{{2,20}}){{1,3}} (?:per|an?|every|each)(?= )|[{CHINESE_COUNTERS}]?(?:/|每)",
    re.IGNORECASE,
)
_RATE_FILL = re.compile(
    r"(?:个|内)?\s?(?:最多|至多|至少|不超过|不得超过|限|仅|可|共|享|有|收取|支付|能| ){0,4}"
)


def bound_before(before: str) -> str | None:
    """The bound that the words in front of a value set."""
    tail = _BEFORE_FILL.sub("", before).lower()
    for cue, bound in _BEFORE:
        if tail.endswith(cue):
            start = len(tail) - len(cue)
            whole = not (_WORD_CHAR.match(cue) and start and tail[start - 1].isalnum())
            if whole and not (bound == "more than" and tail[:start].rstrip().endswith("no")):
                return bound
    return None


def bound_after(after: str) -> str | None:
    """The bound that the words behind a value set."""
    head = after.lstrip(" ").lower()
    for cue, bound in _AFTER:
        if head.startswith(cue):
            following = head[len(cue) : len(cue) + 1]
            if not (_WORD_CHAR.match(cue) and following.isascii() and following.isalpha()):
                return bound
    return None


def noun_after(text: str, end: int) -> str | None:
    """What a bare number counts: one or two English words, or a Chinese measure word."""
    chinese = _CHINESE_NOUN.match(text, end)
    if chinese is not None:
        return chinese.group(2) if chinese.group(1) == "个" and chinese.group(2) else chinese[1]
    match = _NOUN.match(text, end)
    if match is None:
        return None
    words = []
    for word in (match.group(1), match.group(2)):
        if word is None or word.lower() in _NOT_A_NOUN:
            break
        words.append(word.lower())
    return _singular(" ".join(words)) if words else None


def _singular(noun: str) -> str:
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


def is_year(text: str, start: int, end: int) -> bool:
    """Whether a bare four-digit number between 1000 and 2199 is meant as a year."""
    written = text[start:end]
    if len(written) != 4 or not written.isdigit() or not 1000 <= int(written) <= 2199:
        return False
    recent = 1900 <= int(written) <= 2099
    following = noun_after(text, end)
    if following is not None and following.endswith("s"):
        return False
    before = text[max(0, start - LEFT) : start]
    if _YEAR_CUE.search(before):
        return recent or following is None
    plural = re.match(r" [a-z]+s\b", text[end : end + 24])
    capital = re.search(r"[A-Z][a-z]+ $", before)
    return recent and plural is None and (capital is not None or start == 0)


def denominator_before(before: str) -> Measured | None:
    """The time unit of 每年 in 每年最多(10次)."""
    found: Measured | None = None
    for match in _RATE_BEFORE.finditer(before):
        position = match.end() + (1 if before[match.end() : match.end() + 1] == "个" else 0)
        unit = read_physical(before, position) or read_physical(before, match.end())
        if unit is None or unit.kind != "duration":
            continue
        if _RATE_FILL.fullmatch(before[unit.end :]):
            found = unit
    return found


def denominator_after(text: str, end: int) -> Measured | None:
    """The time unit of "per minute" in (100) requests per minute."""
    match = _RATE_AFTER.match(text, end)
    if match is None:
        return None
    unit = read_physical(text, match.end())
    return unit if unit is not None and unit.kind == "duration" else None
