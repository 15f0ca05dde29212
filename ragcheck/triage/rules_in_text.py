"""Sentences of documents that state a rule: what must, may or must not be, from when, but for whom.

Kinds, the first that fits: ``exception``, ``liability``, ``prohibition``, ``threshold``,
``obligation``, ``permission``. English and Chinese have the same cues
(:data:`ragcheck.text.polarity.CUES`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ragcheck.records.corpus import Document, Place, Question, Span
from ragcheck.text.language import CJK
from ragcheck.text.outline import markup_of, outline
from ragcheck.text.polarity import Cue, find_cues
from ragcheck.text.sentences import sentence_spans
from ragcheck.text.values import find_values

KINDS = ("exception", "liability", "prohibition", "threshold", "obligation", "permission")
BOUNDARIES = ("exception", "prohibition")
LIABILITY = {
    "en": ("liable", "liability", "indemnify", "indemnity", "damages", "penalty", "fined",
           "at your own risk", "held responsible", "bears the cost", "bears the costs"),
    "zh": ("责任", "赔偿", "赔付", "违约", "罚款", "处罚", "追责", "自行承担", "免责"),
}  # fmt: skip
_LIABILITY = re.compile(
    rf"\b(?:{'|'.join(LIABILITY['en'])})\b|{'|'.join(LIABILITY['zh'])}", re.IGNORECASE
)
_HEADING = re.compile(r"\s{0,8}#{1,6}\s")
_QUESTION = re.compile(r"[?？]\s{0,8}[*_”\"）)]{0,4}\s{0,8}\Z")
_WEAK = frozenset({"can", "能", "可", "能够", "要求", "requires", "required", "but not", "但",
                   "however", "以外"})  # fmt: skip
"""Cues that are as often no rule: they count beside another cue or a value."""
_SHORTEST = {"en": 4, "zh": 8}
LONGEST = 600
_SUBJECT_END = re.compile(rf"[,;:，；：]|\b(?:is|are|has|have)\b|(?<=[{CJK}])[是为]")


@dataclass(frozen=True, slots=True)
class StatedRule:
    """One sentence that states a rule, with its place and the headings above it.

    ``subject`` is what stands in front of the cue, ``value`` the first bounded or other value.
    """

    kind: str
    text: str
    document: str
    span: Span
    place: Place
    headings: tuple[str, ...]
    subject: str
    value: str


def stated_rules(document: Document) -> tuple[StatedRule, ...]:
    """The rules that a document states, in its order. Headings and questions state none."""
    text = document.text
    spans = [s for s in sentence_spans(text) if _may_state(text[s.start : s.end])]
    known = outline(text, markup=markup_of(document.path)) if spans else None
    found = []
    for span in spans:
        sentence = text[span.start : span.end]
        kind = rule_kind(sentence)
        if kind is not None and known is not None:
            headings = tuple(known.heading_path_at(span.start))
            subject, value = _subject(sentence, kind), _value(sentence)
            found.append(
                StatedRule(kind, sentence, document.path, span, document.place(span), headings,
                           subject, value)
            )  # fmt: skip
    return tuple(found)


def sentence_count(documents: Iterable[Document]) -> int:
    """How many sentences could state a rule: no headings, no questions, no fragments."""
    return sum(
        _may_state(document.text[s.start : s.end])
        for document in documents
        for s in sentence_spans(document.text)
    )


def rule_kind(sentence: str) -> str | None:
    """The kind of rule that a sentence states, or ``None``."""
    cues = [cue for cue in find_cues(sentence) if not _only_looks_so(cue, sentence)]
    kinds = {cue.kind for cue in cues}
    if "example" in kinds:
        return None
    firm = {cue.kind for cue in cues if cue.text.lower() not in _WEAK}
    bounded = any(value.bound not in (None, "about") for value in find_values(sentence))
    if "exception" in firm or ("exception" in kinds and firm - {"exception", "negation"}):
        return "exception"
    if _LIABILITY.search(sentence):
        return "liability"
    if firm & {"prohibition"}:
        return "prohibition"
    if bounded:
        return "threshold"
    if firm & {"obligation"}:
        return "obligation"
    return "permission" if firm & {"permission", "exemption"} else None


def rules_of(question: Question, rules: Iterable[StatedRule]) -> list[StatedRule]:
    """The rules that the question's gold evidence states, or is stated in."""
    return [
        rule
        for rule in rules
        if any(
            gold.document == rule.document
            and 2 * gold.span.overlap(rule.span) > min(len(gold.span), len(rule.span))
            for gold in question.evidence
        )
    ]


def _only_looks_so(cue: Cue, sentence: str) -> bool:
    """The month of May, and what somebody does not do or cannot do in a condition."""
    before, behind = sentence[: cue.span.start].lower(), sentence[cue.span.end :]
    if cue.text == "May" and before:
        return True
    if cue.text.lower() in ("do not", "don't"):
        return bool(re.search(r"[\w,]\s{1,3}\Z", before)) and not before.endswith(("please ", ", "))
    return cue.text == "May" and bool(re.match(r"\s\d", behind))


def _may_state(sentence: str) -> bool:
    if len(sentence) > LONGEST or _HEADING.match(sentence) or _QUESTION.search(sentence):
        return False
    chinese = len(re.findall(f"[{CJK}]", sentence))
    return chinese >= _SHORTEST["zh"] or len(sentence.split()) >= _SHORTEST["en"]


def _subject(sentence: str, kind: str) -> str:
    cues = [cue for cue in find_cues(sentence) if cue.kind in (kind, "obligation", "permission")]
    head = sentence[: cues[0].span.start] if cues else sentence
    end = _SUBJECT_END.search(head, 2)
    return head[: end.start() if end and not cues else len(head)].strip(" -*#>|,，、；;")[:80]


def _value(sentence: str) -> str:
    values = find_values(sentence)
    bounded = [value for value in values if value.bound is not None]
    return (bounded or values)[0].text if values else ""
