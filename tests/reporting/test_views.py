from __future__ import annotations

from dataclasses import replace

from ragcheck.records.results import Curve, CurvePoint, Estimate
from ragcheck.reporting import views


def test_the_first_findings_are_the_first_of_the_report_that_share_no_place(samples):
    findings = samples.make_findings("en")
    split = views.split_findings(findings)
    assert [f.rule for f in split.first] == ["RC401", "RC402", "RC403"]
    assert [f.weight for f in split.rest] == [0.2, 0.01]
    assert split.hidden == 0


def test_silenced_findings_are_never_first(samples):
    silenced = [replace(f, silenced=True) for f in samples.make_findings("en")]
    split = views.split_findings(silenced)
    assert split.first == ()
    assert len(split.rest) == 5


def test_the_list_is_capped_and_the_rest_counted(samples):
    first = samples.make_findings("en")[0]
    many = [replace(first, fingerprint=f"{i:04d}") for i in range(250)]
    split = views.split_findings(many)
    assert (len(split.first), len(split.rest), split.hidden) == (1, 99, 150)


def test_the_chosen_curve_has_the_most_evidence_at_its_largest_k(samples):
    weak, strong = samples.make_curve("weak", 0.3), samples.make_curve("strong", 0.0)
    assert views.chosen_curve([weak, strong]) is strong
    gone = CurvePoint(10, {"sufficiency": Estimate(None, reason="no gold")})
    unknown = Curve("unknown", "bm25", (gone,), Estimate(None, reason="none"))
    assert views.chosen_curve([unknown, weak]) is weak
    assert views.chosen_curve([unknown]) is unknown
    assert views.chosen_curve([Curve("empty", "bm25", (), unknown.first_conflict_rank)]) is None


def test_reach_is_the_farthest_end_of_any_interval(samples):
    assert views.reach(samples.make_attribution("en").contrasts) == 0.3
    assert views.reach(()) == 0.0


def test_shares_are_drawn_as_one_bar_only_where_all_are_known(samples):
    assert len(views.drawable_shares(samples.make_attribution("en").shares)) == 5
    assert views.drawable_shares(samples.make_inconclusive().attribution.shares) == []


def test_trials_are_counted_by_question_and_level(samples):
    # Question i is right at k = 5 only, and only where i is odd.
    table = views.trial_table(samples.make_report("en"), samples.make_trials(4))
    assert [column for column in table.columns if column[0] == "k"] == [("k", "1"), ("k", "5")]
    assert [name for name, _, _ in table.rows] == ["q-000", "q-002", "q-001", "q-003"]
    last = dict(zip(table.columns, table.rows[-1][2], strict=True))
    assert (last["k", "5"].correct, last["k", "5"].scored) == (4, 4)
    assert (last["k", "1"].correct, last["k", "1"].scored) == (0, 4)
    assert (table.total.trials, table.total.correct) == (32, 8)


def test_unscored_trials_are_no_wrong_answers(samples):
    rows = [{**row, "verdict": "unscored"} for row in samples.make_trials(1)]
    table = views.trial_table(samples.make_report("en"), rows)
    assert table.rows[0][1].share is None
    assert table.total.trials == 8
    assert table.total.scored == 0


def test_levels_stand_in_their_own_order(samples):
    rows = [{"question": "q", "k": k, "verdict": "wrong"} for k in (10, 2, 1)]
    table = views.trial_table(samples.make_report("en"), rows)
    assert [level for _, level in table.columns] == ["1", "2", "10"]


def test_without_attribution_the_usual_evidence_columns_are_used(samples):
    table = views.trial_table(samples.make_bare(), samples.make_trials(2))
    assert {name for name, _ in table.columns} == {"strategy", "k"}


def test_questions_beyond_the_limit_are_counted(samples):
    table = views.trial_table(samples.make_report("en"), samples.make_trials(9), most=4)
    assert (len(table.rows), table.hidden) == (4, 5)


def test_blocks_become_dotted_names(samples):
    block = {"b": {"y": None, "x": [1, 2]}, "a": {}, "c": False}
    assert views.flatten(block) == [("a", "–"), ("b.x", "1 · 2"), ("b.y", "–"), ("c", "False")]
