"""Pairs made from the sentences of the shipped corpora (CC0), in English and Chinese alike.

A passage is copied and edited. Conflicts: a value, unit, negation, permission, name or list item
of one sentence is another one. Agreements: the copy is reformatted, reworded by a table, shortened
or moved beside other sentences, or gives the value in another unit. Look-alikes: the copy speaks
of another region, product, platform or year. The question, where there is one, is made of the
words of the edited sentence; asked about another sentence, an edited pair is no conflict.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np
from conflict_rows import CORPORA, ROOT, Row, read_rows

from ragcheck.text.alignment import read_frame, read_words
from ragcheck.text.language import detect_language
from ragcheck.text.sentences import sentence_spans
from ragcheck.text.values import find_values

Edit = Callable[[str, np.random.Generator], str | None]

OPPOSITES: tuple[tuple[str, str, str], ...] = (
    ("permission", "must not", "may"), ("permission", "may not", "may"),
    ("permission", "cannot", "can"), ("permission", "must", "need not"),
    ("permission", "is required", "is optional"), ("permission", "are allowed", "are prohibited"),
    ("permission", "is allowed", "is prohibited"), ("permission", "should", "should not"),
    ("negation", "enabled", "disabled"), ("negation", "is not", "is"),
    ("negation", "are not", "are"), ("negation", "does not", "does"), ("negation", "is", "is not"),
    ("negation", "are", "are not"), ("negation", "with", "without"),
    ("negation", "always", "never"), ("negation", "includes", "does not include"),
    ("negation", "before", "after"), ("negation", "more than", "less than"),
    ("permission", "不得", "可以"), ("permission", "可以", "不得"), ("permission", "必须", "无需"),
    ("permission", "应当", "不必"), ("permission", "不能", "能"), ("permission", "允许", "禁止"),
    ("permission", "需要", "不需要"), ("negation", "开启", "关闭"), ("negation", "启用", "停用"),
    ("negation", "支持", "不支持"), ("negation", "包括", "不包括"), ("negation", "没有", "有"),
    ("negation", "以上", "以下"), ("negation", "之前", "之后"), ("negation", "不会", "会"),
    ("negation", "不再", "仍然"), ("negation", "默认", "默认不"),
)  # fmt: skip
SYNONYMS: tuple[tuple[str, str], ...] = (
    ("can", "are able to"), ("must", "have to"), ("within", "in no more than"), ("show", "display"),
    ("begin", "start"), ("every", "each"), ("customers", "clients"), ("buy", "purchase"),
    ("send", "submit"), ("before", "prior to"), ("also", "in addition"), ("need", "require"),
    ("about", "regarding"), ("the", ""), ("which", "that"), ("if", "in case"), ("when", "whenever"),
    ("help", "assist"), ("get", "receive"), ("because", "since"), ("usually", "normally"),
    ("可以", "能够"), ("应当", "必须"), ("需要", "须"), ("如果", "若"), ("以及", "和"),
    ("进行", "做"), ("但", "不过"), ("客户", "顾客"), ("申请", "提出申请"), ("使用", "采用"),
    ("通过", "经由"), ("时", "的时候"), ("立即", "马上"), ("提交", "递交"), ("发送", "发出"),
    ("的", ""),
)  # fmt: skip
NAMES = {
    "en": (
        "Monday", "Friday", "Anna Keller", "David Osei", "PostgreSQL", "Redis", "Berlin", "Lisbon",
        "the finance team", "the warehouse", "the manager", "e-mail", "a courier", "plastic",
        "steel", "blue", "green", "JSON", "CSV", "Kafka", "the customer", "the supplier",
    ),
    "zh": (
        "王伟", "李娜", "财务部", "人事部", "仓库", "主管", "短信", "邮件", "北京", "成都", "红色",
        "蓝色", "支付宝", "银行转账", "客户", "供应商", "数据库", "消息队列", "周一", "周五",
    ),
}  # fmt: skip
SCOPES = {
    "en": (
        ("On Windows, ", "On Linux, "), ("In Germany, ", "In Canada, "),
        ("For students, ", "For staff, "), ("In 2019, ", "In 2023, "),
        ("With version 2.4, ", "With version 3.1, "), ("For the KX-100, ", "For the KX-250, "),
        ("On the free plan, ", "On the enterprise plan, "), ("With MySQL, ", "With SQLite, "),
    ),
    "zh": (
        ("在上海，", "在广东，"), ("对企业用户，", "对个人用户，"), ("2019年，", "2023年，"),
        ("在安卓上，", "在苹果上，"), ("2.4版中，", "3.1版中，"), ("型号KX-100的", "型号KX-250的"),
        ("普通会员", "高级会员"), ("使用MySQL时，", "使用SQLite时，"),
    ),
}  # fmt: skip
SECONDS = {"second": 1, "seconds": 1, "minute": 60, "minutes": 60, "hour": 3600, "hours": 3600,
           "day": 86400, "days": 86400, "秒": 1, "分钟": 60, "小时": 3600, "天": 86400}  # fmt: skip
_DURATION = re.compile(r"(\d{1,5})( ?)(seconds?|minutes?|hours?|days?|秒|分钟|小时|天)(?![a-z])")
_SPACE = re.compile(r"\s+")
_DIGITS = re.compile(r"\d+")


def sentences(corpus: str) -> list[list[str]]:
    """The prose sentences of each document, without those that a planted conflict quotes."""
    folder = ROOT / "corpora" / corpus
    quotes = [_squeeze(row[side]["quote"]) for row in read_rows(folder / "conflicts.jsonl")
              for side in ("left", "right")]  # fmt: skip
    found = []
    for path in sorted((folder / "docs").rglob("*")):
        if path.suffix not in (".md", ".rst", ".txt"):
            continue
        text = path.read_text("utf-8")
        kept = []
        for span in sentence_spans(text, detect_language(text)):
            sentence = " ".join(text[span.start : span.end].split())
            plain = _squeeze(sentence)
            least, most = (8, 140) if detect_language(sentence) == "zh" else (25, 320)
            prose = not re.search(r"^[#|=]|[=~^-]{4}|\|", sentence)
            if (
                prose
                and least <= len(sentence) <= most
                and not any(plain in quote or quote in plain for quote in quotes)
            ):
                kept.append(sentence)
        found.append(kept)
    return [document for document in found if len(document) >= 3]


def _squeeze(text: str) -> str:
    return _SPACE.sub("", text).lower().strip("-*#>|.。")


def other_value(sentence: str, rng: np.random.Generator) -> str | None:
    """One value is another: its digits change, or a Chinese or English numeral does."""
    values = [v for v in find_values(sentence) if v.kind != "identifier" and _DIGITS.search(v.text)]
    if not values:
        return None
    value = values[rng.integers(len(values))]
    matches = list(_DIGITS.finditer(value.text))
    match = matches[rng.integers(len(matches))]
    number = int(match.group())
    choices = [number + 1, number * 2, max(1, number // 2), number + 5, number + 10, number * 10]
    other = int(choices[rng.integers(len(choices))])
    if value.kind in ("date", "time", "weekday"):
        other = number % 27 + 1 if number < 100 else number - int(rng.integers(1, 6))
    if other == number:
        return None
    changed = value.text[: match.start()] + str(other) + value.text[match.end() :]
    return sentence[: value.span.start] + changed + sentence[value.span.end :]


def other_unit(sentence: str, _rng: np.random.Generator) -> str | None:
    """The unit of a duration is another, the number stays."""
    match = _DURATION.search(sentence)
    if match is None:
        return None
    chinese = not match.group(3).isascii()
    units = ("秒", "分钟", "小时", "天") if chinese else ("seconds", "minutes", "hours", "days")
    unit = next(u for u in units if SECONDS[u] != SECONDS[match.group(3)])
    return sentence[: match.start(3)] + unit + sentence[match.end(3) :]


def same_in_other_unit(sentence: str, _rng: np.random.Generator) -> str | None:
    """The same duration in a smaller unit: 30 minutes as 1800 seconds."""
    match = _DURATION.search(sentence)
    if match is None or SECONDS[match.group(3)] == 1:
        return None
    seconds = int(match.group(1)) * SECONDS[match.group(3)]
    chinese = not match.group(3).isascii()
    if SECONDS[match.group(3)] == 60:
        said = f"{seconds}秒" if chinese else f"{seconds} seconds"
    else:
        step = 60 if SECONDS[match.group(3)] == 3600 else 3600
        said = f"{seconds // step}" + (
            ("分钟" if step == 60 else "小时")
            if chinese
            else (" minutes" if step == 60 else " hours")
        )
    return sentence[: match.start()] + said + sentence[match.end() :]


def opposite(sentence: str, rng: np.random.Generator) -> str | None:
    """What is allowed, required, on or so becomes the opposite."""
    for k in rng.permutation(len(OPPOSITES)):
        _, one, other = OPPOSITES[k]
        replaced = _swap(sentence, one, other)
        if replaced is not None:
            return replaced
    return None


def _swap(sentence: str, one: str, other: str) -> str | None:
    pattern = rf"\b{re.escape(one)}\b" if one.isascii() else re.escape(one)
    replaced = re.sub(pattern, other, sentence, count=1, flags=re.IGNORECASE)
    return replaced if replaced != sentence else None


def other_name(sentence: str, rng: np.random.Generator) -> str | None:
    """A content word or a short run of them is another name."""
    language = detect_language(sentence)
    name = NAMES[language][rng.integers(len(NAMES[language]))]
    if language == "zh":
        runs = list(
            re.finditer(r"(?<=[由向在用为给是到])[\u4e00-\u9fff]{2,4}(?=[，。；、的])", sentence)
        )
    else:
        runs = list(
            re.finditer(
                r"`[\w./-]+`"
                r"|(?<=\b(?:by|to|in|at) )(?:the )?[A-Za-z][\w-]{2,}(?: [A-Z][\w-]+)?(?=[ ,.;])"
                r"|(?<=\bfrom )(?:the )?[A-Za-z][\w-]{2,}|(?<=[a-z,] )[A-Z][\w-]{2,}",
                sentence,
            )
        )
    if not runs:
        return None
    run = runs[rng.integers(len(runs))]
    said = f"`{name.lower().replace(' ', '_')}`" if run.group().startswith("`") else name
    return sentence[: run.start()] + said + sentence[run.end() :]


def other_list(sentence: str, rng: np.random.Generator) -> str | None:
    """An enumeration lacks one of its items or names another one."""
    separator = "、" if detect_language(sentence) == "zh" else ", "
    parts = sentence.split(separator)
    if len(parts) < 4 - (separator == "、"):
        return None
    place = int(rng.integers(1, len(parts) - 1)) if len(parts) > 2 else 1
    return separator.join(parts[:place] + parts[place + 1 :])


def reworded(sentence: str, rng: np.random.Generator) -> str | None:
    """Two or three words stand by synonyms."""
    text = sentence
    for k in rng.permutation(len(SYNONYMS)):
        one, other = SYNONYMS[k]
        replaced = _swap(text, one, other)
        text = " ".join(replaced.split()) if replaced is not None else text
        if rng.random() < 0.15 and text != sentence:
            break
    return text if text != sentence else None


def reformatted(sentence: str, rng: np.random.Generator) -> str:
    """Another form of the same sentence."""
    forms = (
        f"- {sentence}", f"**{sentence}**", sentence.rstrip(".。；"), sentence.upper(),
        f"> {sentence}", f"3. {sentence}", sentence.replace("`", ""), f"Note: {sentence}",
    )  # fmt: skip
    return forms[rng.integers(len(forms))]


CONFLICTS: tuple[tuple[str, Edit], ...] = (
    ("value", other_value), ("value", other_value), ("unit", other_unit), ("opposite", opposite),
    ("opposite", opposite), ("name", other_name), ("name", other_name), ("list", other_list),
)  # fmt: skip
AGREEMENTS: tuple[tuple[str, Edit], ...] = (
    ("reformatted", reformatted), ("reworded", reworded), ("reworded", reworded),
    ("other unit", same_in_other_unit),
)  # fmt: skip


def edited(count: int, rng: np.random.Generator) -> Iterator[Row]:
    """About ``count`` pairs of each shipped corpus."""
    for corpus in CORPORA:
        documents = sentences(corpus)
        for number in range(count):
            document = documents[rng.integers(len(documents))]
            row = _pair(document, documents, rng)
            if row is not None:
                left, right, question, conflict, kind = row
                if rng.random() < 0.5:
                    left, right = right, left
                yield Row(f"edits {corpus}", f"{corpus}-{number}", left, right, question, conflict,
                          kind)  # fmt: skip


def _pair(
    document: list[str], documents: list[list[str]], rng: np.random.Generator
) -> tuple[str, str, str | None, bool, str] | None:
    size = int(rng.integers(1, 7))
    start = int(rng.integers(0, max(1, len(document) - size)))
    passage = document[start : start + size]
    place = int(rng.integers(len(passage)))
    chosen = passage[place]
    asked = _question(chosen) if rng.random() < 0.6 else None
    draw = rng.random()
    if draw < 0.45:
        kind, changed = _first(CONFLICTS, chosen, rng)
        return _conflict(passage, place, changed, asked, kind, documents, rng)
    if draw < 0.75:
        kind, changed = _first(AGREEMENTS, chosen, rng)
        if changed is None:
            return None
        other = _dressed(passage, place, changed, documents, rng)
        return _join(passage), other, asked, False, kind
    if draw < 0.88:
        return _look_alike(chosen, asked, rng)
    other_document = documents[rng.integers(len(documents))]
    if rng.random() < 0.5:
        other = _nearest(chosen, [s for d in documents for s in d if s not in passage], rng)
    else:
        other = other_document[rng.integers(len(other_document))]
    return _join(passage), other, asked, False, "unrelated"


def _first(
    edits: tuple[tuple[str, Edit], ...], sentence: str, rng: np.random.Generator
) -> tuple[str, str | None]:
    """The first edit, in a random order, that the sentence admits."""
    for k in rng.permutation(len(edits)):
        kind, edit = edits[k]
        changed = edit(sentence, rng)
        if changed is not None:
            return kind, changed
    return "", None


def _conflict(
    passage: list[str], place: int, changed: str | None, asked: str | None, kind: str,
    documents: list[list[str]], rng: np.random.Generator,
) -> tuple[str, str, str | None, bool, str] | None:  # fmt: skip
    if changed is None:
        return None
    if rng.random() < 0.5:
        changed = reworded(changed, rng) or changed
    conflict = True
    if asked is not None and len(passage) > 1 and rng.random() < 0.2:
        asked, conflict, kind = _question(passage[place - 1]), False, f"{kind}, not asked"
    other = _dressed(passage, place, changed, documents, rng)
    return _join(passage), other, asked, conflict, kind


def _look_alike(
    chosen: str, asked: str | None, rng: np.random.Generator
) -> tuple[str, str, str | None, bool, str] | None:
    scopes = SCOPES[detect_language(chosen)]
    one, other = scopes[rng.integers(len(scopes))]
    changed = other_value(chosen, rng) or opposite(chosen, rng)
    if changed is None:
        return None
    if asked is not None and rng.random() < 0.5:
        asked = f"{one}{asked}"
    return one + chosen, other + changed, asked, False, "look-alike"


def _dressed(
    passage: list[str], place: int, changed: str, documents: list[list[str]],
    rng: np.random.Generator,
) -> str:  # fmt: skip
    """The edited sentence among its neighbours, alone, or beside sentences from elsewhere."""
    draw = rng.random()
    if draw < 0.4:
        return _join([*passage[:place], changed, *passage[place + 1 :]])
    if draw < 0.65:
        return _with_context(changed, passage, rng) if draw > 0.5 else changed
    other = documents[rng.integers(len(documents))]
    extra = other[rng.integers(len(other))]
    if draw < 0.8:
        return _join([extra, changed] if rng.random() < 0.5 else [changed, extra])
    return reformatted(_join([*passage[:place], changed]), rng)


def _with_context(sentence: str, passage: list[str], rng: np.random.Generator) -> str:
    """The sentence with words of its neighbours in front, as when a pronoun is spelled out."""
    if detect_language(sentence) == "zh":
        text = "".join(passage)
        start = int(rng.integers(0, max(1, len(text) - 6)))
        return f"{text[start : start + int(rng.integers(2, 7))]}，{sentence}"
    terms = [w.strip(".,;:") for s in passage for w in s.split() if read_frame(read_words(w))]
    start = int(rng.integers(0, max(1, len(terms) - 3)))
    return f"{' '.join(terms[start : start + int(rng.integers(1, 5))])} {sentence}"


def _join(passage: list[str]) -> str:
    return ("" if detect_language(passage[0]) == "zh" else " ").join(passage)


def _question(sentence: str) -> str:
    """The content words of a sentence without its values: what a user would search for."""
    blank = sentence
    for value in reversed(find_values(sentence)):
        blank = blank[: value.span.start] + " " + blank[value.span.end :]
    if detect_language(sentence) == "zh":
        return blank[: max(8, len(blank) * 2 // 3)] + "？"
    kept = [w for w in blank.split() if read_frame(read_words(w))][:9]
    return "What about " + " ".join(kept) + "?"


def _nearest(sentence: str, others: list[str], rng: np.random.Generator) -> str:
    from rapidfuzz import fuzz, process

    sample = [others[k] for k in rng.permutation(len(others))[:150]]
    found = process.extractOne(sentence, sample, scorer=fuzz.token_set_ratio)
    return found[0] if found is not None else sample[0]
