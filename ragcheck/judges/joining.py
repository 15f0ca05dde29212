"""What the joined judge weighs of a pair: what differs, what was read, and whose texts they are."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.answers import ANSWER_FEATURES
from ragcheck.judges.features import FEATURES

TAKEN = (
    "passage_similarity", "passage_containment", "passage_only_low", "passage_share_low",
    "window_only_low", "window_share_low", "nearest_similarity", "nearest_only_low",
    "nearest_share_low", "passage_apart_values", "answer_apart_values", "window_opposed_cues",
    "window_negative_difference", "polarity_differs", "asks_yes_no", "structural", "scope_apart",
    "subject_named_both", "subject_named_one", "subject_named_neither",
    "subject_named_one_rarest", "subject_named_both_rarest",
)  # fmt: skip
"""Counts of what differs that are weighed again beside what was read."""
_PLACES = [FEATURES.index(name) for name in TAKEN]
JOINED_FEATURES: tuple[str, ...] = ("forest_odds", *TAKEN, *ANSWER_FEATURES)
RISING = frozenset({"forest_odds", "structural", "differ"})
"""More of it never makes a conflict less probable ..."""
FALLING = frozenset({"same", "best_same", "value_verdict", "stands_low", "stands_high"})
"""... and more of these never more probable."""

HOUSE_COUNTS = ("passage_code_low", "passage_code_high", "passage_similarity", "passage_length_low")
HOUSE_FEATURES = ("markup_low", "markup_high", *HOUSE_COUNTS)
"""By which two passages of one house's documentation are told from those of many authors."""
_HOUSE_PLACES = [FEATURES.index(name) for name in HOUSE_COUNTS]
_MARKUP = re.compile(r"[`|<{}\[\]=~^\\$_@]|::|--|\.\w{1,40}\(|\w\.\w{1,40}\.\w|https?:")
LONGEST_MARKUP, SHORTEST_MARKUP = 2000, 30


def joined_features(
    odds: NDArray[np.float64], counted: NDArray[np.float64], read: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n, ``len(JOINED_FEATURES)``) of the log odds of the forest, its features and the readings.

    Args:
        odds: (n,).
        counted: (n, ``len(FEATURES)``).
        read: (n, ``len(ANSWER_FEATURES)``).
    """
    return np.hstack([odds[:, None], counted[:, _PLACES], read])


def markup_share(text: str) -> float:
    """Signs of markup and code for each character of a text, at most 1.

    What only dresses a sentence (bold, a quotation, a heading) does not count.
    """
    head = text[:LONGEST_MARKUP]
    return min(1.0, len(_MARKUP.findall(head)) / max(SHORTEST_MARKUP, len(head)))


def house_features(
    shares: NDArray[np.float64], counted: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n, ``len(HOUSE_FEATURES)``) of the markup of both sides and the features of the forest.

    Args:
        shares: (n, 2), the markup of both sides in any order.
        counted: (n, ``len(FEATURES)``).
    """
    return np.hstack([np.sqrt(np.sort(shares, axis=1)), counted[:, _HOUSE_PLACES]])
