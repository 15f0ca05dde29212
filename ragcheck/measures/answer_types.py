"""What kind of answer a question wants, from its question words; English and Chinese alike."""

from __future__ import annotations

import re
from collections.abc import Mapping

_AMOUNTS = frozenset({"number", "quantity", "percent", "money", "duration"})
_TIMES = frozenset({"date", "time", "weekday", "duration"})

_PATTERNS: Mapping[str, tuple[tuple[str, frozenset[str]], ...]] = {
    "en": (
        (r"\bhow (?:long|soon|quickly|often)\b|\bwithin what\b", frozenset({"duration", "time"})),
        (r"\bhow (?:much|expensive)\b|\bwhat (?:price|fee|cost)\b|\bthe (?:price|fee|cost) of\b",
         frozenset({"money", "percent", "quantity", "number"})),
        (r"\bhow (?:many|large|big|far|fast|old|high|deep|tall|heavy)\b", _AMOUNTS),
        (r"\b(?:what|which) (?:percentage|percent|share|rate|proportion)\b",
         frozenset({"percent", "number"})),
        (r"\bwhen\b|\b(?:what|which) (?:date|day|year|month|time)\b|\buntil what\b",
         _TIMES | {"number"}),
        (r"\b(?:what|which) version\b", frozenset({"version", "number", "identifier"})),
        (r"\b(?:what|which) (?:number|amount|limit|maximum|minimum|default value)\b", _AMOUNTS),
    ),
    "zh": (
        (r"多久|多长时间|(?:几|多少)(?:天|日|小时|分钟|周|个?月|年|个?工作日)",
         frozenset({"duration", "time", "date"})),
        (r"多少钱|多少元|价格|费用是|几元|几块",
         frozenset({"money", "percent", "quantity", "number"})),
        (r"多少|几(?:个|次|人|位|台|种|项|条|份|家|名)|多(?:大|远|快|高|深|重)", _AMOUNTS),
        (r"百分之几|比例|百分比|占比", frozenset({"percent", "number"})),
        (r"何时|什么时候|哪(?:一)?(?:年|天|日|月)|几(?:月|号|点)|什么时间", _TIMES | {"number"}),
        (r"(?:哪个|什么)版本|版本是|版本号", frozenset({"version", "number", "identifier"})),
        (r"(?:上限|下限|最多|最少|限额|默认值)(?:是|为)", _AMOUNTS),
    ),
}  # fmt: skip


def expected_kinds(question: str, language: str) -> frozenset[str]:
    """Kinds of :data:`ragcheck.text.typed.VALUE_KINDS` that would answer; empty where any may."""
    lowered = question.lower()
    for pattern, kinds in _PATTERNS.get(language, _PATTERNS["en"]):
        if re.search(pattern, lowered):
            return kinds
    return frozenset()


_ASKING: Mapping[str, str] = {
    "en": (
        r"\b(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|"
        r"will|would|should|may|must|has|have|had|be|been|the|a|an|of|in|on|at|to|for|from|by|with|"
        r"and|or|if|it|its|this|that|these|those|there|i|my|we|our|you|your|me|many|much|long|"
        r"as|get|about|any|than|into|not)\b"
    ),
    "zh": (
        r"什么时候|什么时间|为什么|什么|多少|多久|多长时间|何时|哪些|哪个|哪里|哪一|哪|谁"
        r"|怎么样|怎么|怎样|如何|是否|能否|可否|可以|需要|应该|能不能|吗|呢|的|了|是|在|有|和|与"
        r"|被|把|为|于|请问|我|我们|几"
    ),
}


def content_of(question: str, language: str) -> str:
    """The question without its question words and function words."""
    return re.sub(_ASKING.get(language, _ASKING["en"]), " ", question, flags=re.IGNORECASE)
