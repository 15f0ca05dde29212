"""How dates are written in short answers: ordinals in words, fixed feast days, eras, seasons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ragcheck.judges.answer_numbers import Rewrite, number, rule
from ragcheck.records.corpus import Span
from ragcheck.text.numerals import CHINESE_NUMERAL
from ragcheck.text.values import TypedValue

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_ORDINALS = {
    word: i + 1
    for i, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
         "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
         "seventeenth", "eighteenth", "nineteenth", "twentieth")
    )
} | {"thirtieth": 30, "thirty-first": 31}  # fmt: skip
_ORDINALS |= {f"twenty-{word}": 20 + _ORDINALS[word] for word in tuple(_ORDINALS)[:9]}
_ORDINAL = "|".join(sorted(_ORDINALS, key=len, reverse=True))
_MONTH = "|".join((*MONTHS, *(f"{month[:3]}|{month[:4]}" for month in MONTHS)))
_COUNTED = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|week|day|month|century|round|place|edition|"
    r"season|episode|chapter|floor|game|lap|attempt|term|symphony|grade|amendment"
)
FEASTS = {
    "new year's day": "1 January", "epiphany": "6 January", "valentine's day": "14 February",
    "st patrick's day": "17 March", "april fools' day": "1 April", "may day": "1 May",
    "halloween": "31 October", "all saints' day": "1 November", "all souls' day": "2 November",
    "armistice day": "11 November", "st nicholas' day": "6 December",
    "st nicholas day": "6 December", "christmas eve": "24 December",
    "christmas day": "25 December", "boxing day": "26 December",
    "new year's eve": "31 December",
}  # fmt: skip
"""Feasts that fall on the same day every year."""
ZH_FEASTS = {
    "元旦": "1月1日", "情人节": "2月14日", "妇女节": "3月8日", "植树节": "3月12日",
    "愚人节": "4月1日", "劳动节": "5月1日", "青年节": "5月4日", "儿童节": "6月1日",
    "建党节": "7月1日", "建军节": "8月1日", "教师节": "9月10日", "国庆节": "10月1日",
    "国庆": "10月1日", "万圣节": "10月31日", "平安夜": "12月24日", "圣诞节": "12月25日",
    "跨年夜": "12月31日",
}  # fmt: skip
_ERAS = {
    "meiji": 1868, "taisho": 1912, "showa": 1926, "heisei": 1989, "reiwa": 2019, "kangxi": 1662,
    "qianlong": 1736, "guangxu": 1875, "wanli": 1573,
}  # fmt: skip
_ZH_ERAS = {
    "贞观": 627, "开元": 713, "洪武": 1368, "永乐": 1403, "宣德": 1426, "成化": 1465,
    "弘治": 1488, "正德": 1506, "嘉靖": 1522, "万历": 1573, "天启": 1621, "崇祯": 1628,
    "顺治": 1644, "康熙": 1662, "雍正": 1723, "乾隆": 1736, "嘉庆": 1796, "道光": 1821,
    "咸丰": 1851, "同治": 1862, "光绪": 1875, "宣统": 1909, "民国": 1912, "明治": 1868,
    "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019,
}  # fmt: skip
"""The first year of an era."""
_NEAR = r"(?!节|假|期间|长假|黄金周|前|后|档|当周|周)"


def _suffixed(match: re.Match[str]) -> str:
    count = _ORDINALS[match["ordinal"].lower()]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(count % 10 if count not in (11, 12, 13) else 0, "th")
    return f"{count}{ending}"


def _era_year(match: re.Match[str]) -> str:
    eras = {**_ERAS, **_ZH_ERAS}
    nth = 1.0 if match["nth"] == "元" else number(match["nth"])
    if nth is None:
        return match.group()
    year = int(eras[match["era"].lower()] + nth - 1)
    return f"{year}年" if match["era"] in _ZH_ERAS else f"in {year}"


def _short_year(match: re.Match[str]) -> str:
    year = int(match["year"])
    return f"{match['month']} {(1900 if year > 30 else 2000) + year}"


def _feast(match: re.Match[str]) -> str:
    return FEASTS[match.group().lower().replace("’", "'").replace(".", "")]


def _whole_month(match: re.Match[str]) -> str:
    return next(month for month in MONTHS if month.startswith(match["month"].lower())).capitalize()


_FEAST = "|".join(re.escape(name).replace("'", "['’]").replace("st\\ ", r"st\.?\ ")
                  for name in sorted(FEASTS, key=len, reverse=True))  # fmt: skip
DATES: Mapping[str, tuple[Rewrite, ...]] = {
    "en": (
        rule("feast", rf"\b(?:{_FEAST})(?! (?:week|eve|weekend)\b)", _feast),
        rule("era", rf"\b(?P<era>{'|'.join(_ERAS)}) (?P<nth>\d{{1,2}})\b(?! \d)", _era_year),
        rule("ordinal", rf"\b(?:the )?(?P<ordinal>{_ORDINAL}) (?:of )?(?P<month>{_MONTH})\b",
             lambda m: f"{_ORDINALS[m['ordinal'].lower()]} {m['month']}"),
        rule("ordinal", rf"\b(?P<month>{_MONTH})\.? (?:the )?(?P<ordinal>{_ORDINAL})\b",
             lambda m: f"{_ORDINALS[m['ordinal'].lower()]} {m['month']}"),
        rule("ordinal", rf"\b(?P<ordinal>{_ORDINAL})(?= (?:{_COUNTED})\b)", _suffixed),
        rule("ordinal", rf"(?:^|(?<=the ))(?P<ordinal>{_ORDINAL})(?=[.,;]?$)", _suffixed),
        rule("short year", rf"\b(?P<month>{_MONTH})\.? ['’](?P<year>\d\d)\b", _short_year),
        rule("month alone", rf"^(?P<month>{_MONTH})\.?$", _whole_month),
        rule("part of a year", r"\b(?P<part>mid|early|late)[ -](?=(?:1\d|20)\d\d\b|[A-Z])",
             lambda m: f"in {m['part']} "),
    ),
    "zh": (
        rule("feast", rf"(?:{'|'.join(sorted(ZH_FEASTS, key=len, reverse=True))}){_NEAR}",
             lambda m: ZH_FEASTS[m.group()]),
        rule("era", rf"(?P<era>{'|'.join(_ZH_ERAS)})(?P<nth>元|\d{{1,2}}|{CHINESE_NUMERAL})年",
             _era_year),
        rule("ordinal", r"首(?=[届轮集季回场次位])", lambda _: "第一"),
        rule("short year", r"(?<!\d)(?P<year>[4-9]\d)年(?=\d{1,2}月|[春夏秋冬])",
             lambda m: f"19{m['year']}年"),
        rule("month alone", r"^(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})月(?:份|里)$",
             lambda m: f"{m['month']}月"),
        rule("part of a year", r"(?<=\d年)(?:年中|中期)", lambda _: ""),
    ),
}  # fmt: skip
_ALONE = re.compile(
    rf"(?:^|\b(?:in|of|during|early|late|mid|since|until|by)[ -])(?P<month>{_MONTH})\b(?!['’])",
    re.IGNORECASE,
)


def months_alone(text: str) -> Iterator[TypedValue]:
    """The months that are named without a day or a year: in March, the first Friday of April."""
    for match in _ALONE.finditer(text):
        if match["month"][0].isupper():
            month = MONTHS.index(_whole_month(match).lower()) + 1
            span = Span(*match.span("month"))
            yield TypedValue("date", match["month"], span, date=(None, month, None))
