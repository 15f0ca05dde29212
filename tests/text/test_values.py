from __future__ import annotations

import pytest

from ragcheck.text.values import TypedValue, find_values, same_value

DAY = 86400.0

READINGS = [
    # English, Chinese, kind, amount, unit
    ("30 days", "30天", "duration", (30 * DAY, 30 * DAY), "s"),
    ("thirty days", "三十日", "duration", (30 * DAY, 30 * DAY), "s"),
    ("30-day", "30日", "duration", (30 * DAY, 30 * DAY), "s"),
    ("15 business days", "15个工作日", "duration", (15, 15), "workday"),
    ("three months", "三个月", "duration", (3, 3), "month"),
    ("2 years", "两年", "duration", (24, 24), "month"),
    ("half an hour", "半小时", "duration", (1800, 1800), "s"),
    ("1 h 30 min", "1小时30分钟", "duration", (5400, 5400), "s"),
    ("10–15 days", "10至15天", "duration", (10 * DAY, 15 * DAY), "s"),
    ("20%", "百分之二十", "percent", (20, 20), "%"),
    ("20 percent", "20％", "percent", (20, 20), "%"),
    ("EUR 300", "300欧元", "money", (300, 300), "EUR"),
    ("$1,200", "1,200美元", "money", (1200, 1200), "USD"),
    ("15 thousand yuan", "1.5万元", "money", (15000, 15000), "CNY"),
    ("three hundred yuan", "三百元", "money", (300, 300), "CNY"),
    ("$1.2 million", "120万美元", "money", (1.2e6, 1.2e6), "USD"),
    ("4 GB", "4吉字节", "quantity", (3.2e10, 3.2e10), "bit"),
    ("10 °C", "10摄氏度", "quantity", (283.15, 283.15), "K"),
    ("2 km", "2公里", "quantity", (2000, 2000), "m"),
    ("250 g", "250克", "quantity", (250, 250), "g"),
    ("5 kg", "5千克", "quantity", (5000, 5000), "g"),
    ("750 ml", "750毫升", "quantity", (0.75, 0.75), "L"),
    ("12 V", "12伏", "quantity", (12, 12), "V"),
    ("60 requests per minute", "60次/分钟", "quantity", (1, 1), "/s"),
    ("9am to 5pm", "上午9点至下午5点", "time", (540, 1020), "time of day"),
    ("Monday to Friday", "周一至周五", "weekday", (1, 5), "weekday"),
    ("3 items", "3件", "number", (3, 3), None),
    ("at least 5 users", "至少5个用户", "number", (5, 5), None),
    ("section 4", "第4条", "identifier", (4, 4), None),
    ("2nd", "第2次", "ordinal", (2, 2), None),
]


@pytest.mark.parametrize(("english", "chinese", "kind", "amount", "unit"), READINGS)
def test_english_and_chinese_read_the_same(english, chinese, kind, amount, unit):
    for text in (english, chinese, f"It is {english}.", f"规定为{chinese}。"):
        (value,) = find_values(text)
        assert value.kind == kind
        assert value.amount == pytest.approx(amount)
        assert value.unit == unit


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1 March 2023", (2023, 3, 1)),
        ("March 1, 2023", (2023, 3, 1)),
        ("the 1st of March 2023", (2023, 3, 1)),
        ("2023-03-01", (2023, 3, 1)),
        ("2023年3月1日", (2023, 3, 1)),
        ("二〇二三年三月一日", (2023, 3, 1)),
        ("3月1日", (None, 3, 1)),
        ("March 1", (None, 3, 1)),
        ("March 2023", (2023, 3, None)),
        ("2023年3月", (2023, 3, None)),
        ("since 2023", (2023, None, None)),
        ("25/03/2023", (2023, 3, 25)),
        ("03/04/2023", (2023, None, None)),
        ("每月7日", (None, None, 7)),
    ],
)
def test_dates(text, date):
    (value,) = find_values(text)
    assert (value.kind, value.date) == ("date", date)


@pytest.mark.parametrize(
    "text",
    [
        "You may use one of the plans in a second, or at first sight no one does.",
        "May I ask? One does not simply second a motion.",
        "She was the first person of the third-party zero-day team.",
        "一般来说，一些用户一定要统一处理，千万不要，十分重要。",
        "唯一的办法是一起走，万一出错，三方一致同意，一经签收概不退换。",
        "每日志愿者的年龄、天气和元素",
        "5天气象",
    ],
)
def test_ordinary_words_are_no_values(text):
    assert [value.text for value in find_values(text) if value.kind != "number"] == []


@pytest.mark.parametrize(
    "text",
    [
        "KM-200",
        "ISO 9001",
        "section 4.2",
        "第三条",
        "x86_64",
        "utf8",
        "https://a.b/30-days",
        "a5@b.cd",
    ],
)
def test_numbers_in_names_are_identifiers(text):
    assert [(value.kind, value.text) for value in find_values(text)] == [("identifier", text)]


def test_list_numbers_are_identifiers():
    values = find_values("1. Refund in 14 days\n2) Exchange in 30 days\n（三）退款\n3.1 Scope")
    assert [v.text for v in values if v.kind == "identifier"] == ["1.", "2)", "（三）", "3.1"]
    assert [v.text for v in values if v.kind == "duration"] == ["14 days", "30 days"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("v2.3.1", ("2", "3", "1")),
        ("version 2.3", ("2", "3")),
        ("版本2.3", ("2", "3")),
        ("2.3.1rc1", ("2", "3", "1", "rc", "1")),
        ("Python 3.6", ("3", "6")),
        (">=2.7", ("2", "7")),
    ],
)
def test_versions(text, parts):
    (value,) = find_values(text)
    assert (value.kind, value.version) == ("version", parts)


def only(text: str) -> TypedValue:
    (value,) = find_values(text)
    return value


SAME = [
    ("30 days", "thirty days"), ("1800 seconds", "30 minutes"), ("24 hours", "1 day"),
    ("七日", "7天"), ("0.5 mg/L", "500 µg/L"), ("1.5万元", "15,000元"), ("20%", "百分之二十"),
    ("1 year", "12 months"), ("2023-03-01", "1 March 2023"), ("v2.3", "2.3.0"),
    ("3.14 kg", "3.1 kg"), ("2.5 million dollars", "$2,513,000"), ("10 °C", "50 °F"),
    ("30 days", "30天"), ("5 miles", "8 km"), ("about 100 km", "98 km"), ("¥300", "300元"),
    ("9:00", "9 am"), ("60 requests per minute", "1 request per second"),
    ("at least 5 users", "5 users or more"), ("1024 MB", "1 GiB"), ("32MB", "32 MiB"),
]  # fmt: skip
DIFFERENT = [
    ("30 days", "31 days"), ("7个工作日", "7个自然日"), ("14 days", "一个月"), ("1 kg", "1.4 kg"),
    ("20%", "25%"), ("2023年", "2024年"), ("v2.3", "v2.4"), ("at least 5 kg", "at most 5 kg"),
    ("9:00", "10:00"), ("$300", "$350"), ("30 days", "6 months"), ("section 4", "section 5"),
    ("10–15 days", "20 days"), ("0.5%", "1%"),
]  # fmt: skip
NOT_COMPARABLE = [
    ("30 days", "30 kg"), ("$300", "€300"), ("30 days", "1 month"), ("March 2023", "1 March 2023"),
    ("10–15 days", "12 days"), ("10 business days", "14 days"), ("section 4", "step 4"),
    ("5 kg", "5%"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), SAME)
def test_same(a, b):
    assert same_value(only(a), only(b)) is True
    assert same_value(only(b), only(a)) is True


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different(a, b):
    assert same_value(only(a), only(b)) is False
    assert same_value(only(b), only(a)) is False


@pytest.mark.parametrize(("a", "b"), NOT_COMPARABLE)
def test_not_comparable(a, b):
    assert same_value(only(a), only(b)) is None
    assert same_value(only(b), only(a)) is None


@pytest.mark.parametrize(
    ("english", "chinese", "bound"),
    [
        ("at least 5 days", "至少5天", "at least"),
        ("more than 5 days", "超过5天", "more than"),
        ("at most 5 days", "最多5天", "at most"),
        ("within 5 days", "5天内", "at most"),
        ("less than 5 days", "不足5天", "less than"),
        ("about 5 days", "约5天", "about"),
        ("5 days or more", "5天以上", "at least"),
    ],
)
def test_bounds(english, chinese, bound):
    assert only(english).bound == only(chinese).bound == bound


def test_the_language_decides_whose_currency_a_sign_is():
    assert find_values("¥300", language="zh")[0].unit == "CNY"
    assert find_values("¥300")[0].unit == "¥"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("down from 14.2% a year earlier", "14.2%"),
        ("costs 30 EUR a year", "30 EUR a year"),
        ("it cost 30 EUR a year ago", "30 EUR"),
    ],
)
def test_a_time_behind_a_value_is_no_rate(text, value):
    assert [found.text for found in find_values(text)] == [value]
