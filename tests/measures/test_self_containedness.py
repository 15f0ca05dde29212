"""The measure as a whole, alone and in its document."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from ragcheck.errors import ModelError
from ragcheck.measures import self_containedness as module
from ragcheck.measures.self_containedness import (
    SelfContainedness,
    feature_names,
    packaged_weights,
)
from ragcheck.ports import Measure
from ragcheck.records.corpus import Document
from ragcheck.records.evidence import DEFECT_KINDS, Chunk, Score

MEASURE = SelfContainedness()
LABELLED = Path(__file__).parents[2] / "training" / "self_containedness_labels.jsonl"
SECOND = LABELLED.with_name("self_containedness_labels_zh_second.jsonl")
SPANS = Path(__file__).parents[2] / "fixtures" / "self_containedness_chunks.jsonl"


def value_of(score: Score) -> float:
    assert score.value is not None
    return score.value


def test_it_is_a_measure() -> None:
    assert isinstance(MEASURE, Measure)
    assert MEASURE.notation == "self_containedness"


PAIRS = {
    "en": [
        (
            "It was replaced in 2019 by them.",
            "The Osprey logger was replaced in 2019 by the Heron of Kestrel Instruments.",
        ),
        (
            "we expect that our margin will be above theirs and that we",
            "Kestrel Instruments Ltd expects a higher margin than that of Corvida Freight.",
        ),
        ("- two photographs\n- a form", "Visitors to Avonmouth bring a form and two photos."),
    ],
    "zh": [
        (
            "其于二〇一九年被后者取代。",
            "鱼鹰记录仪OL-1于二〇一九年被青禾健康科技有限公司的HD-200取代。",
        ),
        (
            "我们的利润率将高于他们，并且我们",
            "青禾健康科技有限公司的利润率将高于《行业年报》的平均数。",
        ),
        ("- 两张照片\n- 申请表", "申请《居住证》的居民应当向上海市公安局提交两张照片和申请表。"),
    ],
}


@pytest.mark.parametrize("language", PAIRS)
def test_the_complete_text_scores_higher(language: str) -> None:
    for worse, better in PAIRS[language]:
        low, high = MEASURE.score([worse, better])
        assert value_of(low) < 0.5 < value_of(high) or value_of(high) - value_of(low) > 0.2


def test_it_separates_the_chunks_that_were_labelled_by_reading() -> None:
    rows = [json.loads(line) for line in LABELLED.read_text("utf-8").splitlines()]
    rows = [row for row in rows if any(char.isalnum() for char in row.get("text", ""))]
    values = np.array([value_of(s) for s in MEASURE.score([row["text"] for row in rows])])
    labels = np.array([row["label"] == 1 for row in rows])
    above = (values[labels][:, None] > values[~labels][None, :]).mean()
    # The weights saw these chunks: a check that package and training still belong together.
    assert above > 0.8


def test_chinese_news_labelled_later_and_not_fitted_on() -> None:
    rows = [json.loads(line) for line in SECOND.read_text("utf-8").splitlines()]
    texts = {row["sha256"]: row["text"] for row in rows if "text" in row}
    assert all(hashlib.sha256(t.encode()).hexdigest()[:16] == sha for sha, t in texts.items())
    news = [row for row in rows if row["domain"] == "web_news" and "text" in row]
    values = np.array([value_of(s) for s in MEASURE.score([row["text"] for row in news])])
    labels = np.array([row["label"] == 1 for row in news])
    length = np.array([len(row["text"]) for row in news])
    above, longer = (
        (score[labels][:, None] > score[~labels][None, :]).mean() for score in (values, length)
    )
    assert above > longer + 0.05


def test_defects_agree_with_those_labelled_by_reading() -> None:
    rows = [json.loads(line) for line in SPANS.read_text("utf-8").splitlines()]
    assert len(rows) >= 60
    assert {row["language"] for row in rows} == {"en", "zh"}
    right = found = reported = labelled = 0
    for row, score in zip(rows, MEASURE.score([row["text"] for row in rows]), strict=True):
        for wanted in row["defects"]:
            assert wanted["kind"] in DEFECT_KINDS
            assert 0 <= wanted["start"] < wanted["end"] <= len(row["text"])
        truth = [(d["kind"], d["start"], d["end"]) for d in row["defects"]]
        given = [(d.kind, d.span.start, d.span.end) for d in score.defects]
        right += sum(any(overlaps(a, b) for b in truth) for a in given)
        found += sum(any(overlaps(a, b) for b in given) for a in truth)
        reported += len(given)
        labelled += len(truth)
    assert right / reported > 0.7
    assert found / labelled > 0.6


def overlaps(a: tuple[str, int, int], b: tuple[str, int, int]) -> bool:
    return a[0] == b[0] and a[1] < b[2] and b[1] < a[2]


@pytest.mark.parametrize("text", ["", " \n\t", "---", "！？。", "\u200b"])
def test_blank_text_is_undefined(text: str) -> None:
    score = MEASURE.score([text])[0]
    assert score.value is None
    assert score.reason


HOSTILE = {
    "short": "OK",
    "table only": "| a | b |\n|---|---|\n| 1 | 2 |",
    "code": "def area(r):\n    return 3 * r * r\n",
    "transcript": "Anna: Did you see it?\nBen: I did.\nAnna: And?",
    "mixed": "请在 config.toml 中设置 page_size = 30, then restart the server. 重启后生效。",
    "debris": "<div><span>&nbsp;</span></div> {{x}} <unk> @-@",
    "one long line": "word " * 50_000,
    "no spaces": "A" * 200_000,
    "quotes": "“a" * 50_000,
    "dots": "." * 100_000 + "a",
    "lines": "\n \t" * 50_000 + "a",
    "emoji": "👩‍👩‍👧‍👦 Kestrel İstanbul ß ﬁ 𠮷",
    "chinese line": "退款期限其为三十天公司" * 10_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_any_text_gives_a_value_and_spans_inside_it(name: str) -> None:
    text = HOSTILE[name]
    score = MEASURE.score([text])[0]
    assert 0.0 <= value_of(score) <= 1.0
    for defect in score.defects:
        assert defect.kind in DEFECT_KINDS
        assert 0 <= defect.span.start < defect.span.end <= len(text)
        assert defect.message
        assert defect.mend


def test_weights_name_every_feature_once() -> None:
    names = feature_names()
    weights = packaged_weights()
    assert len(set(names)) == len(names)
    assert tuple(weights["features"].tolist()) == names
    for language in ("en", "zh"):
        assert weights[f"{language}_fast"].shape == (1 + len(names),)


def test_an_unknown_reader_is_refused() -> None:
    with pytest.raises(ValueError, match="full, fast"):
        SelfContainedness(reader="slow")


def test_the_full_reader_is_fast_where_the_encoder_is_not_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(_language: str) -> None:
        raise ModelError("not installed")

    monkeypatch.setattr(module, "token_reader", missing)
    module._tokens.cache_clear()
    score = SelfContainedness(reader="full").score(["Osprey probes measure turbidity."])[0]
    module._tokens.cache_clear()
    assert score.details["reader"] == "fast"
    assert score == MEASURE.score(["Osprey probes measure turbidity."])[0]


@pytest.mark.model
@pytest.mark.slow
def test_the_full_reader_weighs_the_words() -> None:
    measure = SelfContainedness(reader="full")
    for worse, better in PAIRS["en"]:
        low, high = measure.score([worse, better])
        assert low.details["reader"] == "full"
        assert value_of(low) < value_of(high)
    again = measure.score([PAIRS["en"][0][1], "Other."])[0]
    assert again == measure.score([PAIRS["en"][0][1]])[0]
    assert measure.score([PAIRS["zh"][0][1]])[0].details["reader"] == "fast"


GUIDE = """# Guide

## Workers

The setting `worker_concurrency` decides how many tasks run at once.
It defaults to the number of cores. Raise it with care.

## Queues

Messages wait in a queue until a worker takes them.
"""
RULES = """# 规则

## 先行退款

先行退款由“极速通道”办理。其金额上限为三百元，超过的部分另行审核。

## 其他

本规则自发布之日起施行。
"""


def chunk_of(document: Document, text: str, prefix: str = "") -> Chunk:
    start = document.text.index(text)
    return Chunk(document.id, start, start + len(text), text, "test", prefix)


def score_in(document: Document, text: str, prefix: str = "") -> Score:
    return MEASURE.score_chunks([chunk_of(document, text, prefix)], document)[0]


@pytest.mark.parametrize(
    ("path", "text", "chunk", "word", "referent", "line"),
    [
        ("g.md", GUIDE, "It defaults to the number of cores.", "It", "`worker_concurrency", 5),
        ("r.md", RULES, "其金额上限为三百元，超过的部分另行审核。", "其", "“极速通道”", 5),
    ],
)
def test_a_dangling_word_is_given_its_referent_and_line(
    path: str, text: str, chunk: str, word: str, referent: str, line: int
) -> None:
    found = [
        d for d in score_in(Document(path, text), chunk).defects if d.kind == "dangling_reference"
    ]
    assert chunk[found[0].span.start : found[0].span.end] == word
    assert referent in found[0].message
    assert f"(line {line})" in found[0].message or f"（第 {line} 行）" in found[0].message
    assert referent in found[0].mend


def test_a_prefix_mends_reference_and_heading() -> None:
    document = Document("g.md", GUIDE)
    text = "It defaults to the number of cores."
    bare, mended = score_in(document, text), score_in(document, text, "Guide > Workers")
    assert {"dangling_reference", "missing_heading"} <= {d.kind for d in bare.defects}
    assert mended.defects == ()
    assert value_of(mended) > value_of(bare)


def test_the_missing_heading_is_named_with_its_line() -> None:
    defects = score_in(Document("r.md", RULES), "其金额上限为三百元，超过的部分另行审核。").defects
    heading = next(d for d in defects if d.kind == "missing_heading")
    assert "“先行退款”（第 3 行）" in heading.message


def test_the_document_decides_whether_an_edge_is_cut() -> None:
    text = "Install. iOS devices need a cable. macOS needs none, as a rule.\n\nnpm comes with it."
    document = Document("d.txt", text)
    whole = score_in(document, "iOS devices need a cable.")
    assert not [d for d in whole.defects if d.kind.startswith("truncated")]
    # Looks finished on both sides, but is not.
    cut = score_in(
        Document("d.txt", "In 2020 Kestrel Ltd moved. Then it grew."), "Kestrel Ltd moved"
    )
    assert {"truncated_start", "truncated_end"} <= {d.kind for d in cut.defects}
    last = score_in(document, "npm comes with it.")
    assert not [d for d in last.defects if d.kind.startswith("truncated")]


@pytest.mark.parametrize("offset", [0, len(RULES)])
def test_the_ends_of_the_document_are_no_cuts(offset: int) -> None:
    from ragcheck.measures.in_document import is_cut

    assert not is_cut(RULES, offset)


def test_chunks_score_in_their_order() -> None:
    document = Document("g.md", GUIDE)
    parts = ["The setting `worker_concurrency` decides how many tasks run at once.", "Raise it"]
    scores = MEASURE.score_chunks([chunk_of(document, part) for part in parts], document)
    assert value_of(scores[0]) > value_of(scores[1])
