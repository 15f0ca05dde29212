"""Contexts and plans from evidence that is given, without any model."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ragcheck.chunking.recursive import RecursiveChunker
from ragcheck.config import read_config
from ragcheck.errors import ConfigError
from ragcheck.experiment.design import baseline_cell, full_factorial
from ragcheck.generation.prompts import build_prompt
from ragcheck.pipeline.contexts import Contexts, check_interventions
from ragcheck.pipeline.evidence import Evidence, RetrievedSet
from ragcheck.pipeline.inputs import Inputs, read_inputs
from ragcheck.pipeline.planning import plan_experiment
from ragcheck.pipeline.reader import Reader
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Judgement
from tests.conftest import write_corpus

STRATEGY = "recursive(size=200)"
ROUTE = (STRATEGY, "fusion")


class _Backwards:
    notation = "backwards"

    def rerank(self, query: str, texts: list[str]) -> tuple[int, ...]:
        return tuple(reversed(range(len(texts))))


def _inputs(folder: Path, **experiment: object) -> Inputs:
    given = {"k": [2], "strategies": [STRATEGY], **experiment}
    config = read_config(None, {f"experiment.{key}": value for key, value in given.items()})
    return read_inputs(write_corpus(folder / "handbook"), None, config)


def _evidence(inputs: Inputs) -> Evidence:
    """Every question gets the chunks in document order; the two return windows conflict."""
    chunker = RecursiveChunker(size=200)
    chunks = tuple(c for document in inputs.corpus.documents for c in chunker.chunk(document))
    windows = [i for i, chunk in enumerate(chunks) if "days of delivery" in chunk.text]
    spans = [
        Span(at, at + len("45 days"))
        for i, value in zip(windows, ("30 days", "45 days"), strict=True)
        for at in [chunks[i].text.index(value)]
    ]
    judged = {(windows[0], windows[1]): Judgement("conflict", 0.9, *spans)}
    sets = tuple(RetrievedSet(q, chunks, judged) for q in inputs.questions.questions)
    return Evidence({STRATEGY: chunks}, {}, {ROUTE: sets}, (), ())


def _tools() -> Any:
    return SimpleNamespace(reranker=lambda _: _Backwards())


def _reader(key: str) -> Reader:
    def never() -> AbstractContextManager[Any]:
        raise AssertionError("a model was started")

    return Reader(key, build_prompt, never, packaged=True)


def _texts(contexts: Contexts, inputs: Inputs, question: str, **levels: object) -> list[str]:
    config = inputs.config.experiment.model_copy(update=levels)
    asked = next(q for q in inputs.questions.questions if q.id == question)
    passages = contexts.of(asked, full_factorial(config)[0]).passages
    assert passages is not None
    return [passage.text for passage in passages]


def test_orders_and_rerankers_rearrange_what_was_retrieved(tmp_path: Path) -> None:
    inputs = _inputs(tmp_path)
    contexts = Contexts(inputs, _evidence(inputs), _tools())
    ranked = _texts(contexts, inputs, "carrier", k=(4,))
    assert _texts(contexts, inputs, "carrier", k=(2,)) == ranked[:2]
    assert _texts(contexts, inputs, "carrier", k=(4,), orders=("reversed",)) == ranked[::-1]
    shuffled = _texts(contexts, inputs, "carrier", k=(4,), orders=("shuffled",))
    assert sorted(shuffled) == sorted(ranked)
    assert shuffled == _texts(contexts, inputs, "carrier", k=(4,), orders=("shuffled",))
    last = _texts(contexts, inputs, "carrier", k=(1,), rerankers=("backwards",))
    assert "150 EUR" in last[0]


def test_what_the_judge_and_the_gold_evidence_say_decides_what_an_edit_does(
    tmp_path: Path,
) -> None:
    inputs = _inputs(tmp_path)
    contexts = Contexts(inputs, _evidence(inputs), _tools())
    whole = _texts(contexts, inputs, "window", k=(9,))
    assert sum("days of delivery" in text for text in whole) == 2
    sound = _texts(contexts, inputs, "window", k=(9,), edits=("sound",))
    assert [text for text in whole if "30 days" not in text] == sound
    missing = _texts(contexts, inputs, "window", k=(9,), edits=("missing",))
    assert not any("days of delivery" in text for text in missing)
    conflict = _texts(contexts, inputs, "refund", k=(9,), edits=("conflict",))
    refunds = [text for text in conflict if "refund is issued" in text]
    assert len(refunds) == 2
    assert sum("within 7 working days" in text for text in refunds) == 1


def test_a_plan_counts_what_is_not_defined_and_shares_requests(tmp_path: Path) -> None:
    inputs = _inputs(tmp_path, edits=["none", "gold_alone"], interventions=["gold_last", "missing"])
    contexts = Contexts(inputs, _evidence(inputs), _tools())
    model = inputs.config.model.name
    planned = plan_experiment(inputs, contexts, {model: _reader("a")})
    # Four questions, two edits, two temperatures, two replicates; "phone" has no gold evidence.
    assert len(planned.crossed.trials) == (4 + 3) * 2 * 2
    assert planned.undefined_edits == {("gold_alone", "no_gold"): 4}
    by_name = {trial.intervention for trial in planned.paired.trials}
    assert by_name <= {"none", "sound", "missing", "gold_last"}
    greedy = {t.key for t in planned.crossed.trials if t.cell.generation["temperature"] == 0}
    assert {t.key for t in planned.paired.trials if t.intervention == "none"} <= greedy
    assert all(u.intervention == "gold_last" for u in planned.undefined)


def test_a_budget_pays_for_the_crossed_cells_first(tmp_path: Path) -> None:
    inputs = _inputs(tmp_path)
    contexts = Contexts(inputs, _evidence(inputs), _tools())
    readers = {inputs.config.model.name: _reader("a")}
    whole = plan_experiment(inputs, contexts, readers)
    config = inputs.config.model_copy(update={"budget": whole.crossed.calls + 3})
    cut = plan_experiment(Inputs(inputs.corpus, inputs.questions, config), contexts, readers)
    assert cut.crossed == whole.crossed
    assert cut.paired.calls <= 3
    assert cut.paired.cut is not None
    assert cut.paired.cut.covered < cut.paired.cut.questions == 3


def test_each_model_is_asked_every_cell(tmp_path: Path) -> None:
    inputs = _inputs(tmp_path, models=["one", "two"], interventions=[])
    contexts = Contexts(inputs, _evidence(inputs), _tools())
    planned = plan_experiment(inputs, contexts, {"one": _reader("a"), "two": _reader("b")})
    asked = {name: [t for t in planned.whole.trials if t.model == name] for name in ("a", "b")}
    assert len(asked["a"]) == len(asked["b"]) == 4 * 2 * 2
    assert {t.request.key for t in asked["a"]} == {t.request.key for t in asked["b"]}
    assert planned.whole.calls == 2 * len({t.request.key for t in asked["a"]})


def test_the_baseline_is_the_most_careful_cell(tmp_path: Path) -> None:
    inputs = _inputs(tmp_path, k=[1, 5, 3], temperature=[0.7, 0.2], orders=["reversed"])
    cell = baseline_cell(inputs.config.experiment)
    assert (cell.evidence["k"], cell.evidence["order"]) == (5, "reversed")
    assert cell.generation["temperature"] == 0.2


@pytest.mark.parametrize("key", ["edits", "interventions"])
def test_a_wrong_name_is_told_with_the_nearest(key: str) -> None:
    config = read_config(None, {f"experiment.{key}": ["gold_frist"]})
    with pytest.raises(ConfigError) as refused:
        check_interventions(config.experiment)
    assert "did you mean 'gold_first'?" in str(refused.value)
    assert f"experiment.{key}" in str(refused.value)
