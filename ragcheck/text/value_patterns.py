"""Values with a shape of their own: dates, times, weekdays, versions and identifiers.

Each pattern is tried over the whole text in order; what an earlier one took, a later one leaves.
Every repeat in a pattern is bounded or possessive, so that hostile text costs linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ragcheck.records.corpus import Span
from ragcheck.text.numerals import read_chinese
from ragcheck.text.typed import TypedValue

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHINESE_WEEKDAYS = "一二三四五六日"
LABELS = (
    "section", "sec", "chapter", "article", "clause", "annex", "appendix", "figure", "fig",
    "table", "page", "step", "rule", "item", "line", "port", "issue", "part", "paragraph",
    "para", "level", "tier", "phase", "type", "class", "grade", "model", "room", "building",
    "stage", "question", "note", "form", "option", "example", "error", "code", "status", "no",
    "number",
)  # fmt: skip
STANDARDS = ("ISO", "IEC", "EN", "DIN", "ASTM", "RFC", "IEEE", "PEP", "BS", "ANSI", "GB/T", "GB")
CHINESE_LABELS = "条章节款项页步编号目"
CHINESE_PREFIX_LABELS = ("步骤", "附件", "附录", "图", "表", "端口", "状态码", "状态代码", "错误码")
DAY_PARTS = {
    "凌晨": 0, "清晨": 0, "早上": 0, "早晨": 0, "早": 0, "上午": 0, "中午": 12, "下午": 12,
    "傍晚": 12, "晚上": 12, "晚间": 12, "晚": 12,
}  # fmt: skip

_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if len(name) > 3 else name for name in MONTHS)
_MONTH = _MONTH.replace("sep(?:tember)?", "sept?(?:ember)?")
_DAY = r"\d{1,2}(?!\d)(?:st|nd|rd|th)?"
_ZH = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_ZH_YEAR = r"(?:(?<!\d)\d{4}|[〇零一二三四五六七八九]{4})"
_NOT_IN_NUMBER = r"(?<![\w.,-])"
_DAY_PART = "|".join(DAY_PARTS)
_VERSION_TAIL = r"(?:[-.]?(?:alpha|beta|dev|post|rc|a|b)\d{0,4})?"

Build = Callable[[re.Match[str]], "TypedValue | None"]


def _value(match: re.Match[str], kind: str, **fields: object) -> TypedValue:
    return TypedValue(kind, match.group(), Span(*match.span()), **fields)  # type: ignore[arg-type]


def _whole(written: str | None) -> int | None:
    if not written:
        return None
    if written[0].isdigit():
        return int("".join(char for char in written if char.isdigit()))
    numeral = read_chinese(written)
    return None if numeral is None else int(numeral.value)


def _month_number(word: str) -> int:
    return next(i for i, name in enumerate(MONTHS, 1) if name.startswith(word.lower()[:3]))


def _date(match: re.Match[str]) -> TypedValue | None:
    parts = match.groupdict()
    year, day = _whole(parts.get("year")), _whole(parts.get("day"))
    word = parts.get("word")
    month = _month_number(word) if word else _whole(parts.get("month"))
    if word in ("may", "march", "mar") and year is None and match.group().startswith(word):
        return None  # the verbs
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return None
    return _value(match, "date", date=(year, month, day))


def _numeric_date(match: re.Match[str]) -> TypedValue | None:
    """Day and month in either order: kept apart only where one of them is over 12."""
    first, second, year = (int(part) for part in match.group("one", "two", "year"))
    if max(first, second) > 31 or min(first, second) > 12 or min(first, second) < 1:
        return None
    if first > 12 or first == second:
        return _value(match, "date", date=(year, second, first))
    if second > 12:
        return _value(match, "date", date=(year, first, second))
    return _value(match, "date", date=(year, None, None))


def _year_range(match: re.Match[str]) -> TypedValue | None:
    low, high = int(match["low"]), int(match["high"])
    if high <= low:
        return None
    return _value(match, "date", date=(low, None, None), date_end=(high, None, None))


def _clock(match: re.Match[str]) -> TypedValue | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = (match["half"] or "").lower()
    if (half and not 1 <= hour <= 12) or hour > 24 or minute > 59:
        return None
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    minutes = float(hour * 60 + minute)
    return _value(match, "time", amount=(minutes, minutes), unit="time of day")


def _chinese_clock(match: re.Match[str]) -> TypedValue | None:
    hour = _whole(match["hour"])
    minute = 30 if match["rest"] == "半" else _whole(match["minute"]) or 0
    part = match["part"]
    if hour is None or hour > 24 or minute > 59:
        return None
    if part is None and not match["hour"][0].isdigit():
        return None
    if part and DAY_PARTS[part] and hour < 12 and not (part == "中午" and hour == 11):
        hour += 12
    minutes = float(hour * 60 + minute)
    return _value(match, "time", amount=(minutes, minutes), unit="time of day")


def _weekday(match: re.Match[str]) -> TypedValue:
    word = match.group()
    if word[-1] in "一二三四五六日天":
        number = CHINESE_WEEKDAYS.index(word[-1].replace("天", "日")) + 1
    else:
        number = WEEKDAYS.index(word.lower().removesuffix("s")) + 1
    return _value(match, "weekday", amount=(number, number), unit="weekday")


def _version(match: re.Match[str]) -> TypedValue:
    parts = tuple(re.findall(r"\d+|[a-z]+", match["version"].lower()))
    return _value(match, "version", version=parts)


def _labelled(match: re.Match[str]) -> TypedValue:
    number = _whole(match["number"])
    amount = None if number is None else (float(number), float(number))
    return _value(match, "identifier", amount=amount, noun=match["label"].lower())


def _ordinal(match: re.Match[str]) -> TypedValue | None:
    number = _whole(match["number"])
    if number is None:
        return None
    return _value(match, "ordinal", amount=(float(number), float(number)), noun=match["label"])


def _identifier(match: re.Match[str]) -> TypedValue:
    return _value(match, "identifier")


def _find(pattern: str, build: Build, flags: int = 0) -> tuple[re.Pattern[str], Build]:
    # ASCII: a Chinese character beside a digit is no part of its word
    return re.compile(pattern, flags | re.ASCII), build


_LABEL_WORDS = "|".join(sorted(LABELS, key=len, reverse=True))
_ANY_CASE = re.IGNORECASE
PATTERNS: tuple[tuple[re.Pattern[str], Build], ...] = (
    _find(r"(?:https?|ftp)://[^\s<>\"'()\[\]，。；）]{1,2000}+", _identifier),
    _find(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", _identifier),
    # dates
    _find(
        rf"{_NOT_IN_NUMBER}(?P<day>{_DAY}) (?:of )?(?P<word>{_MONTH})\b\.?,? (?P<year>\d{{4}})\b",
        _date, _ANY_CASE,
    ),
    _find(
        rf"\b(?P<word>{_MONTH})\.? (?P<day>{_DAY}),? (?P<year>\d{{4}})\b", _date, _ANY_CASE
    ),
    _find(rf"\b(?P<word>{_MONTH})\.?,? (?:of )?(?P<year>\d{{4}})\b", _date, _ANY_CASE),
    _find(rf"{_NOT_IN_NUMBER}(?P<day>{_DAY}) (?:of )?(?P<word>{_MONTH})\b", _date, _ANY_CASE),
    _find(
        rf"\b(?P<word>{_MONTH})\.? (?P<day>{_DAY})\b(?![.,]\d|%| (?:percent|[a-z]+s\b))",
        _date, _ANY_CASE,
    ),
    _find(
        rf"{_NOT_IN_NUMBER}(?P<year>(?:1\d|20|21)\d\d)(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)"
        r"(?P<day>\d{1,2})(?![\w-]|\.\d)",
        _date,
    ),
    _find(
        rf"{_NOT_IN_NUMBER}(?P<one>\d{{1,2}})(?P<sep>[-/.])(?P<two>\d{{1,2}})(?P=sep)"
        r"(?P<year>(?:19|20)\d\d)(?![\w-])",
        _numeric_date,
    ),
    _find(rf"{_NOT_IN_NUMBER}(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])(?![\w-])", _date),
    _find(
        r"(?<![\w.,-])(?P<low>1\d{3}|20\d\d) ?[-–—~～至到] ?(?P<high>1\d{3}|20\d\d)年?(?![\w-])",
        _year_range,
    ),
    _find(
        rf"(?P<year>{_ZH_YEAR})\s?年(?:度)?\s?(?:(?P<month>{_ZH})\s?月"
        rf"(?:\s?(?P<day>{_ZH})\s?[日号])?)?",
        _date,
    ),
    _find(rf"(?<![\d.个第])(?P<month>{_ZH})\s?月\s?(?P<day>{_ZH})\s?[日号]", _date),
    _find(rf"(?<=[每当次下]月)(?P<day>{_ZH})\s?[日号]", _date),
    _find(rf"(?<![\d.个第零一二三四五六七八九十])(?P<month>{_ZH})月(?!球|亮)", _date),
    # times and weekdays
    _find(
        r"(?<![\w.:：])(?P<hour>[0-2]?\d)[:：](?P<minute>[0-5]\d)(?![\d%])(?:[:：][0-5]\d(?!\d))?"
        r"(?:\s?(?P<half>[ap]\.?m\b\.?))?(?![:：]\d)",
        _clock, _ANY_CASE,
    ),
    _find(
        r"(?<![\w.:])(?P<hour>[01]?\d)(?P<minute>)\s?(?P<half>[ap]\.?m\b\.?)", _clock, _ANY_CASE
    ),
    _find(
        rf"(?<![\d.一二三四五六七八九十])(?P<part>{_DAY_PART})?\s?(?P<hour>{_ZH})\s?"
        rf"(?:[点點](?!要求|建议|说明|注意|原因|理由|内容|以下|半小时)|时(?![间候刻长]))"
        rf"(?P<rest>半|整|(?P<minute>{_ZH})分?)?",
        _chinese_clock,
    ),
    _find(rf"\b(?:{'|'.join(WEEKDAYS)})s?\b", _weekday, _ANY_CASE),
    _find(rf"(?<![{CHINESE_WEEKDAYS}\d两])(?:星期|礼拜|周)[一二三四五六日天](?!个|次)", _weekday),
    # versions
    _find(rf"(?<![\w.-])v(?P<version>\d{{1,6}}(?:\.\d{{1,6}}){{0,4}}{_VERSION_TAIL})(?![\w])",
          _version, _ANY_CASE),
    _find(
        rf"(?<![\w.-])(?P<version>\d{{1,6}}(?:\.\d{{1,6}}){{2}}{_VERSION_TAIL})(?![\w]|\.\d)",
        _version, _ANY_CASE,
    ),
    _find(
        r"(?<!\w)(?:versions?|releases?|ver\.?|版本号?) ?(?:[:：]|[<>=~!]=|[<>])? ?"
        rf"(?P<version>\d{{1,6}}(?:\.\d{{1,6}}){{0,4}}{_VERSION_TAIL})(?![\w]|\.\d|[,]\d)",
        _version, _ANY_CASE,
    ),
    _find(
        rf"(?:[<>=~!]=) ?(?P<version>\d{{1,6}}\.\d{{1,6}}{_VERSION_TAIL})(?![\w%]|\.\d)", _version
    ),
    _find(
        rf"(?<![\w.,])(?P<version>\d{{1,6}}\.\d{{1,6}}{_VERSION_TAIL}) ?版(?!面|权)", _version
    ),
    # identifiers
    _find(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.])", _identifier),
    _find(r"(?<![\w.-])\+?\d{2,4}(?:[- ]\d{3,8}){2,3}(?![\w-])", _identifier),
    _find(r"(?<![\w.-])0\d{2,3}-\d{7,8}(?!\d)", _identifier),
    _find(
        rf"(?<![\w-])(?P<label>{_LABEL_WORDS})\b\.? ?(?:(?:=|:) ?)?#?"
        r"(?P<number>\d{1,6})(?:\.\d{1,4}){0,4}(?![\w%,]|\.\d)",
        _labelled, _ANY_CASE,
    ),
    _find(
        rf"(?<![\w-])(?:{'|'.join(STANDARDS)})[ -]\d{{2,6}}(?:[-:.]\d{{1,5}}){{0,3}}", _identifier
    ),
    _find(
        r"第(?P<number>\d{1,4}|[零一二三四五六七八九十百]{1,7})"
        rf"(?:\.\d{{1,3}}){{0,3}}(?P<label>[{CHINESE_LABELS}])",
        _labelled,
    ),
    _find(
        r"第(?P<number>\d{1,4}|[零一二三四五六七八九十百]{1,7})"
        r"(?P<label>次|位|名|代|届|天|日|年|个|季度|阶段|批|期|轮|版)",
        _ordinal,
    ),
    _find(r"第[零一二三四五六七八九十百\d]{1,7}", _identifier),
    _find(
        rf"(?P<label>{'|'.join(CHINESE_PREFIX_LABELS)})\s?[:：]?\s?(?P<number>\d{{1,6}})(?![\d.]\d|%)",
        _labelled,
    ),
    _find(r"(?P<label>[〔\[(（]\d{4}[〕\])）])(?P<number>\d{1,5})号", _labelled),
    _find(r"(?<![\w.,])(?P<number>\d{1,4})(?P<label>st|nd|rd|th)\b", _ordinal, _ANY_CASE),
    _find(r"(?<![\w.])#\d{1,9}\b", _identifier),
    _find(
        r"(?m)^[ \t]{0,12}(?:#{1,6} \d{1,2}(?:\.\d{1,2}){1,3}(?=\s)|\d{1,3}[.)、](?!\d)"
        r"|[(（](?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）]"
        r"|[一二三四五六七八九十]{1,3}、|\d{1,2}(?:\.\d{1,2}){1,3}\.?(?=[ \t]+[A-Z][a-z]{2}))",
        _identifier,
    ),
    _find(
        r"(?<![A-Za-z0-9_])(?!(?:USD|EUR|GBP|CNY|RMB|JPY|HKD|CHF|pH)\d)"
        r"[A-Za-z_][A-Za-z_]{0,40}+(?:[-.]?\d)[A-Za-z0-9_]{0,40}+(?:[-.][A-Za-z0-9_]{1,20}){0,4}",
        _identifier,
    ),
)  # fmt: skip
