"""How numbers are written in short answers: in words, rounded, halved, compound, with loose units.

The rules write a number with digits and a unit that :mod:`ragcheck.text.values` reads, and a mark
of rounding ("close to", 出头) as one of its bounds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ragcheck.text.numerals import CHINESE_NUMERAL, ENGLISH_NUMERAL, read_chinese, read_english

Rewrite = tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]]

NUMBER = rf"(?:\d{{1,4}}|{ENGLISH_NUMERAL})"
ZH_NUMBER = rf"(?:\d{{1,9}}(?:\.\d{{1,4}})?|{CHINESE_NUMERAL})"
NUMERALS = "零〇一二两三四五六七八九十百千万亿"
_ZH_INNER = rf"(?:(?!千[瓦克米卡])[{NUMERALS}])"  # the 千 of 千瓦 is the unit's
_DIGIT = "零〇一二三四五六七八九"
_PART = {
    "half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "tenth": 1 / 10, "hundredth": 1 / 100,
    "thousandth": 1 / 1000, "十": 1 / 10, "百": 1 / 100, "千": 1 / 1000,
}  # fmt: skip
_SMALLER = {"year": (12, "months"), "hour": (60, "minutes"), "minute": (60, "seconds")}
_MEASURE = (
    r"(?:kilo(?:gram(?:me)?|met(?:re|er)|watt)?|mile|lit(?:re|er)|met(?:re|er)|pound|tonne|ton"
    r"|second|minute|hour|year|per ?cent)"
)
_ZH_MEASURE = "公里|公斤|英里|小时|公顷|年|天|周|斤|亩|元|米|吨"
_ZH_LOOSE = {"里": (0.5, "公里"), "时辰": (2, "个小时"), "昼夜": (1, "天"), "月龄": (1, "个月")}


def number(written: str) -> float | None:
    """The number that stands there, in digits, English words or Chinese numerals."""
    if written[0].isdigit():
        return float(written)
    numeral = read_english(written.lower()) or read_chinese(written)
    return None if numeral is None else numeral.value


def plain(value: float) -> str:
    """The value as digits, with at most four decimals."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def rule(name: str, pattern: str, build: Callable[[re.Match[str]], str]) -> Rewrite:
    """One rewriting: its name (the same in both languages), what it finds, what it writes."""
    return name, re.compile(pattern, re.IGNORECASE), build


def as_digits(match: re.Match[str]) -> str:
    """The numeral that was found, with digits; as it stands where it is none."""
    found = number(match.group())
    return match.group() if found is None else plain(found)


def _and_a_part(match: re.Match[str]) -> str:
    whole = number(match["whole"])
    parts = (number(match["parts"]) if match["parts"] else None) or 1
    if whole is None:
        return match.group()
    part = (match["part"] or match["plural"]).lower().removesuffix("s")
    return plain(whole + parts * _PART[part])


def _part_of(match: re.Match[str]) -> str:
    parts = 1.0 if match["parts"].lower() in ("a", "an") else number(match["parts"])
    if parts is None:
        return match.group()
    size = parts * _PART[match["part"].lower().removesuffix("s")]
    factor, unit = _SMALLER.get(match["unit"].lower(), (1, f"{match['unit']}s"))
    return f"{plain(size * factor)} {unit}"


def _zh_and_a_half(match: re.Match[str]) -> str:
    whole = number(match["whole"])
    return match.group() if whole is None else f"{plain(whole + 0.5)}{match['unit']}"


def _zh_part_of(match: re.Match[str]) -> str:
    parts = number(match["parts"])
    return match.group() if parts is None else f"{plain(parts * _PART[match['part']])}秒"


def zh_decimal(match: re.Match[str]) -> str | None:
    """三点一四 as 3.14; ``None`` where a numeral cannot be read."""
    whole, rest = number(match["whole"]), [number(char) for char in match["rest"]]
    if whole is None or None in rest:
        return None
    return f"{plain(whole)}.{''.join(plain(digit or 0) for digit in rest)}"


def _zh_neighbours(match: re.Match[str]) -> str:
    """两三年 is two to three years, 七八百 seven to eight hundred."""
    low, high = number(match["low"]), number(match["high"])
    if low is None or high is None or high != low + 1:
        return match.group()
    return f"{plain(low)}到{plain(high)}"


def _zh_loose(match: re.Match[str]) -> str:
    found = number(match["number"])
    factor, unit = _ZH_LOOSE[match["unit"]]
    return match.group() if found is None else f"{plain(found * factor)}{unit}"


def _zh_feet(match: re.Match[str]) -> str:
    feet, inches = number(match["feet"]), number(match["inches"] or "0")
    if feet is None or inches is None:
        return match.group()
    return f"{plain((feet + inches / 10) * 100 / 3)}厘米"


def _zh_compound(larger: str, smaller: str) -> Callable[[re.Match[str]], str]:
    def build(match: re.Match[str]) -> str:
        large, small = number(match["large"]), number(match["small"])
        if large is None or small is None:
            return match.group()
        fraction = f".{match['fraction']}" if match["fraction"] else ""
        return f"{plain(large)}{larger}{plain(small)}{fraction}{smaller}"

    return build


WRITTEN: Mapping[str, tuple[Rewrite, ...]] = {
    "en": (
        rule("grouped", r"(?<![\d.,\w])[1-9]\d{0,2}(?:[  ]\d{3})+(?![\d\w]|[.,  ]\d)",
             lambda m: re.sub(r"\D", "", m.group())),
        rule("decimal", r"\b(?P<label>[a-z]{3,})-(?=\d+\.\d)", lambda m: f"{m['label']} "),
        rule("and a part", rf"\b(?P<whole>(?:an? )?{NUMBER}) and "
             r"(?:an? (?P<part>half|quarter|third)"
             r"\b|(?P<parts>two|three) (?P<plural>quarters|thirds)\b)",
             _and_a_part),
        rule("part of", rf"\b(?P<parts>an?|{NUMBER})[ -](?P<part>quarters?|thirds?|tenths?|"
             rf"hundredths?|thousandths?) of an? (?P<unit>{_MEASURE})\b", _part_of),
        rule("half a", r"\bhalf an? (?=million|billion|trillion|thousand)", lambda _: "0.5 "),
        rule("half a", rf"\bhalf an? (?P<unit>{_MEASURE})\b(?!-)", lambda m: f"0.5 {m['unit']}s"),
        rule("neighbours", rf"\b(?P<low>{NUMBER}) or (?P<high>{NUMBER})\b",
             lambda m: f"{m['low']} to {m['high']}"),
        rule("below", r"\b(?:just |a little )?(?:short of|shy of)\b|\bnot (?:yet|quite)\b"
             r"|\b(?:almost|nearly)\b",
             lambda _: "under"),
        rule("near", r"\b(?:close to|in the region of|or thereabouts)\b", lambda _: "about"),
        rule("above", r"\bupwards of\b", lambda _: "over"),
        rule("compound", r"(?<![\w.])(?P<large>\d{1,3}) ?h ?(?P<small>\d{1,2})(?: ?m(?:in)?)?\b",
             lambda m: f"{m['large']} hours {m['small']} minutes"),
        rule("loose unit", r"(?<=\d )gigs?\b|(?<=\d)gigs?\b", lambda _: "GB"),
    ),
    "zh": (
        rule("grouped", r"(?<!\d)[1-9]\d{0,2}(?:，\d{3})+(?!\d)",
             lambda m: m.group().replace("，", "")),
        rule("part of", rf"(?P<part>[十百千])分之(?P<parts>{ZH_NUMBER})秒", _zh_part_of),
        rule("decimal", rf"(?<!分之)(?<![{NUMERALS}])(?P<whole>{CHINESE_NUMERAL})点"
             rf"(?P<rest>[{_DIGIT}]{{1,4}})(?![十百千刻分半钟点])",
             lambda m: zh_decimal(m) or m.group()),
        rule("and a part", rf"(?P<whole>{ZH_NUMBER})(?P<unit>{_ZH_MEASURE})半(?!年|天|小)",
             _zh_and_a_half),
        rule("half a", r"半岁", lambda _: "6个月"),
        rule("half a", r"半(?P<unit>公里|公斤|斤|亩|吨|米)", lambda m: f"0.5{m['unit']}"),
        rule("neighbours", rf"(?<![{NUMERALS}第周期\d])"
             r"(?P<low>[一二两三四五六七八])(?P<high>[二三四五六七八九])"
             r"(?=[十百千万亿年个天小分秒周岁倍次米公斤])", _zh_neighbours),
        rule("above", rf"(?P<number>\d[\d.]*[十百千万亿]*|{CHINESE_NUMERAL})[多余]"
             r"(?P<unit>[万亿]*)",
             lambda m: f"超过{m['number']}{m['unit']}"),
        rule("above", rf"(?P<number>(?:\d[\d.]*|{CHINESE_NUMERAL})[百千万亿]*[^\W\d]{{0,3}}?)"
             r"(?:出头|有余|[多余]$)", lambda m: f"超过{m['number']}"),
        rule("above", rf"超(?=[\d{NUMERALS}])", lambda _: "超过"),
        rule("below", rf"(?P<number>(?:\d[\d.]*|{CHINESE_NUMERAL})[百千万亿]*[^\W\d]{{0,3}}?)"
             r"不(?:到|足)$", lambda m: f"不到{m['number']}"),
        rule("below", "接近|将近", lambda _: "不到"),
        rule("near", "差不多|几乎", lambda _: "约"),
        rule("compound", rf"(?P<large>{ZH_NUMBER})个?小时[零又]?(?P<small>{ZH_NUMBER})分钟?"
             r"(?P<fraction>)", _zh_compound("小时", "分钟")),
        rule("compound", rf"(?P<large>{ZH_NUMBER})分钟?[零又]?(?P<small>{ZH_NUMBER})秒"
             r"(?P<fraction>\d{1,3})?", _zh_compound("分钟", "秒")),
        rule("loose unit", rf"(?P<number>{ZH_NUMBER})华?(?P<unit>里)(?![程面屯])", _zh_loose),
        rule("loose unit", rf"(?P<number>{ZH_NUMBER})个?(?P<unit>时辰|昼夜|月龄)", _zh_loose),
        rule("loose unit", rf"(?P<feet>{ZH_NUMBER})尺(?:(?P<inches>{ZH_NUMBER})寸)?", _zh_feet),
    ),
}  # fmt: skip
"""What comes first."""


def _numeral(match: re.Match[str]) -> str:
    written = match.group().lower()
    if written in ("one", "zero", "hundred", "thousand", "million", "billion", "trillion"):
        return match.group()
    return as_digits(match)


LAST: Mapping[str, tuple[Rewrite, ...]] = {
    "en": (rule("numeral", ENGLISH_NUMERAL, _numeral),),
    "zh": (
        rule("numeral", rf"(?<![第{NUMERALS}.])[一二两三四五六七八九十]{_ZH_INNER}*"
             rf"(?!千[瓦克米卡])[百千万亿]{_ZH_INNER}*(?!分之)", as_digits),
        rule("numeral", rf"(?<![第{NUMERALS}\d])[{NUMERALS}]{{2,}}(?=[到至—-])", as_digits),
        rule("numeral", rf"(?<![第{NUMERALS}\d年月])[{NUMERALS}]{{1,4}}(?=到|至)", as_digits),
    ),
}  # fmt: skip
"""What comes last: whatever numerals are left."""
