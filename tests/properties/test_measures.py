"""Properties of the measures over arbitrary input."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ragcheck.measures.conflict import candidate_pairs, conflict_at_k, ranked_conflicts
from ragcheck.measures.redundancy import redundancy, redundancy_curve
from ragcheck.measures.self_containedness import SelfContainedness
from ragcheck.measures.strategies import duplication
from ragcheck.measures.sufficiency import coverage_curve, sufficiency
from ragcheck.records.corpus import Document, GoldEvidence, Question, Span
from ragcheck.records.evidence import DEFECT_KINDS, RELATIONS, Chunk, Judgement

WORDS = st.sampled_from(
    [
        *("the", "refund", "window", "is", "thirty", "days", "It", "they", "We", "30", "#", "`"),
        *("退款", "期限", "其", "三十天", "我们", "。", ".", ":", "\n", "-"),
    ]
)
SENTENCES = st.lists(WORDS, max_size=25).map(" ".join)
TEXTS = st.one_of(st.text(max_size=200), SENTENCES)
MEASURE = SelfContainedness()
STEADY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=80)
"""A busy machine is no failure."""


@STEADY
@given(st.lists(SENTENCES, min_size=1, max_size=6), st.data())
def test_a_duplicate_never_lowers_redundancy(texts: list[str], data: st.DataObject) -> None:
    before = redundancy(texts).value
    copy = data.draw(st.sampled_from(texts))
    place = data.draw(st.integers(0, len(texts)))
    after = redundancy([*texts[:place], copy, *texts[place:]]).value
    if before is None:
        assert after is None
    else:
        assert after is not None
        assert before - 1e-12 <= after < 1


@STEADY
@given(st.lists(SENTENCES, max_size=6))
def test_redundancy_does_not_depend_on_the_order(texts: list[str]) -> None:
    assert redundancy(texts).value == pytest.approx(redundancy(texts[::-1]).value)


@STEADY
@given(st.lists(TEXTS, max_size=6))
def test_the_redundancy_curve_agrees_with_its_prefixes(texts: list[str]) -> None:
    ks = range(1, 8)
    assert redundancy_curve(texts, ks) == [redundancy(texts[:k]) for k in ks]


@st.composite
def rankings(draw: st.DrawFn) -> tuple[dict[tuple[int, int], Judgement], int]:
    size = draw(st.integers(2, 7))
    pairs = [(i, j) for j in range(size) for i in range(j)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True))
    judged = st.builds(Judgement, st.sampled_from(RELATIONS), st.floats(0, 1))
    return {pair: draw(judged) for pair in chosen}, size


@STEADY
@given(rankings(), st.floats(0, 1))
def test_conflict_is_monotone_in_k_and_agrees_with_itself(ranking, threshold: float) -> None:
    judgements, size = ranking
    found = ranked_conflicts(judgements, size, threshold=threshold)
    curve = [found.has_conflict(k) for k in range(size + 2)]
    assert curve == sorted(curve)
    assert curve == [conflict_at_k(judgements, k, threshold=threshold) for k in range(size + 2)]
    first = found.first_conflict_rank
    assert first == (curve.index(True) if any(curve) else None)


@STEADY
@given(rankings())
def test_conflict_is_symmetric_in_the_pair(ranking) -> None:
    judgements, size = ranking
    swapped = {(j, i): judgement for (i, j), judgement in judgements.items()}
    assert ranked_conflicts(judgements, size) == ranked_conflicts(swapped, size)


@STEADY
@given(rankings(), st.data())
def test_contradicted_support_is_bounded_and_grows_with_pairs(ranking, data) -> None:
    judgements, size = ranking
    bears = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
    found = ranked_conflicts(judgements, size)
    for k in range(1, size + 1):
        value = found.contradicted_support(k, bears).value
        assert (value is None) == (not any(bears[:k]))
        assert value is None or 0 <= value <= 1
        assert value in (None, 0.0) or found.has_conflict(k)


@STEADY
@given(st.lists(TEXTS, max_size=8))
def test_candidate_pairs_of_a_prefix_come_first(texts: list[str]) -> None:
    pairs = candidate_pairs(texts)
    for k in range(len(texts) + 1):
        prefix = candidate_pairs(texts[:k])
        assert pairs[: len(prefix)] == prefix


@st.composite
def spans(draw: st.DrawFn, length: int) -> Span:
    start = draw(st.integers(0, length - 1))
    return Span(start, draw(st.integers(start + 1, length)))


@STEADY
@given(st.data())
def test_coverage_is_bounded_monotone_and_complete(data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet="ab \n中😀", min_size=1, max_size=40))
    document = Document("d", text)
    gold = data.draw(st.lists(spans(len(text)), min_size=1, max_size=3))
    question = Question(
        "q", "?", (), tuple(GoldEvidence("d", s, text[s.start : s.end]) for s in gold)
    )
    cut = data.draw(st.lists(spans(len(text)), max_size=5))
    chunks = [Chunk(document.id, s.start, s.end, text[s.start : s.end], "s") for s in cut]
    chunks.append(Chunk(document.id, 0, len(text), text, "s"))
    values = [s.value for s in coverage_curve(question, chunks, {"d": document}, range(7))]
    if not any(text[s.start : s.end].strip() for s in gold):
        assert values == [None] * 7
    else:
        assert values == sorted(values)
        assert values[0] == 0.0
        assert values[len(chunks)] == 1.0


@STEADY
@given(st.data())
def test_duplication_counts_as_a_count_of_each_character_does(data: st.DataObject) -> None:
    cut = data.draw(st.lists(spans(30), max_size=6))
    chunks = [Chunk("d", s.start, s.end, "x" * len(s), "s") for s in cut]
    held = [sum(s.start <= i < s.end for s in cut) for i in range(30)]
    covered = sum(n >= 1 for n in held)
    expected = sum(n >= 2 for n in held) / covered if covered else 0.0
    assert duplication(chunks) == pytest.approx(expected)


@STEADY
@given(TEXTS)
def test_self_containedness_is_bounded_with_spans_in_the_text(text: str) -> None:
    score = MEASURE.score([text])[0]
    assert score == MEASURE.score([text])[0]
    assert (score.value is None) == (not any(char.isalnum() for char in text))
    assert score.value is None or 0 <= score.value <= 1
    for defect in score.defects:
        assert defect.kind in DEFECT_KINDS
        assert 0 <= defect.span.start < defect.span.end <= len(text)


@STEADY
@given(TEXTS, st.data())
def test_every_chunk_of_a_document_can_be_scored(text: str, data: st.DataObject) -> None:
    if not text:
        return
    document = Document("d.md", text)
    span = data.draw(spans(len(text)))
    chunk = Chunk(document.id, span.start, span.end, text[span.start : span.end], "s")
    score = MEASURE.score_chunks([chunk], document)[0]
    assert (score.value is None) == (not any(char.isalnum() for char in chunk.text))
    for defect in score.defects:
        assert 0 <= defect.span.start < defect.span.end <= len(chunk.text)


@STEADY
@given(TEXTS, st.lists(TEXTS, max_size=4))
def test_sufficiency_is_bounded_and_points_into_a_passage(
    question: str, passages: list[str]
) -> None:
    score = sufficiency(question, passages)
    assert score.value is None or 0 <= score.value <= 1
    if score.span is not None:
        assert score.passage is not None
        assert 0 <= score.span.start < score.span.end <= len(passages[score.passage])
