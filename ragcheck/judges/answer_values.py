"""The values of a short answer, where words stand for them that elsewhere would mean nothing.

In running text "half", "weekly", "a month" or 两回 are often no values. In an answer that was read
out of a passage they are: :func:`answer_values` writes them with digits and units first, and reads
the result as any text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ragcheck.judges.answer_dates import DATES, months_alone
from ragcheck.judges.answer_numbers import LAST, NUMERALS, WRITTEN, Rewrite, as_digits, zh_decimal
from ragcheck.judges.answer_numbers import NUMBER as _NUMBER
from ragcheck.judges.answer_numbers import ZH_NUMBER as _ZH_NUMBER
from ragcheck.judges.answer_numbers import number as _number
from ragcheck.judges.answer_numbers import plain as _plain
from ragcheck.judges.answer_numbers import rule as _rule
from ragcheck.text.language import CJK
from ragcheck.text.numerals import CHINESE_NUMERAL
from ragcheck.text.values import TypedValue, find_values

_PERIODS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 0, "quarter": 0, "year": 0}
_ADVERBS = {
    "quarter-hourly": "15 minutes", "half-hourly": "30 minutes", "hourly": "1 hour",
    "daily": "1 day", "nightly": "1 day", "weekly": "1 week",
    "fortnightly": "2 weeks", "monthly": "1 month", "quarterly": "3 months", "yearly": "12 months",
    "annually": "12 months", "annual": "12 months",
}  # fmt: skip
_TIMES = {"once": 1, "twice": 2, "thrice": 3}
_PARTS = {
    "half": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5,
    "fifths": 5, "sixth": 6, "sixths": 6, "eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10,
}  # fmt: skip
_UNIT = r"(?:second|minute|hour|day|night|week|fortnight|month|year|kilo|litre|liter|metre|meter)"
_DAYS = r"(?:morning|night|evening|day)"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_SEASON = r"(?:spring|summer|autumn|winter|fall)"
_PM = re.compile(r"\b(?:afternoon|evening|p\.?m)\b", re.IGNORECASE)
_AM = re.compile(r"\b(?:morning|a\.?m)\b", re.IGNORECASE)
_SCRIPTS = {"en": re.compile(r"[A-Za-z]|\d \d"), "zh": re.compile(f"[{CJK}]")}
_ZH_PERIODS = {
    "小时": "小时", "天": "天", "日": "天", "晚": "天", "早": "天", "周": "星期",
    "星期": "星期", "月": "个月", "季度": "个季度", "年": "年",
}  # fmt: skip


def answer_values(text: str) -> tuple[TypedValue, ...]:
    """The values of a short answer, in order; their spans are those of :func:`written_out`."""
    return values_of(written_out(text))


def values_of(written: str, language: str | None = None) -> tuple[TypedValue, ...]:
    """The values of an answer that is written out already, with the months that stand alone."""
    found = find_values(written, language)
    return tuple(
        found if any(v.kind == "date" for v in found) else [*found, *months_alone(written)]
    )


def written_out(text: str) -> str:
    """An answer with clock words, shares, periods, articles and numerals as digits and units.

    "half past six in the evening" is 18:30, "three tenths" 30%, "weekly" 1 week, 十九块九 19.9元.
    """
    for language, needed in _SCRIPTS.items():
        if needed.search(text):
            for _, pattern, build in REWRITES[language]:
                text = pattern.sub(build, text)
    return text


def _time(hour: float, minutes: int, part: str) -> str:
    """A leading zero says that the morning is meant; without it either half of the day may be."""
    if _PM.search(part) and hour < 12:
        return f"{int(hour) + 12}:{minutes:02d}"
    return f"{int(hour):02d}:{minutes:02d}" if _AM.search(part) else f"{int(hour)}:{minutes:02d}"


def _clock(match: re.Match[str]) -> str:
    hour = _number(match["hour"])
    if hour is None or hour > 24:
        return match.group()
    part = match["part"].lower().replace("-", " ")
    minutes = {"half past": 30, "a quarter past": 15, "quarter past": 15}.get(part.strip(), 0)
    if "quarter to" in part:
        hour, minutes = hour - 1, 45
    return _time(hour, minutes, match["late"] or "")


def _oclock(match: re.Match[str]) -> str:
    hour = _number(match["hour"])
    if hour is None or hour > 24:
        return match.group()
    return _time(hour, 0, match.group())


def _share(match: re.Match[str]) -> str:
    above = 1.0 if match["above"] in (None, "", "a", "A") else _number(match["above"].strip())
    below = _PARTS[match["below"].lower()]
    return match.group() if above is None else f"{_plain(100 * above / below)}%"


def _one_in(match: re.Match[str]) -> str:
    above, below = _number(match["above"]), _number(match["below"])
    return match.group() if not above or not below else f"{_plain(100 * above / below)}%"


def _often(match: re.Match[str]) -> str:
    word = match["times"].lower()
    times = _TIMES.get(word) or _number(word.removesuffix("s").removesuffix(" time"))
    every = _number(match["every"].strip()) if match["every"] else 1.0
    unit = match["unit"].lower()
    if not times or not every:
        return match.group()
    times /= every
    if times == 1 or unit not in _PERIODS or not _PERIODS[unit]:
        months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
        return f"{_plain(months / times)} months" if months else f"1 {unit}"
    return f"{_plain(24 * _PERIODS[unit] / times)} hours"


def _half_more(match: re.Match[str]) -> str:
    return f"1.5 {match['unit']}s"


def _zh_percent(match: re.Match[str]) -> str:
    decimal = zh_decimal(match)
    return match.group() if decimal is None else f"{decimal}%"


def _zh_clock(match: re.Match[str]) -> str:
    hour = _number(match["hour"])
    rest = match["rest"] or ""
    minutes = {"半": 30, "一刻": 15, "三刻": 45, "": 0, "整": 0}.get(rest)
    if hour is None or hour > 24 or minutes is None:
        return match.group()
    return f"{int(hour)}:{minutes:02d}"


def _zh_discount(match: re.Match[str]) -> str:
    number = _number(match["number"])
    return match.group() if number is None else f"{_plain(number * (10 if number < 10 else 1))}%"


def _zh_money(match: re.Match[str]) -> str:
    whole = _number(match["whole"]) if match["whole"] else 0.0
    rest = _number(match["rest"])
    if whole is None or rest is None:
        return match.group()
    last = _number(match["last"][0]) if match["last"] else 0.0
    return f"{_plain(whole + rest / 10 + (last or 0.0) / 100)}元"


def _zh_often(match: re.Match[str]) -> str:
    """每两年, 一年两次 and 每天三次 as the time from one to the next."""
    every = _number(match["every"]) if match["every"] else 1.0
    times = _number(match["times"]) if match["times"] else 1.0
    if not every or not times:
        return match.group()
    unit = _ZH_PERIODS[match["unit"]]
    smaller = {"年": (12, "个月"), "天": (24, "小时"), "星期": (7, "天")}
    if times > 1 and unit in smaller:
        return f"{_plain(every * smaller[unit][0] / times)}{smaller[unit][1]}"
    return f"{_plain(every / times)}{unit}"


_ANSWERS: Mapping[str, tuple[Rewrite, ...]] = {
    "en": (
        _rule("clock", rf"\b(?P<part>half[ -]past|(?:a )?quarter (?:past|to)) (?P<hour>{_NUMBER})"
              r"(?P<late> (?:in the |at )?(?:morning|afternoon|evening|night|[ap]\.?m\b\.?))?",
              _clock),
        _rule("clock", rf"\b(?P<hour>{_NUMBER}) o'?’?clock(?: (?:in the |at )?"
              r"(?:morning|afternoon|evening|night))?", _oclock),
        _rule("clock", rf"\b(?P<hour>{_NUMBER}) in the (?:morning|afternoon|evening)", _oclock),
        _rule("clock", r"\b(?:noon|midday)\b", lambda _: "12:00"),
        _rule("half more", rf"\ban? (?P<unit>{_UNIT}) and a half\b", _half_more),
        _rule("often", rf"\b(?P<times>once|twice|thrice|{_NUMBER} times?) "
              rf"(?:an?|every|each|per|in) (?P<every>{_NUMBER} )?"
              r"(?P<unit>hour|day|week|month|quarter|year)s?\b", _often),
        _rule("often", rf"\b(?:{'|'.join(_ADVERBS)})\b", lambda m: _ADVERBS[m.group().lower()]),
        _rule("often", rf"\b(?:each|every) {_DAYS}\b", lambda _: "1 day"),
        _rule("often", rf"\b(?:each|every) {_WEEKDAY}s?\b", lambda _: "1 week"),
        _rule("often", rf"\b(?:each|every) {_SEASON}\b", lambda _: "12 months"),
        _rule("often", r"\b(?:each|every) (?P<unit>hour|week|month|year)\b",
              lambda m: f"1 {m['unit']}"),
        _rule("share", r"\b(?P<above>)(?<!first )(?<!second )(?P<below>half)"
              r"(?= (?:of\b|the\b|price\b|off\b)|[.,;]?$)", _share),
        _rule("share", rf"\b(?P<above>an? |{_NUMBER}[ -])(?P<below>half|"
              rf"{'|'.join(p for p in _PARTS if p != 'half')})\b(?! (?:past|to|of a\b))",
              lambda m: _share(m) if m["above"].strip() not in ("a", "an") else
              f"{_plain(100 / _PARTS[m['below'].lower()])}%"),
        _rule("share", rf"\b(?P<above>{_NUMBER}) (?:[a-z]+ )?(?:in|out of) (?:every )?"
              rf"(?P<below>{_NUMBER})\b", _one_in),
        _rule("money", r"(?<![\w.])(?P<pence>\d{1,3}) ?p(?:ence)?\b",
              lambda m: f"£{int(m['pence']) / 100:.2f}"),
        _rule("article", rf"(?P<lead>)^an? (?={_UNIT}[.,;)]?$)", lambda _: "1 "),
        _rule("article", rf"(?P<lead>\b(?:for|in|within|after|of|is|about|only|least|most|than|"
              rf"to|lasts?|takes?|until|one) )(?<!half )an? (?={_UNIT}\b)",
              lambda m: f"{m['lead']}1 "),
        _rule("counted", r"\bone (?=(?!of\b|and\b|or\b)[a-z])", lambda _: "1 "),
        _rule("counted", r"\b(?:a |one )?dozen\b", lambda _: "12"),
        _rule("counted", r"\btwice\b", lambda _: "2 times"),
        _rule("sign", r"\bminus (?=\d|[a-z])", lambda _: "-"),
    ),
    "zh": (
        _rule("share", rf"百分之(?P<whole>{CHINESE_NUMERAL})点(?P<rest>[零〇一二三四五六七八九]+)",
              _zh_percent),
        _rule("share", rf"(?P<below>{CHINESE_NUMERAL})分之(?P<above>{CHINESE_NUMERAL})", _one_in),
        _rule("share", rf"每(?P<below>{_ZH_NUMBER})[个件台份人](?:中|里)?[^\d，。]{{0,3}}?"
              rf"(?P<above>{_ZH_NUMBER})[个件台份人]", _one_in),
        _rule("share", rf"(?P<number>{_ZH_NUMBER})折", _zh_discount),
        _rule("share", r"一半|半价|半数", lambda _: "50%"),
        _rule("money", rf"(?P<whole>{_ZH_NUMBER})[块元](?P<rest>[一二三四五六七八九1-9])(?:[毛角])?"
              r"(?P<last>[一二三四五六七八九1-9](?:分钱?)?)?(?![\d十百千万个.])", _zh_money),
        _rule("money", rf"(?P<whole>)(?P<rest>{_ZH_NUMBER})[毛角](?:钱)?(?P<last>)", _zh_money),
        _rule("clock", rf"(?<![\d{NUMERALS}分之])(?<!上午)(?<!下午)(?<!晚上)"
              rf"(?P<hour>{_ZH_NUMBER})[点點]"
              r"(?:钟)?(?P<rest>半|一刻|三刻|整)?(?![\d零〇一二三四五六七八九])", _zh_clock),
        _rule("clock", "中午|正午", lambda _: "12:00"),
        _rule("half more", rf"(?P<number>{_ZH_NUMBER})个半(?P<unit>小时|钟头|月|星期)",
              lambda m: f"{_plain((_number(m['number']) or 0.0) + 0.5)}个{m['unit']}"),
        _rule("half more", r"半分钟", lambda _: "30秒"),
        _rule("half more", r"半个?月", lambda _: "15天"),
        _rule("often", rf"(?:每隔?(?P<every>{_ZH_NUMBER})?|(?<![\d第{NUMERALS}])一)个?"
              r"(?P<unit>小时|天|日|晚|早|周|星期|月|季度|年)[里内]?"
              rf"(?P<times>{_ZH_NUMBER})[次回趟遍]", _zh_often),
        _rule("often", rf"(?<![\d第{NUMERALS}])(?P<every>{_ZH_NUMBER})个?"
              r"(?P<unit>小时|天|日|周|星期|月|季度|年)(?P<times>[一1])[次回趟遍]", _zh_often),
        _rule("often", rf"每隔?(?P<every>(?P<times>){_ZH_NUMBER})?个?"
              r"(?P<unit>小时|天|日|晚|早|周|星期|月|季度|年)"
              r"(?![一二三四五六日天末]|初|底)", _zh_often),
        _rule("article", rf"(?P<number>{_ZH_NUMBER})周岁", lambda m: f"{m['number']}岁"),
        _rule("sign", r"零下", lambda _: "-"),
        _rule("counted", r"(?<![第十百千万\w])[一1](?=[个件本次位张份瓶盒])", lambda _: "1"),
        _rule("counted", rf"(?<![第月年周日号\d点:{NUMERALS}])(?:{CHINESE_NUMERAL})"
              rf"(?![月年日号点時时分之{NUMERALS}])(?=[^\W\d_])", as_digits),
    ),
}  # fmt: skip
REWRITES: Mapping[str, tuple[Rewrite, ...]] = {
    language: (*WRITTEN[language], *DATES[language], *_ANSWERS[language], *LAST[language])
    for language in _ANSWERS
}
"""What is written out, by language, in this order; the names are the same in both languages."""
