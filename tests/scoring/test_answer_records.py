from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from ragcheck.errors import TableError
from ragcheck.scoring.answer_records import is_long, packaged_tokens, score_records
from ragcheck.scoring.overlap import token_recall

JUDGED = Path(__file__).parents[2] / "fixtures" / "long_answers.jsonl"
LONG = "Goods can be returned within 30 days of delivery. Refunds take 5 working days to arrive."


@pytest.mark.parametrize(
    ("reference", "long"),
    [
        ("30 days", False),
        (LONG, True),
        ("三十天", False),
        ("商品可以在收货后30天内退货，退款需要5个工作日才能到账，运费由买家承担。", True),
    ],
)
def test_long_references_are_known_in_both_languages(reference, long):
    assert is_long(reference) is long


def test_the_nearest_of_several_long_references_counts():
    other = (
        "The warranty covers two years and excludes batteries, straps and broken glass entirely."
    )
    (score,) = score_records([{"response": LONG, "reference": [other, LONG]}], tokens={})
    assert score.overall == 1.0


def test_a_reference_of_the_wrong_type_is_named():
    with pytest.raises(TableError, match="record 1"):
        score_records([{"response": "a", "reference": "a"}, {"response": 3, "reference": "a"}])


@pytest.mark.model
@pytest.mark.parametrize("language", ["en", "zh"])
def test_scores_follow_a_readers_preferences_better_than_token_recall(language):
    rows = [json.loads(line) for line in JUDGED.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["language"] == language]
    tokens = packaged_tokens()
    ours, recall, judged = [], [], []
    for row in rows:
        records = [
            {"question": row["question"], "response": a["text"], "reference": row["reference"]}
            for a in row["answers"]
        ]
        scores = [score.correctness for score in score_records(records, tokens=tokens)]
        recalls = [token_recall(r["response"], row["reference"]) for r in records]
        for i, j in itertools.combinations(range(len(records)), 2):
            ours.append(scores[i] - scores[j])
            recall.append(recalls[i] - recalls[j])
            judged.append(row["answers"][i]["correctness"] - row["answers"][j]["correctness"])
    assert np.corrcoef(ours, judged)[0, 1] > np.corrcoef(recall, judged)[0, 1] + 0.05
