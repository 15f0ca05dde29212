"""Units of measure in English and Chinese, with their factor to the base unit of a dimension.

Work days are a dimension of their own, and so are calendar months: neither is a fixed number of
days (:mod:`ragcheck.text.comparison` knows how far they can be compared).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

PREFIXES = {
    "n": (1e-9, "纳"), "µ": (1e-6, "微"), "m": (1e-3, "毫"), "c": (1e-2, "厘"),
    "d": (1e-1, "分"), "k": (1e3, "千"), "M": (1e6, "兆"), "G": (1e9, "吉"), "T": (1e12, "太"),
}  # fmt: skip
DURATIONS = ("s", "month", "workday")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: ``value in base = value * factor + offset``.

    ``symbols`` are matched as they stand, ``english`` in any case and with a plural s.
    """

    name: str
    base: str
    factor: float
    symbols: tuple[str, ...] = ()
    english: tuple[str, ...] = ()
    chinese: tuple[str, ...] = ()
    offset: float = 0.0
    customary: bool = False


TIME = (
    Unit("nanosecond", "s", 1e-9, ("ns",), ("nanosecond",), ("纳秒",)),
    Unit("microsecond", "s", 1e-6, ("us", "µs"), ("microsecond",), ("微秒",)),
    Unit("millisecond", "s", 1e-3, ("ms",), ("millisecond", "msec"), ("毫秒",)),
    Unit("second", "s", 1, ("s",), ("second", "sec"), ("秒钟", "秒")),
    Unit("minute", "s", 60, ("min",), ("minute", "min"), ("分钟",)),
    Unit("hour", "s", 3600, ("h",), ("hour", "hr"), ("个小时", "小时", "个钟头", "钟头")),
    Unit(
        "day", "s", 86400, ("d",),
        ("day", "calendar day", "natural day", "consecutive day"),
        ("个自然日", "自然日", "个日历日", "日历日", "日历天", "天", "日"),
    ),
    Unit("week", "s", 604800, (), ("week", "wk"), ("个星期", "星期", "个礼拜", "周")),
    Unit("fortnight", "s", 1209600, (), ("fortnight",), ()),
    Unit("month", "month", 1, (), ("month", "calendar month"), ("个月", "个自然月")),
    Unit("quarter", "month", 3, (), ("calendar quarter",), ("个季度",)),
    Unit(
        "year", "month", 12, (), ("year", "yr", "calendar year"),
        ("周年", "个自然年", "年"),
    ),
    Unit("decade", "month", 120, (), ("decade",), ()),
    Unit("century", "month", 1200, (), ("century", "centurie"), ("个世纪",)),
    Unit(
        "workday", "workday", 1, (),
        ("working day", "business day", "work day", "workday"),
        ("个工作日", "工作日", "个交易日", "个营业日"),
    ),
)  # fmt: skip

OTHER = (
    Unit("gram", "g", 1, ("g",), ("gram", "gramme"), ("克",)),
    Unit("kilogram", "g", 1e3, (), ("kilo",), ("公斤",)),
    Unit("jin", "g", 500, (), (), ("市斤", "斤")),
    Unit("tonne", "g", 1e6, (), ("tonne", "metric ton", "ton"), ("公吨", "吨")),
    Unit("pound", "g", 453.59237, ("lb", "lbs"), ("lb",), ("磅",), 0, True),
    Unit("ounce", "g", 28.349523, ("oz",), ("ounce",), ("盎司",), 0, True),
    Unit("metre", "m", 1, ("m",), ("metre", "meter"), ("公尺", "米")),
    Unit("kilometre", "m", 1e3, (), (), ("公里",)),
    Unit("inch", "m", 0.0254, ("in.", "″"), ("inch", "inche"), ("英寸",), 0, True),
    Unit("foot", "m", 0.3048, ("ft",), ("foot", "feet"), ("英尺",), 0, True),
    Unit("yard", "m", 0.9144, ("yd",), ("yard",), ("码",), 0, True),
    Unit("mile", "m", 1609.344, ("mi",), ("mile",), ("英里",), 0, True),
    Unit("square metre", "m²", 1, ("m²", "m2", "sqm"), ("square metre", "square meter"),
         ("平方米", "㎡", "平米")),
    Unit("square kilometre", "m²", 1e6, ("km²", "km2"),
         ("square kilometre", "square kilometer"), ("平方公里", "平方千米")),
    Unit("hectare", "m²", 1e4, ("ha",), ("hectare",), ("公顷",)),
    Unit("square foot", "m²", 0.09290304, ("sq ft", "ft²"), ("square foot", "square feet"),
         ("平方英尺",), 0, True),
    Unit("acre", "m²", 4046.8564, (), ("acre",), ("英亩",), 0, True),
    Unit("mu", "m²", 666.6667, (), (), ("亩",)),
    Unit("litre", "L", 1, ("L", "l"), ("litre", "liter"), ("公升", "升")),
    Unit("cubic metre", "L", 1e3, ("m³", "m3"), ("cubic metre", "cubic meter"), ("立方米",)),
    Unit("gallon", "L", 3.785412, ("gal",), ("gallon",), ("加仑",), 0, True),
    Unit("celsius", "K", 1, ("°C", "℃", "º C", "° C", "ºC"),
         ("degree celsius", "degrees celsius", "degree centigrade", "degrees centigrade"),
         ("摄氏度", "度"), 273.15),
    Unit("fahrenheit", "K", 5 / 9, ("°F", "℉", "ºF", "° F"),
         ("degree fahrenheit", "degrees fahrenheit"), ("华氏度",), 459.67 * 5 / 9, True),
    Unit("bit", "bit", 1, ("bit",), ("bit",), ("比特",)),
    Unit("byte", "bit", 8, (), ("byte",), ("字节",)),
    Unit("kilobit", "bit", 1e3, ("kbit", "Kbit"), ("kilobit",), ("千比特",)),
    Unit("megabit", "bit", 1e6, ("Mbit",), ("megabit",), ("兆比特",)),
    Unit("gigabit", "bit", 1e9, ("Gbit",), ("gigabit",), ("吉比特",)),
    Unit("kilobyte", "bit", 8e3, ("KB", "kB", "kb"), ("kilobyte",), ("千字节",)),
    Unit("megabyte", "bit", 8e6, ("MB",), ("megabyte", "mb"), ("兆字节", "兆")),
    Unit("gigabyte", "bit", 8e9, ("GB",), ("gigabyte", "gb"), ("吉字节",)),
    Unit("terabyte", "bit", 8e12, ("TB",), ("terabyte", "tb"), ("太字节",)),
    Unit("kibibyte", "bit", 8 * 2**10, ("KiB",), ("kibibyte", "kib"), ()),
    Unit("mebibyte", "bit", 8 * 2**20, ("MiB",), ("mebibyte", "mib"), ()),
    Unit("gibibyte", "bit", 8 * 2**30, ("GiB",), ("gibibyte", "gib"), ()),
    Unit("tebibyte", "bit", 8 * 2**40, ("TiB",), ("tebibyte", "tib"), ()),
    Unit("kilobit per second", "bit/s", 1e3, ("kbps", "Kbps"), (), ()),
    Unit("megabit per second", "bit/s", 1e6, ("Mbps",), ("mbps",), ()),
    Unit("gigabit per second", "bit/s", 1e9, ("Gbps",), ("gbps",), ()),
    Unit("volt", "V", 1, ("V",), ("volt",), ("伏特", "伏")),
    Unit("ampere", "A", 1, ("A",), ("ampere", "amp"), ("安培",)),
    Unit("milliampere hour", "Ah", 1e-3, ("mAh",), ("milliampere hour", "milliamp hour"),
         ("毫安时",)),
    Unit("ampere hour", "Ah", 1, ("Ah",), ("ampere hour", "amp hour"), ("安时",)),
    Unit("watt", "W", 1, ("W",), ("watt",), ("瓦特", "瓦")),
    Unit("watt hour", "Wh", 1, ("Wh",), ("watt hour",), ("瓦时",)),
    Unit("kilowatt hour", "Wh", 1e3, ("kWh", "KWh"), ("kilowatt hour",), ("千瓦时",)),
    Unit("ohm", "ohm", 1, ("Ω",), ("ohm",), ("欧姆",)),
    Unit("siemens", "S", 1, ("S",), ("siemens",), ("西门子",)),
    Unit("farad", "F", 1, ("F",), ("farad",), ("法拉",)),
    Unit("hertz", "Hz", 1, ("Hz",), ("hertz",), ("赫兹",)),
    Unit("pascal", "Pa", 1, ("Pa",), ("pascal",), ("帕斯卡", "帕")),
    Unit("bar", "Pa", 1e5, ("bar",), ("bar",), ("巴",)),
    Unit("psi", "Pa", 6894.757, ("psi",), ("psi",), (), 0, True),
    Unit("mmHg", "Pa", 133.3224, ("mmHg",), (), ("毫米汞柱",)),
    Unit("joule", "J", 1, ("J",), ("joule",), ("焦耳",)),
    Unit("calorie", "J", 4.184, ("cal",), ("calorie",), ("卡路里",)),
    Unit("kilocalorie", "J", 4184, ("kcal",), ("kilocalorie",), ("千卡", "大卡")),
    Unit("newton metre", "Nm", 1, ("Nm", "N·m", "N m"), ("newton metre", "newton meter"),
         ("牛·米", "牛米", "牛顿米")),
    Unit("mole", "mol", 1, ("mol",), ("mole",), ("摩尔",)),
    Unit("decibel", "dB", 1, ("dB",), ("decibel",), ("分贝",)),
    Unit("ppm", "%", 1e-4, ("ppm",), ("part per million", "parts per million"), ()),
    Unit("ppb", "%", 1e-7, ("ppb",), ("part per billion", "parts per billion"), ()),
    Unit("NTU", "NTU", 1, ("NTU", "FNU"), (), ("浊度单位",)),
    Unit("revolution per minute", "rpm", 1, ("rpm", "RPM"), ("rpm",), ("转每分",)),
    Unit("pixel", "px", 1, ("px",), ("pixel",), ("像素",)),
    Unit("discount tenth", "折", 1, (), (), ("折",)),
    Unit("credit", "credit", 1, (), ("credit",), ("积分",)),
    Unit("times", "times", 1, (), ("times as much",), ("倍",)),
)  # fmt: skip

_METRIC = {
    "gram": ("nµmkM", "克"), "metre": ("nµmcdk", "米"), "litre": ("µmcdk", "升"),
    "volt": ("µmkM", "伏"), "ampere": ("nµmk", "安"), "watt": ("µmkMGT", "瓦"),
    "ohm": ("mkM", "欧"), "siemens": ("µm", "西门子"), "farad": ("nµm", "法"),
    "hertz": ("kMGT", "赫兹"), "pascal": ("kMG", "帕"), "mole": ("nµmk", "摩尔"),
    "joule": ("kM", "焦耳"),
}  # fmt: skip
_PREFIX_WORDS = {
    "n": "nano", "µ": "micro", "m": "milli", "c": "centi", "d": "deci",
    "k": "kilo", "M": "mega", "G": "giga", "T": "tera",
}  # fmt: skip

CURRENCIES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    # code: (signs before the number, English words after it, Chinese words after it)
    "USD": (("US$", "$"), ("US dollar", "dollar", "buck"), ("美元", "美金")),
    "EUR": (("€",), ("euro",), ("欧元",)),
    "GBP": (("£",), ("pound sterling", "pounds sterling", "pound"), ("英镑",)),
    "CNY": (("RMB", "CN¥"), ("yuan", "renminbi"), ("元人民币", "人民币", "元", "块钱", "块")),
    "JPY": (("JP¥",), ("yen",), ("日元", "円")),
    "HKD": (("HK$",), ("Hong Kong dollar",), ("港元", "港币")),
    "CAD": (("CA$", "C$"), ("Canadian dollar",), ("加元",)),
    "AUD": (("AU$", "A$"), ("Australian dollar",), ("澳元",)),
    "CHF": ((), ("Swiss franc", "franc"), ("瑞士法郎",)),
    "TWD": (("NT$",), ("Taiwan dollar",), ("新台币", "台币")),
    "KRW": (("₩",), ("won",), ("韩元",)),
    "INR": (("₹",), ("rupee",), ("卢比",)),
    "SGD": (("S$",), ("Singapore dollar",), ("新加坡元",)),
    "¥": (("¥", "￥"), (), ()),
}


@cache
def units() -> tuple[Unit, ...]:
    """Every unit, with the metric prefixes spelled out."""
    made: list[Unit] = [*TIME, *OTHER]
    for unit in OTHER:
        letters, stem = _METRIC.get(unit.name, ("", ""))
        for letter in letters:
            factor, chinese = PREFIXES[letter]
            symbols = tuple(letter + symbol for symbol in unit.symbols)
            if letter == "µ":
                symbols += tuple("u" + s[1:] for s in symbols) + tuple("μ" + s[1:] for s in symbols)
            words = tuple(_PREFIX_WORDS[letter] + word for word in unit.english)
            hanzi = (chinese + stem,)
            made.append(Unit(words[0], unit.base, unit.factor * factor, symbols, words, hanzi))
    return tuple(made)


@cache
def symbol_table() -> Mapping[str, Unit]:
    """Symbol, as written, to unit."""
    return {symbol: unit for unit in units() for symbol in unit.symbols}


@cache
def english_table() -> Mapping[str, Unit]:
    """Lower-case English word, singular and plural, to unit."""
    found: dict[str, Unit] = {}
    for unit in units():
        for word in unit.english:
            found.setdefault(word.lower(), unit)
            found.setdefault(f"{word.lower()}s", unit)
    return found


@cache
def chinese_table() -> Mapping[str, Unit]:
    """Chinese word to unit."""
    return {word: unit for unit in units() for word in unit.chinese}
