"""Does a text name what it is about? Numbers in [0, 1], the same ones for each language.

A *term* is a word that names something: in English one that is not in a list of 7,500 common
words (so that names count in text without capitals too), in Chinese a title in quotes, a name
with the ending of an institution or place, a person's name or a word in Latin letters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log1p

import numpy as np
from numpy.typing import NDArray

from ragcheck.measures.defects.reading import Reading

TOPIC_FEATURES = (
    "term_density",
    "term_kinds",
    "term_repeat",
    "no_term",
    "lead_term_density",
    "lead_without_term",
    "speakers",
    "speaker",
    "speaker_without_name",
    "named_without_speaker",
    "rule_words",
    "rule",
    "party",
    "addressed",
    "pronouns",
    "lead_pronoun",
    "starts_with_pronoun",
    "dated",
    "lead_dated",
    "starts_inside",
    "starts_upper",
    "without_capitals",
    "finished",
    "one_sentence",
    "bullet",
    "titled",
    "ends_in_colon",
    "lead_in_colon",
    "quotes",
)
_READ = 4000
"""Characters that are read; what follows hardly changes what a text is about."""
_LONGEST_LEAD = 300

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋"


@dataclass(frozen=True)
class TopicRules:
    """What one language has for each question; regular expressions for text in lower case."""

    terms: Callable[[str], list[str]]
    """Terms of a text as it is written, in order."""
    speaker: str
    """Who speaks, unnamed."""
    rule: str
    """The text that rules (a licence, a contract), unnamed."""
    party: str
    """The name of a company or institution."""
    addressed: str
    pronoun: str
    dated: str
    sentence_end: str
    few: int
    """With fewer kinds of terms than that, a speaker counts as unnamed."""


_WORD = re.compile(r"[A-Za-z][A-Za-z'’_-]{2,40}")
_ENDINGS = "公司|集团|银行|大学|学院|医院|研究院|委员会|协会|法院"
_ENDING_CHARACTERS = "局部省市县区国州网社报杯奖赛节会队党院厂店军岛河山湖"
_HAN = "\u4e00-\u9fff"
_FIRST_OF_ENDINGS = "".join(ending[0] for ending in _ENDINGS.split("|")) + _ENDING_CHARACTERS
_HAN_TERMS = (
    r"[《“「【][^》”」】\n]{2,30}[》”」】]|[A-Za-z][A-Za-z0-9_.+-]{1,40}"
    rf"|[{_SURNAMES}][{_HAN}]{{1,2}}(?=[说表示认指介告担任，、（和的在将与])"
)
_HAN_NAMES = (
    # The look at one character first spares the engine the branches at most places.
    rf"|[{_HAN}]{{2,10}}?(?=[{_FIRST_OF_ENDINGS}])(?:{_ENDINGS}|[{_ENDING_CHARACTERS}])"
)
_CHINESE_TERMS = re.compile(_HAN_TERMS + _HAN_NAMES)
_DOTTED_TERMS = re.compile(rf"{_HAN_TERMS}|[{_HAN}]{{1,6}}·[{_HAN}]{{1,8}}{_HAN_NAMES}")
"""For a text with a dot between the parts of a foreign name."""


def any_of(*phrases: str) -> str:
    """Regular expression for any of the phrases (separated by ``|``) as whole words.

    Each branch begins with a letter and looks back from it: an engine that knows how a match
    begins passes over the other places, which a word boundary in front would keep it from.
    """
    groups: dict[str, list[str]] = {}
    for phrase in "|".join(phrases).split("|"):
        groups.setdefault(phrase[0], []).append(phrase[1:])
    return "|".join(rf"{c}(?<!\w{c})(?:{'|'.join(rest)})\b" for c, rest in groups.items())


@cache
def _common_words() -> frozenset[str]:
    source = files("ragcheck.measures.defects") / "common_words.txt"
    return frozenset(source.read_text("utf-8").split())


def _english_terms(text: str) -> list[str]:
    common = _common_words()
    rare = [word for word in _WORD.findall(text.lower()) if word not in common]
    return [word for word in rare if word.rstrip("'s") not in common]


def _chinese_terms(text: str) -> list[str]:
    return (_DOTTED_TERMS if "·" in text else _CHINESE_TERMS).findall(text)


_TOPIC_RULES: Mapping[str, TopicRules] = {
    "en": TopicRules(
        terms=_english_terms,
        speaker=any_of("we|our|us|the company|the registrant|the firm|the corporation"),
        rule=any_of(
            "this license|this licence|the license|the licence|this agreement|the agreement",
            "this contract|the program|the library|the work|this package|the package|the document",
        ),
        party=r" (?:inc|corp|corporation|co|ltd|llc|plc|group|bancorp|holdings"
        r"|ag|bank|university|institute|industries|foundation)\b",
        addressed=any_of("you|your"),
        pronoun=any_of("it|its|they|their|them|he|his|him|she|her|this|these|those|such"),
        dated=r"1(?<!\w1)[5-9]\d\d\b|2(?<!\w2)0\d\d\b|"
        + any_of(
            "january|february|march|april|june|july|august|september|october|november|december"
        ),
        sentence_end=r"[.!?]\s|\n\s*\n",
        few=4,
    ),
    "zh": TopicRules(
        terms=_chinese_terms,
        speaker=r"我们|我司|本公司|本行|本集团|本人|我(?![国市省们])|咱|公司(?!法)",
        rule=r"第[一二三四五六七八九十]{1,3}条|本(?:合同|协议|许可|软件|办法|条例|规定)"
        r"|该(?:合同|协议|许可|软件)",
        party=r"有限公司|股份|集团|银行|大学|医院|研究院|委员会|基金会",
        addressed=r"你|您",
        pronoun=r"他们?|她们?|它们?|其(?![他实中余次])|该|此(?![外前时])|这(?!是因为)|那(?!么)|上述|前述"
        r"|前者|后者|二者|两者|同[日年]|当[日年天时]",
        dated=r"\d(?:\d{3}年|\d?月\d{1,2}日|\d{3}-\d)",
        sentence_end=r"[。！？\n]",
        few=2,
    ),
}
_BULLET = re.compile(r"\s{0,20}(?:[-*•·|]|\(?\w{1,3}[.)、）]\s?|[（(]\w{1,3}[)）])")
_TITLED = re.compile(r"\s{0,20}(?:#|[^\n]{2,80}\n\s{0,4}(?:[=~^\"+#-]{3}|\n))")
_INSIDE = re.compile(r"[，。、；：）」”,.;:)\]的了着和与及或]|[a-z]")


@dataclass(frozen=True)
class _Compiled:
    rules: TopicRules
    patterns: Mapping[str, re.Pattern[str]]


@cache
def _compiled(language: str) -> _Compiled:
    rules = _TOPIC_RULES.get(language, _TOPIC_RULES["en"])
    names = ("speaker", "rule", "party", "addressed", "pronoun", "dated", "sentence_end")
    return _Compiled(rules, {name: re.compile(getattr(rules, name)) for name in names})


def topic_features(reading: Reading) -> NDArray[np.float64]:
    """(len(TOPIC_FEATURES),) float64 in [0, 1]; what stands before the text counts as there."""
    rules = _compiled(reading.language)
    lead = f"{reading.lead.strip()}\n\n" if reading.lead.strip() else ""
    text = (lead + reading.quote(reading.body))[:_READ]
    lowered = text.lower()
    ends = [found.end() for found in rules.patterns["sentence_end"].finditer(text)]
    sentences = max(1, len(ends))
    first_end = min(ends[0] if ends else len(text), _LONGEST_LEAD)
    terms = rules.rules.terms(text)
    values = {
        **_term_values(rules, text, terms, text[:first_end], sentences),
        **_party_values(rules, len(set(terms)), lowered),
        **_pointing_values(rules, lowered, first_end, sentences),
        **_shape_values(text, lowered, text[:first_end], len(ends)),
    }
    return np.array([values[name] for name in TOPIC_FEATURES])


def _term_values(
    rules: _Compiled, text: str, terms: Sequence[str], lead: str, sentences: int
) -> dict[str, float]:
    lead_terms = rules.rules.terms(lead)
    kinds = Counter(terms)
    words = max(1, len(text.split())) if rules.rules.few == 4 else 3 * sentences
    lead_words = max(1, len(lead.split())) if rules.rules.few == 4 else 3
    return {
        "term_density": min(1.0, len(terms) / words),
        "term_kinds": min(1.0, len(kinds) / 12),
        "term_repeat": min(1.0, log1p(max(kinds.values(), default=0)) / 2.5),
        "no_term": float(not terms),
        "lead_term_density": min(1.0, len(lead_terms) / lead_words),
        "lead_without_term": float(not lead_terms),
    }


def _party_values(rules: _Compiled, kinds: int, lowered: str) -> dict[str, float]:
    count = {name: _count(rules, name, lowered) for name in ("speaker", "rule", "addressed")}
    speaks = count["speaker"] > 0
    return {
        "speakers": min(1.0, count["speaker"] / 6),
        "speaker": float(speaks),
        "speaker_without_name": float(speaks and kinds < rules.rules.few),
        "named_without_speaker": float(not speaks and kinds > 0),
        "rule_words": min(1.0, count["rule"] / 4),
        "rule": float(count["rule"] > 0),
        "party": float(rules.patterns["party"].search(lowered) is not None),
        "addressed": min(1.0, count["addressed"] / 5),
    }


def _pointing_values(
    rules: _Compiled, lowered: str, first_end: int, sentences: int
) -> dict[str, float]:
    pronoun, dated = rules.patterns["pronoun"], rules.patterns["dated"]
    return {
        "pronouns": min(1.0, _count(rules, "pronoun", lowered) / sentences / 2),
        "lead_pronoun": float(pronoun.search(lowered, 0, min(first_end, 60)) is not None),
        "starts_with_pronoun": float(pronoun.match(lowered) is not None),
        "dated": float(dated.search(lowered) is not None),
        "lead_dated": float(dated.search(lowered, 0, first_end) is not None),
    }


def _shape_values(text: str, lowered: str, lead: str, ends: int) -> dict[str, float]:
    no_capitals = text == lowered
    return {
        "starts_inside": float(
            _INSIDE.match(text) is not None and not (no_capitals and text[:1].isalpha())
        ),
        "starts_upper": float(text[:1].isupper() or text[:1] in ('"', "#", "`", "“", "《")),
        "without_capitals": float(no_capitals),
        "finished": float(text.endswith((".", "!", "?", '"', "”", ")", "。", "！", "？", "…"))),
        "one_sentence": float(ends <= 1),
        "bullet": float(_BULLET.match(text) is not None),
        "titled": float(_TITLED.match(text) is not None),
        "ends_in_colon": float(text.endswith((":", "："))),
        "lead_in_colon": float(lead.rstrip().endswith((":", "："))),
        "quotes": min(1.0, (text.count('"') / 2 + text.count("“")) / 4),
    }


def _count(rules: _Compiled, name: str, lowered: str) -> int:
    return len(rules.patterns[name].findall(lowered))


def topic_languages() -> Sequence[str]:
    """The languages that have rules."""
    return tuple(_TOPIC_RULES)
