"""A few hundred hostile documents and recordings, files made by hand, and orders in texts."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults import hostile_documents as documents
from tests.faults import hostile_judges as judges
from tests.faults.case import Plan
from tests.faults.hostile_orders import PAIRS, Pair
from tests.faults.hostile_pieces import TEXT
from tests.faults.hostile_targets import check_traces, strategies

QUICK = (
    "an entity bomb in a DOCX", "an entity of a DOCX that reads a file", "links that loop",
    "names in a DOCX that lead out", "links that leave", "a manifest that lists files outside",
    "odd names", "a PDF without text", "NUL bytes in text", "NUL and lone surrogates in JSON",
    "ANSI escapes", "deep JSON", "a PDF of random bytes",
)  # fmt: skip
"""Files that take no time; the others hold 50 MB or more."""
KEYS = st.sampled_from(
    ["question", "user_input", "contexts", "retrieved_contexts", "text", "answer", "query", "id",
     "retrieved_context", "results", "attributes", "resourceSpans", "trace_id", "score",
     "retrieval.documents.0.document.content", "input.value", "parameters", "correctness"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.sampled_from(TEXT),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=10,
)


def test_documents_give_text_or_a_reason(tmp_path: Path) -> None:
    seed = np.random.default_rng(8)
    documents.check_document_batch(strategies(), seed, tmp_path, count=60)


def test_recordings_give_records_or_a_reason(tmp_path: Path) -> None:
    documents.check_trace_batch(np.random.default_rng(9), tmp_path, count=80)


@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=5), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_objects_are_records_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, objects: list[object]
) -> None:
    path = tmp_path_factory.mktemp("traces") / "x.jsonl"
    path.write_text("\n".join(map(json.dumps, objects)), encoding="utf-8")
    check_traces(path)


@pytest.mark.parametrize("name", QUICK)
def test_files_made_by_hand(name: str, tmp_path: Path) -> None:
    documents.check_by_hand(strategies(), documents.BY_HAND[name], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(documents.BY_HAND) - set(QUICK)))
def test_huge_files_made_by_hand(name: str, tmp_path: Path) -> None:
    documents.check_by_hand(strategies(), documents.BY_HAND[name], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("target", documents.FUZZED)
def test_a_fuzzer_finds_nothing(target: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris is not installed")
    documents.check_fuzzed(target, Plan(3, tmp_path, documents=2000), tmp_path)


@pytest.mark.parametrize("name", ["structural", "learned"])
@pytest.mark.parametrize("pair", PAIRS, ids=range(len(PAIRS)))
def test_an_order_changes_no_verdict(name: str, pair: Pair, tmp_path: Path) -> None:
    rng = random.Random(11)
    judges.check_pair(name, pair, tmp_path, asked=False, rng=rng, orders=3)
    judges.check_claims(pair, tmp_path, rng=rng, orders=2)


@pytest.mark.slow
@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("pair", PAIRS, ids=range(len(PAIRS)))
def test_an_order_changes_no_verdict_of_the_combined_judge(
    pair: Pair, asked: bool, tmp_path: Path
) -> None:
    rng = random.Random(12)
    judges.check_pair("combined", pair, tmp_path, asked=asked, rng=rng, orders=5)


def test_the_pairs_are_judged_as_they_are_labelled() -> None:
    """Else the property above would hold of nothing."""
    judge = judges.judge_called("combined")
    found = judges.judged(judge, PAIRS, asked=False)
    right = [judges.is_conflict(j) == pair.conflict for j, pair in zip(found, PAIRS, strict=True)]
    assert sum(right) >= len(PAIRS) - 2
