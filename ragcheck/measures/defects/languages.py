"""The words that the detectors look for: one table a language, the same rows for all.

Every row is filled for every language; a test keeps it so, and another gives each detector the
same fault in each language. All words are lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property

from ragcheck.records.corpus import Span
from ragcheck.text.language import CJK

Phrases = tuple[str, ...]


def phrases(*lines: str) -> Phrases:
    """The phrases of lines that separate them by ``|``."""
    return tuple(part.strip() for line in lines for part in line.split("|") if part.strip())


@dataclass(frozen=True)
class Scanned:
    """Phrases that are found anywhere in a text; the longest one wins."""

    thing: Phrases
    """Pronouns for one thing."""
    person: Phrases
    """Pronouns for one person."""
    group: Phrases
    """Pronouns for several."""
    demonstrative: Phrases
    """Words that point at something said before."""
    choice: Phrases
    """Words that choose from things said before."""
    speaker: Phrases
    """Who speaks, unnamed."""
    role: Phrases
    """Definite descriptions of a party or thing that has a name somewhere else."""
    instrument: Phrases
    """Definite descriptions of the text that rules (a licence, a contract), unnamed."""
    back: Phrases
    """Pointers to what stands before."""
    ahead: Phrases
    """Announcements of what comes next."""
    elsewhere: Phrases
    """Pointers to another part of the document."""
    harmless: Phrases
    """Phrases that hold one of the words above and point at nothing that is missing."""


@dataclass(frozen=True)
class LanguageRules:
    """What one language has for each row."""

    scanned: Scanned
    continuers: Phrases
    """Openers that go on from a sentence before."""
    starts_none: Phrases
    """Words with which no sentence starts."""
    ends_none: Phrases
    """Words with which no sentence ends."""
    verbs: Phrases
    """Frequent verbs and auxiliaries that follow a subject."""
    own_place: Phrases
    """Nouns with which a demonstrative means the text itself, or the time."""
    party_endings: Phrases
    """Endings of the names of companies and institutions, as they are written."""
    law_names: Phrases
    """Parts of the names of laws, licences and contracts, as they are written."""
    empty_subject: str
    """Regular expression for what follows a pronoun that points at nothing."""
    noun: str
    """Regular expression for something that a pronoun after it could mean."""
    definition: str
    """Regular expression for a sentence that says what something is."""
    spaced: bool
    """Whether the language puts white space between words."""

    @cached_property
    def _fields(self) -> Mapping[str, str]:
        """Phrase to field; a later field wins, so that ``harmless`` does."""
        table: dict[str, str] = {}
        for row in fields(self.scanned):
            for phrase in getattr(self.scanned, row.name):
                table[phrase] = row.name
        return table

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        phrases = _longest_first(tuple(self._fields))
        return re.compile(rf"(?<![\w\-'’])(?:{phrases})(?![\w-])" if self.spaced else phrases)

    def scan(self, lowered: str) -> Iterator[tuple[str, Span]]:
        """Field and place of each phrase in order; ``harmless`` ones are left out."""
        table = self._fields
        for found in self._pattern.finditer(lowered):
            field = table[found.group()]
            if field != "harmless":
                yield field, Span(*found.span())

    def first_of(self, table: Phrases, lowered: str, offset: int) -> str | None:
        """The phrase of ``table`` with which the text goes on at ``offset``, as a whole word."""
        found = _opening(table, spaced=self.spaced).match(lowered, offset)
        return found.group() if found is not None else None

    @cached_property
    def nouns(self) -> re.Pattern[str]:
        return re.compile(self.noun)

    @cached_property
    def empty(self) -> re.Pattern[str]:
        return re.compile(self.empty_subject)

    @cached_property
    def defining(self) -> re.Pattern[str]:
        return re.compile(self.definition)

    def names_party(self, text: str) -> bool:
        """Whether a company or institution is named, by the ending of its name."""
        return self._party.search(text) is not None

    @cached_property
    def _party(self) -> re.Pattern[str]:
        endings = "|".join(re.escape(ending) for ending in self.party_endings)
        if self.spaced:
            return re.compile(rf"(?<=[\w.,)] )(?:{endings})\b")
        return re.compile(rf"(?<=[{CJK}A-Za-z]{{2}})(?:{endings})")

    def names_law(self, text: str) -> bool:
        """Whether a law, licence or contract is named."""
        return any(name in text for name in self.law_names)


def _longest_first(phrases: Phrases) -> str:
    """Regular expression for any of the phrases; those with one first letter are one branch.

    The engine then passes over a place by its first letter.
    """
    groups: dict[str, list[str]] = {}
    for phrase in sorted(phrases, key=len, reverse=True):
        groups.setdefault(phrase[0], []).append(re.escape(phrase[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in groups.items())


@cache
def _opening(table: Phrases, *, spaced: bool) -> re.Pattern[str]:
    return re.compile(f"(?:{_longest_first(table)})" + (r"(?![^\W_])" if spaced else ""))


def rules_for(language: str) -> LanguageRules:
    """The rules of a language; those of English for a language without any."""
    from ragcheck.measures.defects.chinese import CHINESE
    from ragcheck.measures.defects.english import ENGLISH

    return {"en": ENGLISH, "zh": CHINESE}.get(language, ENGLISH)
