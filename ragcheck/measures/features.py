"""What the model of self-containedness sees of a text: numbers in [0, 1], each with a meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import log1p

import numpy as np
from numpy.typing import NDArray

from ragcheck.measures.defects.pointers import ends_with_announcement
from ragcheck.measures.defects.reading import Reading, share
from ragcheck.measures.defects.references import open_subject
from ragcheck.measures.defects.structure import debris_share
from ragcheck.records.evidence import Defect

FEATURES = (
    "length",
    "very_short",
    "start_fragment",
    "end_fragment",
    "lead_reference",
    "reference_density",
    "role",
    "instrument",
    "speaker_density",
    "definite_density",
    "unnamed",
    "name_density",
    "lead_named",
    "variety",
    "question",
    "definition",
    "figures",
    "open_subject",
    "continuer",
    "heading",
    "outside_pointer",
    "announcement",
    "orphan_list",
    "headless_table",
    "bare_code",
    "debris",
    "no_sentence",
)
_DIGITS = re.compile(r"[0-9]+")
_LONG = 300.0
"""Words from which on more length does not help."""
_MANY = 20.0
"""Names from which on more of them do not help."""


def features(reading: Reading, defects: Sequence[Defect]) -> NDArray[np.float64]:
    """(len(FEATURES),) float64 in [0, 1]."""
    by_kind: dict[str, list[Defect]] = {}
    for defect in defects:
        by_kind.setdefault(defect.kind, []).append(defect)
    size = max(1, len(reading.body))
    count = max(1, len(reading.sentences))
    speakers, roles, instruments = (
        reading.phrases.get(name, ()) for name in ("speaker", "role", "instrument")
    )
    subjects = by_kind.get("missing_subject", ())
    unnamed = float(any(d.span in speakers for d in subjects))
    values = {
        "length": min(1.0, log1p(reading.words) / log1p(_LONG)),
        "very_short": float(reading.words < 8),
        "start_fragment": _fragment(by_kind.get("truncated_start"), size),
        "end_fragment": _fragment(by_kind.get("truncated_end"), size),
        **_reference_features(reading, by_kind.get("dangling_reference", []), count),
        "role": float(any(d.span in roles for d in subjects)),
        "instrument": float(any(d.span in instruments for d in subjects)),
        "speaker_density": min(1.0, 30 * len(speakers) / max(1, reading.words)) * unnamed,
        "definite_density": _definite_density(reading),
        **_name_features(reading, count),
        "question": float(reading.quote(reading.body).endswith(("?", "？")) and count == 1),
        "figures": sum(map(len, _DIGITS.findall(reading.text))) / size,
        "heading": float((bool(reading.line_kinds) and reading.line_kinds[0] == "heading")
                         or bool(reading.lead.strip())),
        "outside_pointer": float("outside_pointer" in by_kind),
        "announcement": float(ends_with_announcement(reading)),
        "orphan_list": _fragment(by_kind.get("orphan_list_item"), size),
        "headless_table": _fragment(by_kind.get("table_row_without_header"), size),
        "bare_code": share(reading, ("code",)),
        "debris": min(1.0, 10 * debris_share(reading)),
        "no_sentence": float(not any(k in ("prose", "item") for k in reading.line_kinds)),
    }  # fmt: skip
    return np.array([values[name] for name in FEATURES])


def _fragment(defects: Sequence[Defect] | None, size: int) -> float:
    """Share of the text that the defects' spans cover."""
    return min(1.0, sum(len(d.span) for d in defects) / size) if defects else 0.0


def _reference_features(
    reading: Reading, dangling: Sequence[Defect], count: int
) -> dict[str, float]:
    rules = reading.rules
    continuer = rules.first_of(rules.continuers, reading.lowered, reading.body.start)
    first = reading.sentences[0] if reading.sentences else reading.body
    return {
        "lead_reference": float(any(d.span.start < first.end for d in dangling)),
        "reference_density": min(1.0, len(dangling) / count),
        "open_subject": float(open_subject(reading) is not None),
        "continuer": float(continuer is not None),
    }


def _name_features(reading: Reading, count: int) -> dict[str, float]:
    lead = reading.sentences[0] if reading.sentences else reading.body
    distinct = {reading.quote(span) for span in reading.names}
    return {
        "unnamed": float(not distinct and reading.cased and not reading.lead.strip()),
        "name_density": min(1.0, len(distinct) / (2 * count)),
        "lead_named": float(any(span.start < lead.end for span in reading.names)),
        "definition": float(
            reading.rules.defining.match(reading.lowered, lead.start, lead.end) is not None
        ),
        "variety": min(1.0, log1p(len(distinct)) / log1p(_MANY)),
    }


def _definite_density(reading: Reading) -> float:
    """Definite descriptions ("the gene", 该药) a word, 1 at one in eight words."""
    if reading.rules.spaced:
        found = reading.lowered.count("the ")
    else:
        found = len(reading.phrases.get("demonstrative", ())) + len(reading.phrases.get("role", ()))
    return min(1.0, 8 * found / max(1, reading.words))
