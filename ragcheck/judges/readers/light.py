"""Reads Chinese answers without a model: typed candidates, ranked by how well they fit.

A candidate is a value, something in quotation marks, a Latin name, or a run of characters
between particles and punctuation. It is weighed by what the question asks for, by how much of
the question stands in its sentence and close to it, and by whether what follows or precedes the
question word also follows or precedes the candidate. The weights are those of a logistic model,
so that the margin is in log odds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.reading import Reading
from ragcheck.records.corpus import Span
from ragcheck.text.language import CJK
from ragcheck.text.sentences import encodable, sentence_spans
from ragcheck.text.values import find_values

LONGEST_QUESTION = 200
LONGEST_PASSAGE = 2000
MOST_CANDIDATES = 300
NOTHING = -20.0
NEAR, FAR = 8, 20
WANTS: Mapping[str, str] = {
    "who": r"谁|哪[一两几]?[位个]?(?:人|选手|球员|导演|演员|歌手|作家|教授|总统|明星|人物)|何人"
    r"|[哪那][一]?位|什么人",
    "time": r"何时|什么时[候间]|[哪几][一]?[年天日月号]|哪[一]?个?(?:年份|年代|月份|世纪|日子|时候)"
    r"|几[点时]|时间|日期|多久",
    "amount": r"多少|几|百分之|多[长大高远宽深重快]|数量|人口|第几",
    "place": r"哪里|哪儿|何[地处]|在哪|哪[一]?[个座]?"
    r"(?:国家|城市|省|地区|州|市|县|地方|洲|大学|球队)|什么地[方区]",
    "name": r"叫什么|什么名|名[字称]是|称[为作]?什么|哪[一]?[部首本款家支个所种]",
}
_WANTS = {name: re.compile(pattern) for name, pattern in WANTS.items()}
_ASKED = re.compile(
    r"什么时[候间]|为什么|什么|多少|何[时地人处]|哪[里儿]|哪[一几两]?[个位年月日天部首本款家支所种座]?"
    r"|第?几|谁|百分之几|怎么样?|怎样|如何|多[久长大高远宽深重快]"
)
_QUOTED = re.compile(r"[“「『《\"'‘]([^”」』》\"'’\n]{1,40})[”」』》\"'’]")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9.'’&+-]{0,30}(?: [A-Z0-9][A-Za-z0-9.'’&+-]{0,30}){0,5}")
_RUN = re.compile(rf"[{CJK}·・]{{1,60}}")
_PARTICLE = re.compile(
    r"[的了在是和与及于为由将等从对被以把向至到并也都而又但其这该此之或让使给因所则即]|据|称|对于|以及|成为|位于|作为"
)
_PLACE = re.compile(r"(?:省|市|县|区|国|州|洲|岛|镇|村|湖|河|山|海|港|亚|京|城|大学|公司|学院)$")
_KINDS = ("date", "amount", "quoted", "latin", "dotted", "run")
FEATURES: tuple[str, ...] = (
    *(f"{want}_{kind}" for want in (*WANTS, "other") for kind in _KINDS),
    "place_suffix", "overlap", "sentence", "best_sentence", "near", "far", "after", "before",
    "length", "long", "position", "unit_asked", "passage",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that might be the answer, and what it looks like."""

    span: Span
    kind: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: its pairs of characters, what it wants, and what surrounds its question word."""

    pairs: frozenset[str]
    wants: tuple[str, ...]
    before: str
    after: str
    text: str


def read_question(question: str) -> Asked:
    """What a question asks for."""
    wants = tuple(name for name, pattern in _WANTS.items() if pattern.search(question))
    match = _ASKED.search(question)
    before = question[max(0, match.start() - 6) : match.start()] if match else ""
    after = question[match.end() : match.end() + 6] if match else ""
    bare = _ASKED.sub("\n", question)
    clean = re.sub(r"[？?，,。！]", "\n", after).split("\n")[0]
    return Asked(frozenset(_pairs(bare)), wants or ("other",), before, clean, question)


def question_pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring letters of a text, without its question words."""
    return frozenset(_pairs(_ASKED.sub("\n", text)))


def _pairs(text: str) -> list[str]:
    folded = text.casefold()
    return [
        folded[i : i + 2]
        for i in range(len(folded) - 1)
        if folded[i].isalnum() and folded[i + 1].isalnum()
    ]


def candidates(passage: str) -> list[Candidate]:
    """Every candidate of a passage, in order of kind; at most ``MOST_CANDIDATES``."""
    found: dict[tuple[int, int], Candidate] = {}

    def add(start: int, end: int, kind: str) -> None:
        if start < end:
            found.setdefault((start, end), Candidate(Span(start, end), kind))

    for value in find_values(passage, "zh"):
        kind = "date" if value.kind in ("date", "time", "weekday") else "amount"
        add(value.span.start, value.span.end, kind)
    for match in _QUOTED.finditer(passage):
        add(*match.span(1), "quoted")
    for match in _LATIN.finditer(passage):
        add(*match.span(), "latin")
    for match in _RUN.finditer(passage):
        begin = match.start()
        for cut in (*_PARTICLE.finditer(match.group()), None):
            end = match.end() if cut is None else match.start() + cut.start()
            if 2 <= end - begin <= 16:
                dotted = "·" in passage[begin:end] or "・" in passage[begin:end]
                add(begin, end, "dotted" if dotted else "run")
            begin = match.start() + cut.end() if cut is not None else begin
    return list(found.values())[:MOST_CANDIDATES]


def measure(asked: Asked, passage: str) -> tuple[list[Candidate], NDArray[np.float64]]:
    """The candidates of a passage and their (count, features) measurements."""
    listed = candidates(passage)
    rows = np.zeros((len(listed), len(FEATURES)))
    spans = sentence_spans(passage, "zh") or [Span(0, len(passage))]
    shares = [_share(asked, passage[s.start : s.end]) for s in spans]
    whole, best = _share(asked, passage), max(shares)
    for row, candidate in zip(rows, listed, strict=True):
        start, end = candidate.span.start, candidate.span.end
        said = passage[start:end]
        share = max(
            (
                share
                for share, s in zip(shares, spans, strict=True)
                if s.start < end and start < s.end
            ),
            default=0.0,
        )
        values = dict.fromkeys(FEATURES, 0.0)
        for want in asked.wants:
            values[f"{want}_{candidate.kind}"] = 1.0
        values["place_suffix"] = float("place" in asked.wants and bool(_PLACE.search(said)))
        own = _pairs(said)
        values["overlap"] = sum(p in asked.pairs for p in own) / max(1, len(own))
        values["sentence"], values["best_sentence"] = share, float(share == best)
        for name, reach in (("near", NEAR), ("far", FAR)):
            beside = passage[max(0, start - reach) : start] + "\n" + passage[end : end + reach]
            values[name] = sum(p in asked.pairs for p in set(_pairs(beside))) / reach
        values["after"] = float(_common(asked.after, passage[end : end + 6])) / 2
        behind = passage[max(0, start - 6) : start]
        values["before"] = float(_common(asked.before[::-1], behind[::-1])) / 2
        values["unit_asked"] = float(
            bool(asked.after) and candidate.kind == "amount" and asked.after[0] in said[-2:]
        )
        values["length"], values["long"] = min(len(said), 12) / 12, float(len(said) > 9)
        values["position"], values["passage"] = start / max(1, len(passage)), whole
        row[:] = [values[name] for name in FEATURES]
    return listed, rows


def _share(asked: Asked, text: str) -> float:
    there = set(_pairs(text))
    return len(asked.pairs & there) / max(1, len(asked.pairs))


def _common(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


class LightReader:
    """Reads Chinese answers by rules and a logistic model; no model to load, no network."""

    def __init__(self) -> None:
        text = (files("ragcheck.judges") / "weights" / "chinese_light.json").read_text("utf-8")
        fitted = json.loads(text)
        self._weights = np.array([fitted["weights"][name] for name in FEATURES])
        self._intercept = float(fitted["intercept"])

    def read(self, asked: Sequence[tuple[str, str]]) -> list[Reading]:
        """The best answer of each (question, passage), even where there is likely none."""
        questions = {q: read_question(q[:LONGEST_QUESTION]) for q in {q for q, _ in asked}}
        return [self._best(questions[question], passage) for question, passage in asked]

    def _best(self, asked: Asked, passage: str) -> Reading:
        passage = encodable(passage[:LONGEST_PASSAGE])
        listed, rows = measure(asked, passage)
        if not listed:
            return Reading("", Span(0, 0), NOTHING)
        scores = rows @ self._weights + self._intercept
        best = int(scores.argmax())
        span = listed[best].span
        return Reading(passage[span.start : span.end], span, float(scores[best]))
