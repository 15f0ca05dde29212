"""Words that limit a statement to a region, a platform or an audience, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

SCOPE_WORDS: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]] = {
    # Each inner tuple is one scope with its names.
    "region": {
        "en": (
            ("uk", "united kingdom", "britain"), ("us", "usa", "united states"), ("eu", "european"),
            ("japan", "japanese"), ("china", "chinese mainland"), ("canada", "canadian"),
            ("germany", "german"), ("france", "french"), ("ireland", "irish"), ("india",),
            ("australia",), ("hong kong",), ("taiwan",), ("singapore",), ("europe",), ("asia",),
            ("scotland",), ("california",), ("new york",), ("spain",), ("italy",), ("mexico",),
            ("netherlands",), ("switzerland",), ("norway",), ("sweden",), ("brazil",), ("korea",),
            ("northern ireland",), ("new zealand",), ("austria",), ("belgium",), ("denmark",),
        ),
        "zh": (
            ("英国",), ("美国",), ("欧盟", "欧洲"), ("日本",), ("大陆", "内地"), ("加拿大",),
            ("德国",), ("法国",), ("印度",), ("澳大利亚",), ("香港",), ("台湾",), ("新加坡",),
            ("澳门",), ("北京",), ("上海",), ("广州",), ("深圳",), ("广东",), ("浙江",),
            ("江苏",), ("杭州",), ("南京",), ("苏州",), ("四川",), ("成都",), ("重庆",),
            ("天津",), ("新疆",), ("西藏",), ("青海",), ("海南",), ("山东",), ("福建",),
            ("湖北",), ("武汉",), ("韩国",), ("境外", "海外"),
        ),
    },
    "platform": {
        "en": (
            ("windows",), ("macos", "os x", "mac"), ("linux",), ("ios", "iphone", "ipad"),
            ("android",), ("web", "browser"), ("docker",), ("mysql",), ("postgresql", "postgres"),
            ("sqlite",), ("redis",), ("rabbitmq",), ("chrome",), ("firefox",), ("safari",),
            ("python 2",), ("python 3",),
        ),
        "zh": (
            ("电脑端", "pc端"), ("网页", "网页版"), ("小程序",), ("安卓",), ("苹果",),
            ("手机端",), ("客户端",), ("服务端",), ("浏览器",), ("后台",),
        ),
    },
    "audience": {
        "en": (
            ("free plan", "free tier"), ("pro plan", "pro"), ("enterprise", "enterprise plan"),
            ("basic plan", "basic"), ("students", "student"), ("staff", "employees", "employee"),
            ("contractors", "contractor"), ("managers", "manager"), ("children", "minors"),
            ("adults", "adult"), ("business customers", "business"), ("consumers", "consumer"),
            ("new customers",), ("existing customers",), ("part-time",), ("full-time",),
            ("probation",), ("directors", "director"), ("premium",), ("standard",), ("express",),
        ),
        "zh": (
            ("普通会员",), ("高级会员",), ("企业用户", "企业版"), ("个人用户", "个人版"),
            ("学生",), ("员工", "职工"), ("外包",), ("经理",), ("儿童", "未成年人"),
            ("成人", "成年人"), ("新用户", "新客户"), ("老用户", "老客户"), ("试用期",),
            ("兼职",), ("全职",), ("高管",), ("免费版",), ("专业版",), ("基础版",),
            ("旗舰版",), ("处方药",), ("非处方药",), ("加急", "急送"), ("标准", "普通"),
        ),
    },
}  # fmt: skip
LONGEST_NAMED = 200_000
_INNER_CAPITAL = re.compile(r"[a-z,;] ([A-Z][a-z]{2,20})\b")
_PROSE = re.compile(r"^(?!#)[^\n|]{60,}", re.MULTILINE)
_LOWER_WORD = re.compile(r"\b[a-z]{3,21}\b")
_TITLE_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,40}")
_CODE = re.compile(r"[a-z]{1,5}-?\d{1,5}[a-z]?")
_COMMON = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august"
    r"|september|october|november|december|english|the"
)
_ANY_NAMED = re.compile(r"([\u4e00-\u9fff]{2})(?=会员|险|套餐|版本|机型|系列)")


@cache
def _patterns() -> Mapping[str, tuple[re.Pattern[str], Mapping[str, str]]]:
    made = {}
    for category, languages in SCOPE_WORDS.items():
        names = {
            name: scope[0] for table in languages.values() for scope in table for name in scope
        }
        ordered = sorted(names, key=len, reverse=True)
        english = "|".join(re.escape(name) for name in ordered if name.isascii())
        chinese = "|".join(re.escape(name) for name in ordered if not name.isascii())
        made[category] = (
            re.compile(rf"(?<![a-z0-9_.-])(?:{english})(?![a-z0-9_-])|{chinese}"), names
        )  # fmt: skip
    return made


def scope_marks(text: str) -> dict[str, frozenset[str]]:
    """Scopes that a text names, by category; categories without any are left out."""
    folded = text.lower()
    marks = {}
    for category, (pattern, names) in _patterns().items():
        found = frozenset(names[match.group()] for match in pattern.finditer(folded))
        if category == "region" and "us" in found and not re.search(r"\bUS\b|usa|united st", text):
            found -= {"us"}
        if found:
            marks[category] = found
    named = frozenset(_ANY_NAMED.findall(text))
    if named:
        marks["named"] = named
    return marks


def proper_names(text: str) -> frozenset[str]:
    """Words that a text writes with a capital inside sentences and never without, lower case."""
    head = "\n".join(_PROSE.findall(text[:LONGEST_NAMED]))
    capital = {word.lower() for word in _INNER_CAPITAL.findall(head)}
    names = capital - set(_LOWER_WORD.findall(text[:LONGEST_NAMED]))
    return frozenset(name for name in names if not _COMMON.fullmatch(name))


def names_in(title: str, proper: frozenset[str]) -> tuple[str, ...]:
    """The proper names and product codes of a title, lower case, each once."""
    words = (word.lower().strip(".-_") for word in _TITLE_WORD.findall(title))
    return tuple(dict.fromkeys(word for word in words if word in proper or _CODE.fullmatch(word)))
