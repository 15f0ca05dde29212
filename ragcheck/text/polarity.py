"""Cues of negation and modality, in the same classes in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ragcheck.records.corpus import Span
from ragcheck.text.language import CJK

CUES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "obligation": {
        "en": ("must", "shall", "should", "has to", "have to", "is required", "are required",
               "required", "is mandatory", "mandatory", "needs to", "need to", "requires"),
        "zh": ("应当", "必须", "须", "应该", "需要", "应", "务必", "有义务", "要求"),
    },
    "prohibition": {
        "en": ("must not", "may not", "shall not", "should not", "cannot", "can not", "can't",
               "mustn't", "shouldn't", "is not allowed", "are not allowed", "not allowed",
               "not permitted", "prohibited", "forbidden", "never allowed", "banned", "do not",
               "don't", "not be"),
        "zh": ("不得", "禁止", "不能", "不可以", "不可", "不允许", "严禁", "不准", "不应", "不应当",
               "请勿", "切勿", "行不通", "一律不", "概不", "不予"),
    },
    "permission": {
        "en": ("may", "can", "is allowed", "are allowed", "allowed", "permitted", "is permitted",
               "are permitted", "is free to", "are free to", "is entitled", "are entitled"),
        "zh": ("可以", "允许", "可", "准许", "有权", "能够", "能", "得以"),
    },
    "exemption": {
        "en": ("need not", "needn't", "not required", "not necessary", "no need", "optional",
               "does not need", "do not need", "don't need", "doesn't need", "not need to",
               "not have to", "without having to"),
        "zh": ("无需", "无须", "不必", "不用", "不需要", "免于", "毋需", "可选", "不要求"),
    },
    "negation": {
        "en": ("not", "no", "never", "none", "neither", "nor", "isn't", "aren't", "doesn't",
               "didn't", "won't", "wasn't", "weren't", "hasn't", "haven't", "without"),
        "zh": ("没有", "不会", "不是", "从未", "从不", "不", "未", "无", "没", "并非", "非"),
    },
    "on": {
        "en": ("enabled", "enable", "enables", "turned on", "true", "supported", "supports",
               "available", "active"),
        "zh": ("开启", "启用", "打开", "支持", "可用", "有效"),
    },
    "off": {
        "en": ("disabled", "disable", "disables", "turned off", "false", "unsupported",
               "not supported", "unavailable", "not available", "inactive"),
        "zh": ("关闭", "停用", "禁用", "不支持", "不可用", "无效", "失效"),
    },
    "only": {
        "en": ("only", "solely", "exclusively"),
        "zh": ("仅限", "仅", "只能", "只限", "只有", "只"),
    },
    "all": {
        "en": ("all", "every", "each", "any"),
        "zh": ("全部", "所有", "一切", "任何", "均", "都"),
    },
    "supersession": {
        "en": ("replaces", "replaced by", "supersedes", "superseded by", "no longer", "obsolete",
               "withdrawn", "as of", "with effect from", "deprecated", "removed in",
               "has been removed", "was removed", "changed from", "increased from", "reduced from",
               "raised from", "instead of the previous", "previously"),
        "zh": ("废止", "取代", "替代", "代替", "不再", "作废", "起执行", "起施行", "起生效",
               "自即日起", "移除", "已移除", "由原", "缩短为", "延长为", "调整为", "修改为",
               "更名为", "变更为", "此前", "升级为"),
    },
    "example": {
        "en": ("for example", "e.g.", "for instance", "such as", "example"),
        "zh": ("例如", "比如", "譬如", "示例", "举例"),
    },
    "exception": {
        "en": ("except", "unless", "other than", "apart from", "with the exception", "excluding",
               "exception", "however", "but not"),
        "zh": ("除外", "除非", "例外", "但", "另有规定", "不在此限", "以外", "特殊情况"),
    },
}  # fmt: skip
# Words that only look like a cue.
NO_CUES: Mapping[str, tuple[str, ...]] = {
    "en": ("not only", "no matter", "not least", "if not", "whether or not", "no.", "can be found"),
    "zh": ("不仅", "不但", "不同", "不久", "无论", "不断", "未来", "非常", "不过", "不论", "不管",
           "无理由", "不限", "不少", "可能", "可靠", "功能", "性能", "智能", "能力", "能源", "许可",
           "可见", "认可", "无法", "不低于", "不超过", "不少于", "不高于", "不多于", "不影响",
           "反应", "相应", "对应", "适应", "应用", "供应", "响应", "应急", "须知", "但是", "无线",
           "可视", "都市", "平均", "只读", "无效", "不满", "不足", "未成年", "未满"),
}  # fmt: skip
OPPOSED = (
    frozenset({"obligation", "prohibition"}),
    frozenset({"obligation", "exemption"}),
    frozenset({"permission", "prohibition"}),
    frozenset({"on", "off"}),
)


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue: its class, its words and their place."""

    kind: str
    text: str
    span: Span


@cache
def _pattern() -> tuple[re.Pattern[str], Mapping[str, str]]:
    classes: dict[str, str] = {}
    for kind, languages in CUES.items():
        for words in languages.values():
            for word in words:
                classes.setdefault(word, kind)
    for words in NO_CUES.values():
        for word in words:
            classes.setdefault(word, "")
    ordered = sorted(classes, key=len, reverse=True)
    chinese = "|".join(re.escape(word) for word in ordered if re.match(f"[{CJK}]", word))
    english = "|".join(re.escape(word) for word in ordered if not re.match(f"[{CJK}]", word))
    pattern = re.compile(rf"(?<![A-Za-z_-])(?:{english})(?![A-Za-z_-])|{chinese}", re.IGNORECASE)
    return pattern, classes


def find_cues(text: str) -> list[Cue]:
    """Every cue in the text, in order; the longest that fits wins, so spans never overlap."""
    pattern, classes = _pattern()
    found = []
    for match in pattern.finditer(text.replace("’", "'").replace("\n", " ")):
        kind = classes[match.group().lower()]
        if kind:
            found.append(Cue(kind, text[match.start() : match.end()], Span(*match.span())))
    return found


def cue_kinds(text: str) -> frozenset[str]:
    """The classes of the cues in a text."""
    return frozenset(cue.kind for cue in find_cues(text))
