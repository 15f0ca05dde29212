"""BM25 against the formula written out, in both languages."""

from __future__ import annotations

import math

import pytest

from ragcheck.retrieval.lexical import LexicalRetriever


def bm25(documents, query):
    """Lucene's variant: idf = ln(1 + (N - n + 0.5) / (n + 0.5)), k1 = 1.5, b = 0.75."""
    average = sum(map(len, documents)) / len(documents)
    scores = []
    for document in documents:
        score = 0.0
        for word in query:
            holders = sum(word in other for other in documents)
            idf = math.log(1 + (len(documents) - holders + 0.5) / (holders + 0.5))
            count = document.count(word)
            score += idf * count / (count + 1.5 * (1 - 0.75 + 0.75 * len(document) / average))
        scores.append(score)
    return scores


ENGLISH = [
    "refund within thirty days of delivery",
    "warranty covers two years",
    "refund refund after sixty days",
    "shipping takes five days",
]
CHINESE = ["退款期限三十天", "保修两年", "退款退款六十天", "五天发货"]


@pytest.mark.parametrize(
    ("texts", "query", "tokens", "query_tokens"),
    [
        (ENGLISH, "Refund days?", [text.split() for text in ENGLISH], ["refund", "days"]),
        (
            CHINESE,
            "退款天数",
            [[text[i : i + 2] for i in range(len(text) - 1)] for text in CHINESE],
            ["退款", "款天", "天数"],
        ),
    ],
)
def test_scores_are_those_of_the_formula(make_chunks, texts, query, tokens, query_tokens):
    chunks = make_chunks(texts)
    hits = LexicalRetriever(chunks=chunks).search([query], 10)[0]
    expected = {
        chunk.id: score
        for chunk, score in zip(chunks, bm25(tokens, query_tokens), strict=True)
        if score > 0
    }
    assert {hit.chunk_id: hit.score for hit in hits} == pytest.approx(expected, abs=2e-6)
    assert [hit.chunk_id for hit in hits] == sorted(expected, key=expected.get, reverse=True)
    assert len(hits) >= 2


def test_chunks_without_a_shared_word_are_no_hits(make_chunks):
    retriever = LexicalRetriever(chunks=make_chunks(ENGLISH))
    assert len(retriever.search(["warranty"], 10)[0]) == 1
    assert retriever.search(["unheard", "", "。！？"], 10) == [(), (), ()]


@pytest.mark.parametrize("texts", [[], ["。。。", "!!!"]])
def test_an_index_without_words_gives_no_hits(make_chunks, texts):
    assert LexicalRetriever(chunks=make_chunks(texts)).search(["refund"], 3) == [()]


def test_copies_are_tied_in_order_of_id_and_do_not_change_other_scores(make_chunks):
    alone = make_chunks(ENGLISH)
    copied = make_chunks([*ENGLISH, *[ENGLISH[1]] * 5])
    before = LexicalRetriever(chunks=alone).search(["refund warranty"], 20)[0]
    after = LexicalRetriever(chunks=copied).search(["refund warranty"], 20)[0]
    copies = sorted(copied[i].id for i in (1, 4, 5, 6, 7, 8))
    assert [hit.chunk_id for hit in after if hit.chunk_id in copies] == copies
    assert {hit.score for hit in before} == {hit.score for hit in after}


def test_a_smaller_k_gives_the_beginning_of_a_larger_one(make_chunks):
    chunks = make_chunks([f"refund {'very ' * (i % 5)}{i}" for i in range(50)])
    retriever = LexicalRetriever(chunks=chunks)
    full = retriever.search(["refund very"], 50)[0]
    assert len(full) == 50
    assert all(retriever.search(["refund very"], k)[0] == full[:k] for k in range(1, 51))


def test_notation_and_bad_k(make_chunks):
    retriever = LexicalRetriever(chunks=make_chunks(ENGLISH))
    assert retriever.notation == "bm25"
    with pytest.raises(ValueError, match="k must be 1 or more"):
        retriever.search(["refund"], -1)
