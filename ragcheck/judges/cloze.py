"""Statements turned into questions: what stands elsewhere in the place of this value?"""

from __future__ import annotations

from typing import Literal

from ragcheck.records.corpus import Span

BLANKS = {"en": "what", "zh": "什么"}
"""Stands in the place of the value: a word that the readers know from questions."""
MARKS = {"en": "?", "zh": "？"}
LONGEST = 200
"""Characters of a question that the readers take; they are kept around the value."""
_ENDS = " \t\n.;:,!?。；：，！？|"


def pseudo_question(statement: str, value: Span, language: Literal["en", "zh"]) -> str:
    """The statement with its value asked for.

    ``"The refund is issued within 7 days."`` with the span of ``"7 days"`` gives ``"The refund is
    issued within what?"``. Of a long statement what is nearest to the value is kept.
    """
    room = LONGEST - len(BLANKS[language]) - 1
    before, after = statement[: value.start], statement[value.end :].rstrip(_ENDS)
    kept = min(len(after), max(room // 2, room - len(before)))
    before = before[max(0, len(before) - (room - kept)) :]
    return (before + BLANKS[language] + after[:kept]).strip() + MARKS[language]
