"""Words whose meaning stands outside the text: pronouns, demonstratives, unnamed parties."""

from __future__ import annotations

import re

from ragcheck.measures.defects.reading import Reading
from ragcheck.measures.defects.wording import defect
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Defect

_DEFINITE = re.compile(r"The (?:[a-z-]{2,20} ){1,4}")
_NEXT_WORD = re.compile(r"\s+([\w-]{1,30})")
_AFTER_INSTRUMENT = (
    "under", "if", "unless", "when", "where", "except", "without", "only", "before", "after",
    "itself", "does", "shall", "also", "you", "are", "until", "but", "through", "within",
)  # fmt: skip
_APPOSITION = 60
"""Characters behind "we" in which the name may follow: "our company, Kestrel Ltd"."""
_LEAST_BEFORE = 12
"""Characters below which the end of a cut sentence is no place for an antecedent."""
_LIMIT = 8
"""A text is reported with at most so many dangling references."""


def dangling_references(reading: Reading) -> list[Defect]:
    """``dangling_reference``: nothing before the word, in text or lead, that it could mean."""
    if reading.lead.strip():
        return []
    defects: list[Defect] = []
    for span in _pointing_words(reading):
        if len(defects) == _LIMIT or _has_antecedent(reading, span):
            break
        word = reading.quote(span)
        defects.append(defect("dangling_reference", span, reading.language, "reference", word=word))
    return defects


_POINTING = ("thing", "person", "group", "demonstrative", "choice")


def _pointing_words(reading: Reading) -> list[Span]:
    found = reading.phrases
    spans = [span for name in _POINTING for span in found.get(name, ())]
    return sorted(span for span in spans if not _points_at_nothing(reading, span))


def _points_at_nothing(reading: Reading, span: Span) -> bool:
    """ "It is clear that", "this section", "今年" and "that" as a conjunction."""
    rules = reading.rules
    if rules.empty.match(reading.lowered, span.end):
        return True
    if rules.spaced and span.start == reading.body.start and reading.quote(span).islower():
        return True  # "he" may be the end of "the" in a text that was cut inside a word
    if not rules.spaced:
        return rules.first_of(rules.own_place, reading.lowered, span.end) is not None
    word = reading.lowered[span.start : span.end]
    if word in ("that", "such", "said") and not _starts_sentence(reading, span.start):
        return True
    following = _NEXT_WORD.match(reading.lowered, span.end)
    return following is not None and following.group(1) in rules.own_place


def _starts_sentence(reading: Reading, offset: int) -> bool:
    return any(span.start == offset for span in reading.sentences)


def _has_antecedent(reading: Reading, span: Span) -> bool:
    """A noun phrase before the word: in a sentence before, or before it in its own."""
    before = reading.text[max(0, span.start - 400) : span.start]
    if len(before.strip()) < _LEAST_BEFORE and reading.text[reading.body.start].islower():
        return False
    return reading.rules.nouns.search(before) is not None


def missing_subjects(reading: Reading) -> list[Defect]:
    """``missing_subject``: "we", "the company", "this agreement", and no name for it."""
    rules, found = reading.rules, reading.phrases
    speakers = [
        s
        for s in found.get("speaker", ())
        if not _is_quoted(reading, s) and reading.quote(s) != "US"
    ]
    named_from = reading.names[0].start if reading.names else len(reading.text)
    roles = [s for s in found.get("role", ()) if s.start < named_from]
    parties = [*speakers[:1], *roles[:1]]
    context = f"{reading.lead}\n{reading.text}"
    defects: list[Defect] = []
    if not reading.lead.strip():
        defects += [
            _unnamed(reading, span)
            for span in parties
            if not rules.names_party(reading.text[: span.end + _APPOSITION])
            and not _opens_with_name(reading, span)
        ]
    instruments = [s for s in found.get("instrument", ()) if not _qualifies(reading, s)]
    if instruments and not rules.names_law(context):
        defects.append(_unnamed(reading, instruments[0]))
    return defects


def _opens_with_name(reading: Reading, span: Span) -> bool:
    """The text before ``span`` starts with a name of several words: who speaks, most likely."""
    if not reading.rules.spaced or not reading.names or not reading.sentences:
        return False
    first = reading.names[0]
    return (
        first.start == reading.sentences[0].start
        and first.end <= span.start
        and " " in reading.quote(first)
    )


def _qualifies(reading: Reading, span: Span) -> bool:
    """ "The work rules": the phrase only qualifies the noun after it."""
    if not reading.rules.spaced:
        return False
    following = _NEXT_WORD.match(reading.lowered, span.end)
    if following is None:
        return False
    rules = reading.rules
    function = (*rules.verbs, *rules.starts_none, *rules.ends_none, *_AFTER_INSTRUMENT)
    return following.group(1) not in function


def _is_quoted(reading: Reading, span: Span) -> bool:
    return reading.text[max(0, span.start - 1) : span.start] in ("“", '"', "「", "‘")


def _unnamed(reading: Reading, span: Span) -> Defect:
    word = reading.quote(span)
    return defect("missing_subject", span, reading.language, "unnamed", word=word)


def open_subject(reading: Reading) -> Span | None:
    """The first sentence's subject where it is a definite noun phrase without a name, or absent.

    English: "The newer systems were ..."; Chinese: a sentence that starts with a verb or an
    adverb. A weak sign, used by the model and not reported.
    """
    if reading.lead.strip() or not reading.sentences:
        return None
    head = reading.sentences[0]
    rules = reading.rules
    if not rules.spaced:
        first = rules.first_of(rules.verbs, reading.lowered, head.start)
        return Span(head.start, head.start + len(first)) if first else None
    found = _DEFINITE.match(reading.text, head.start, head.end)
    if found is None:
        return None
    offset = found.start()
    for word in found.group().split()[1:]:
        if word in rules.verbs:
            return Span(head.start, reading.text.index(word, offset + 1))
        offset = reading.text.index(word, offset + 1)
    return None
