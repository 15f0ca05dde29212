"""Two states whose difference, and where it comes from, is known."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ragcheck.errors import RagcheckError
from ragcheck.pipeline.comparing import compare_states
from ragcheck.pipeline.outputs import question_rows, write_outputs
from ragcheck.pipeline.states import TableColumns, run_state
from ragcheck.records.comparing import CHANGE_VERDICTS, FOLLOWS, REASONS
from ragcheck.records.corpus import Question
from ragcheck.records.results import Report, Triage

COLUMNS = TableColumns("correct", "question", ("rate",), ("version",))


def table(path, cells, *, right, questions=20, **more):
    """One row a question and cell; ``right(question, rate, version)`` says whether it is right."""
    names = ["question", "rate", "version", "correct", "answer", *more]
    lines = [",".join(names)]
    for number in range(questions):
        for rate, version in cells:
            correct = int(right(number, rate, version))
            row = [f"q{number:02d}", rate, version, correct, f"a{correct}", *more.values()]
            lines.append(",".join(map(str, row)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def version_matters(number, rate, version):
    return version == "v1" or number % 2 == 0


def test_one_side_that_differs_takes_the_whole_difference(tmp_path):
    before = table(tmp_path / "a.csv", [(1, "v1")], right=version_matters)
    after = table(tmp_path / "b.csv", [(1, "v2")], right=version_matters)
    found = compare_states(before, after, table=COLUMNS)
    assert (found.verdict, found.follows, found.reason) == ("worse", "system", "one side differs")
    assert found.difference.value == pytest.approx(-0.5)
    assert found.difference.low < -0.5 < found.difference.high < 0
    assert (found.worse, found.better, found.questions) == (10, 0, 20)
    assert [d.name for d in found.differences] == ["version"]
    assert found.changes[0].question == "q01"
    assert found.changes[0].answer_before.text == "a1"
    assert found.changes[0].answer_after.text == "a0"
    assert found.changes[0].answer_after.setting == "version=v2"


def test_both_sides_without_a_state_between_cannot_be_separated(tmp_path):
    before = table(tmp_path / "a.csv", [(1, "v1")], right=version_matters)
    after = table(tmp_path / "b.csv", [(2, "v2")], right=version_matters)
    found = compare_states(before, after, table=COLUMNS)
    assert (found.follows, found.reason) == ("not separable", "no crossed cells")
    assert found.parts == {}


def test_crossed_cells_of_one_state_tell_the_sides_apart(tmp_path):
    before = table(tmp_path / "a.csv", [(1, "v1"), (2, "v1")], right=version_matters)
    after = table(tmp_path / "b.csv", [(2, "v2")], right=version_matters)
    found = compare_states(before, after, table=COLUMNS)
    assert (found.follows, found.reason) == ("system", "crossed cells")
    assert found.parts["parameters"].value == pytest.approx(0.0)
    assert found.parts["system"].value == pytest.approx(-0.5)


def test_a_column_that_differs_and_was_not_named_is_on_neither_side(tmp_path):
    before = table(tmp_path / "a.csv", [(1, "v1")], right=version_matters, reranker="none")
    after = table(tmp_path / "b.csv", [(1, "v2")], right=version_matters, reranker="mmr")
    found = compare_states(before, after, table=COLUMNS)
    assert (found.follows, found.reason) == ("not separable", "unassigned")
    assert ("reranker", "unassigned") in {(d.name, d.role) for d in found.differences}


def test_the_same_table_twice_is_unchanged(tmp_path):
    path = table(tmp_path / "a.csv", [(1, "v1")], right=version_matters)
    found = compare_states(path, path, table=COLUMNS)
    assert (found.verdict, found.follows) == ("unchanged", "nothing")
    assert found.differences == ()
    assert found.reworded == 0


def test_the_answers_shown_are_those_that_got_worse(tmp_path):
    before = table(tmp_path / "a.csv", [(1, "v1")], right=lambda *_: True)
    after = table(tmp_path / "b.csv", [(1, "v1"), (2, "v1")], right=lambda n, rate, v: rate == 1)
    worst = compare_states(before, after, table=COLUMNS).changes[0]
    assert (worst.before, worst.after) == (1.0, 0.5)
    assert (worst.answer_before.score, worst.answer_after.score) == (1.0, 0.0)
    assert worst.answer_after.setting == "rate=2"


def test_a_small_difference_is_inconclusive_and_says_what_it_takes(tmp_path):
    before = table(tmp_path / "a.csv", [(1, "v1")], right=lambda n, *_: n % 3 != 0, questions=12)
    after = table(tmp_path / "b.csv", [(2, "v1")], right=lambda n, *_: n % 4 != 0, questions=12)
    found = compare_states(before, after, table=COLUMNS)
    assert found.verdict == "inconclusive"
    assert found.questions_needed > 12
    assert found.smallest_effect > abs(found.difference.value)


def test_questions_of_one_state_alone_are_counted_and_left_out(tmp_path):
    before = table(tmp_path / "a.csv", [(1, "v1")], right=version_matters, questions=22)
    after = table(tmp_path / "b.csv", [(1, "v2")], right=version_matters, questions=20)
    found = compare_states(before, after, table=COLUMNS)
    assert (found.questions, found.only_before, found.only_after) == (20, 2, 0)


def test_nothing_in_common_is_not_measured(tmp_path):
    before = table(tmp_path / "a.csv", [(1, "v1")], right=version_matters)
    after = tmp_path / "b.csv"
    after.write_text("question,rate,version,correct\nother,1,v1,1\n", encoding="utf-8")
    found = compare_states(before, after, table=COLUMNS)
    assert found.verdict == "not measured"
    assert found.difference.value is None
    assert found.difference.reason


def test_a_column_that_is_not_there_is_named(tmp_path):
    path = table(tmp_path / "a.csv", [(1, "v1")], right=version_matters)
    with pytest.raises(RagcheckError, match="versoin") as problem:
        compare_states(path, path, table=replace(COLUMNS, system=("versoin",)))
    assert "version" in problem.value.mend


def test_a_run_and_a_file_are_not_of_one_kind(tmp_path):
    path = table(tmp_path / "a.csv", [(1, "v1")], right=version_matters)
    with pytest.raises(RagcheckError, match="one kind"):
        compare_states(path, tmp_path, table=COLUMNS)


def traces(path, *, stale=(), temperature=None, language="en"):
    days = {"en": "The limit of plan {n} is {d} days.", "zh": "第{n}号方案的期限为{d}天。"}[
        language
    ]
    asked = {"en": "What is the limit of plan {n}?", "zh": "第{n}号方案的期限是几天？"}[language]
    lines = []
    for n in range(12):
        told = n + 3 if n in stale else n + 30
        row = {
            "user_input": asked.format(n=n),
            "retrieved_contexts": [days.format(n=n, d=told), days.format(n=n + 50, d=9)],
            "response": days.format(n=n, d=told),
            "reference": days.format(n=n, d=n + 30),
            "correct": float(n not in stale),
        }
        if temperature is not None:
            row["parameters"] = {"temperature": temperature}
        lines.append(json.dumps(row, ensure_ascii=False))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["en", "zh"])
def test_traces_with_other_passages_under_the_same_parameters(tmp_path, language):
    stale = (0, 3, 6, 9)
    before = traces(tmp_path / "a.jsonl", temperature=0.0, language=language)
    after = traces(tmp_path / "b.jsonl", stale=stale, temperature=0.0, language=language)
    found = compare_states(before, after)
    assert found.language == language
    assert (found.follows, found.reason) == ("system", "one side differs")
    assert found.by_evidence["same passages"].n == 8
    assert found.by_evidence["other passages"].value <= -0.5
    worst = found.changes[0]
    assert worst.same_evidence is False
    assert (worst.kept, len(worst.entered), len(worst.left)) == (1, 1, 1)
    assert worst.entered[0].text != worst.left[0].text


def test_traces_without_parameters(tmp_path):
    before = traces(tmp_path / "a.jsonl")
    other = traces(tmp_path / "b.jsonl", stale=(0, 3, 6))
    found = compare_states(before, other)
    assert (found.follows, found.reason) == ("not separable", "not recorded")
    same = compare_states(before, before)
    assert (same.follows, same.reason) == ("parameters", "same passages")


def report(**changed) -> Report:
    base = Report(
        corpus="c", corpus_fingerprint="one", language="en", documents=1, characters=1, skipped=(),
        questions=8, synthetic_questions=False, strategies=(), curves=(), quality=(), reader=None,
        attribution=None, triage=Triage("inconclusive", "", ()), findings=(), warnings=(),
        left_out=(), config={"model": {"max_tokens": 20}, "seed": 0}, provenance={"encoder": "e"},
    )  # fmt: skip
    return replace(base, **changed)


def run(folder, *, wrong=(), fingerprint="one", tokens=20, passage="30 days"):
    folder.mkdir()
    questions = [Question(f"q{n}", f"How long is plan {n}?", ("30 days",)) for n in range(8)]
    trials = [
        {
            "question": f"q{n}", "intervention": intervention, "strategy": "chars(size=450)",
            "k": k, "temperature": 0.0, "replicate": 0, "answer": "9 days" if n in wrong else "30",
            "correctness": float(n not in wrong), "context": f"{n}-{k}", "chunks": "",
        }
        for n in range(8)
        for k in (1, 2)
        for intervention in ("none", "missing")
    ]  # fmt: skip
    contexts = [
        {"context": f"{n}-{k}", "rank": rank, "document": "a.md", "line": rank,
         "text": f"plan {n}: {passage if rank == 1 else 'see above'}"}
        for n in range(8)
        for k in (1, 2)
        for rank in range(1, k + 1)
    ]  # fmt: skip
    changed = report(
        corpus_fingerprint=fingerprint, config={"model": {"max_tokens": tokens}, "seed": 0}
    )
    write_outputs(folder, changed, trials, contexts, question_rows(questions))
    return folder


def test_two_runs_on_two_versions_of_a_corpus(tmp_path):
    before = run(tmp_path / "a")
    after = run(tmp_path / "b", wrong=(1, 2, 3, 4, 5), fingerprint="two", passage="9 days")
    found = compare_states(before, after)
    assert (found.verdict, found.follows, found.reason) == ("worse", "system", "one side differs")
    assert found.difference.value == pytest.approx(-5 / 8)
    assert [(d.name, d.role) for d in found.differences] == [("corpus", "system")]
    worst = found.changes[0]
    assert worst.text == "How long is plan 1?"
    assert worst.references == ("30 days",)
    assert (worst.answer_before.text, worst.answer_after.text) == ("30", "9 days")
    assert worst.entered[0].place == "a.md:1"
    assert worst.entered[0].text == "plan 1: 9 days"


def test_two_runs_with_another_longest_answer_differ_in_the_parameters(tmp_path):
    found = compare_states(run(tmp_path / "a"), run(tmp_path / "b", wrong=(1, 2, 3, 4), tokens=5))
    assert (found.follows, found.reason) == ("parameters", "one side differs")
    assert all(change.same_evidence for change in found.changes)


def test_two_runs_that_differ_on_both_sides(tmp_path):
    after = run(tmp_path / "b", wrong=(1, 2, 3), fingerprint="two", tokens=5)
    found = compare_states(run(tmp_path / "a"), after)
    assert found.follows == "not separable"


def test_a_factor_that_a_run_did_not_have_yet_had_its_neutral_level(tmp_path):
    folder = run(tmp_path / "a")
    settings = run_state(folder).settings
    assert settings["reranker"] == ("system", ("none",))
    assert settings["order"] == ("system", ("as_ranked",))


def test_equal_inputs_give_equal_bytes(tmp_path):
    before, after = run(tmp_path / "a"), run(tmp_path / "b", wrong=(1, 2, 3), fingerprint="two")
    assert compare_states(before, after) == compare_states(before, after)


def test_codes_are_those_of_the_records(tmp_path):
    found = compare_states(run(tmp_path / "a"), run(tmp_path / "b", wrong=(0,)))
    assert found.verdict in CHANGE_VERDICTS
    assert found.follows in FOLLOWS
    assert found.reason in REASONS
