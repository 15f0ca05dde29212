"""A guard: what each policy does, what it says, and that it never passes silently."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from ragcheck.errors import ConfigError, EndpointError
from ragcheck.pipeline.guard_wording import PHRASES
from ragcheck.pipeline.guarding import Guard, GuardOptions, GuardSettings
from ragcheck.records.evidence import Judgement, Scope
from ragcheck.records.guarding import POLICIES, GuardedPassages, RetrievedPassage

QUESTION = "Within how many days of delivery can customers return a product?"
OLD = RetrievedPassage(
    "Customers can return a product within 30 days of delivery.", "returns-2021.md"
)
NEW = RetrievedPassage(
    "Customers can return a product within 45 days of delivery.", "returns-2024.md"
)
OTHER = RetrievedPassage("Parcels in the EU are delivered by Corvida Freight.", "carriers.md")
HANGING = RetrievedPassage("It must then be sent back to them, as described above.", "x.md")


def check(
    passages: Sequence[RetrievedPassage | str], question: str | None = QUESTION, **options: object
) -> GuardedPassages:
    settings = GuardSettings(**{"budget": None, **options})  # type: ignore[arg-type]
    return Guard(settings).check(question, passages)


def test_mark_passes_everything_on_and_says_what_contradicts_what() -> None:
    guarded = check([OLD, OTHER, NEW])
    assert guarded.order == (0, 1, 2)
    assert [decision.action for decision in guarded.decisions] == ["marked", "kept", "marked"]
    assert guarded.decisions[0].against == (3,)
    assert guarded.decisions[2].against == (1,)
    assert "30 days" in guarded.decisions[0].reasons[0]
    assert "45 days" in guarded.decisions[0].reasons[0]
    assert guarded.unchecked == ()


def test_drop_keeps_the_newer_side_even_where_it_is_ranked_lower() -> None:
    guarded = check([OLD, OTHER, NEW], policy="drop")
    assert guarded.order == (1, 2)
    assert [settled.why for settled in guarded.conflicts] == ["newer"]


def test_without_dates_the_better_ranked_side_is_kept() -> None:
    guarded = check([NEW.text, OTHER.text, OLD.text], policy="drop")
    assert guarded.order == (0, 1)
    assert [settled.why for settled in guarded.conflicts] == ["better ranked"]


def test_metadata_say_which_side_is_newer() -> None:
    dated = [
        RetrievedPassage(OLD.text, "a.md", Scope(path="a.md", effective="2025-01-01")),
        RetrievedPassage(NEW.text, "b.md", Scope(path="b.md", effective="2019")),
    ]
    assert check(dated[::-1], policy="drop").order == (1,)


def test_a_side_that_says_since_when_it_holds_is_newer() -> None:
    later = "From 1 March 2024, customers can return a product within 45 days of delivery."
    assert check([OLD.text, later], policy="drop").order == (1,)


def test_reorder_moves_the_rejected_and_the_unusable_behind_the_others() -> None:
    guarded = check([OLD, HANGING, OTHER, NEW], policy="reorder")
    assert guarded.order == (2, 3, 0, 1)
    assert [decision.action for decision in guarded.decisions][:2] == ["moved", "moved"]


def test_what_cannot_be_understood_alone_is_dropped_with_what_stands_in_the_way() -> None:
    guarded = check([NEW, HANGING], policy="drop")
    assert guarded.order == (0,)
    assert "“It”" in guarded.decisions[1].reasons[0]


def test_the_passage_that_speaks_most_of_the_question_is_never_dropped_for_its_form() -> None:
    guarded = check([HANGING], "How must it be sent back to them?", policy="drop")
    assert guarded.order == (0,)
    assert guarded.decisions[0].reasons


def test_abstain_where_the_conflict_concerns_the_answer() -> None:
    guarded = check([OLD, OTHER, NEW], policy="abstain")
    assert guarded.abstained
    assert guarded.order == ()
    assert "30 days" in (guarded.reason or "")


def test_no_abstention_for_a_conflict_about_something_else() -> None:
    passages = [OTHER.text, OLD.text, NEW.text]
    guarded = check(passages, "Which carrier delivers parcels in the EU?", policy="abstain")
    assert not guarded.abstained
    assert guarded.order == (0, 1, 2)


def test_abstain_where_no_passage_speaks_of_the_question() -> None:
    guarded = check([OTHER], "What is the telephone number of the warehouse?", policy="abstain")
    assert guarded.abstained
    assert not check([NEW], policy="abstain").abstained
    assert check([], policy="abstain").abstained


def test_chinese_passages_get_chinese_reasons() -> None:
    guarded = check(
        ["自签收之日起7日内可以无理由退货。", "自签收之日起15日内可以无理由退货。"],
        "自签收之日起几日内可以无理由退货？",
        policy="abstain",
    )
    assert guarded.abstained
    assert "7日" in (guarded.reason or "")
    assert "两个答案" in (guarded.reason or "")


def test_english_and_chinese_have_the_same_phrases_and_fields() -> None:
    assert PHRASES["en"].keys() == PHRASES["zh"].keys()
    for phrase, english in PHRASES["en"].items():
        fields = set(re.findall(r"\{(\w+)", english))
        assert fields == set(re.findall(r"\{(\w+)", PHRASES["zh"][phrase])), phrase


class Ticks:
    """A clock that goes on by a fixed time whenever it is read."""

    def __init__(self, step: float) -> None:
        self.now = 0.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def test_what_the_time_budget_leaves_unchecked_is_said() -> None:
    guard = Guard(GuardSettings(budget=0.15), clock=Ticks(0.03))
    guarded = guard.check(QUESTION, [OLD, OTHER, HANGING, NEW])
    checked = [decision.checked for decision in guarded.decisions]
    assert checked[0]
    assert not checked[-1]
    assert len(guarded.unchecked) == checked.count(False)
    assert "150 ms" in guarded.decisions[-1].reasons[0]
    assert guarded.decisions[-1].action == "marked"
    assert guarded.order == (0, 1, 2, 3)


def test_unchecked_passages_can_be_dropped() -> None:
    settings = GuardSettings(policy="drop", budget=0.15, unchecked="drop")
    guarded = Guard(settings, clock=Ticks(0.03)).check(QUESTION, [OLD, OTHER, HANGING, NEW])
    assert guarded.order
    assert all(guarded.decisions[i].checked for i in guarded.order)


def test_a_long_passage_is_read_in_part_and_that_is_said() -> None:
    long = RetrievedPassage("Parcels are delivered daily. " * 40_000)
    guarded = check([long, NEW])
    assert not guarded.decisions[0].checked
    assert "8000" in guarded.decisions[0].reasons[0]
    assert guarded.decisions[0].standalone.value is None


def test_a_passage_without_text_is_kept_and_told() -> None:
    guarded = check([NEW, " "], policy="drop")
    assert guarded.order == (0, 1)
    assert not guarded.decisions[1].checked


def test_without_a_question_sufficiency_is_not_passed_silently() -> None:
    guarded = check([OLD, NEW], None)
    assert guarded.conflicts
    assert guarded.conflicts[0].asked is None
    assert any("no question" in each for each in guarded.unchecked)


class FailingJudge:
    notation = "failing"

    def judge(self, pairs, questions=None, scopes=None):  # type: ignore[no-untyped-def]
        if questions and questions[0] is not None:
            raise EndpointError("the server is away")
        return [Judgement("agree", 0.0) for _ in pairs]


class SilentJudge(FailingJudge):
    def judge(self, pairs, questions=None, scopes=None):  # type: ignore[no-untyped-def]
        return [Judgement("not judged", 0.0, reason="no answer") for _ in pairs]


def test_a_judge_that_fails_or_does_not_judge_leaves_a_note() -> None:
    settings = GuardSettings(budget=None)
    for judge, told in ((FailingJudge(), "the server is away"), (SilentJudge(), "no answer")):
        guarded = Guard(settings, judge=judge).check(QUESTION, [OLD, NEW])
        assert guarded.decisions[0].checked
        assert not guarded.decisions[1].checked
        assert told in guarded.unchecked[0]


def test_threads_get_what_one_thread_gets() -> None:
    guard = Guard(GuardSettings(policy="drop", budget=None))
    sets = [[OLD, OTHER, NEW], [NEW, HANGING], [OTHER.text, OLD.text, NEW.text], [OTHER]] * 8
    alone = [guard.check(QUESTION, passages) for passages in sets]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda passages: guard.check(QUESTION, passages), sets))
    assert [each.decisions for each in together] == [each.decisions for each in alone]
    assert [each.conflicts for each in together] == [each.conflicts for each in alone]


@pytest.mark.parametrize("policy", POLICIES)
def test_what_was_done_is_plain_json(policy: str) -> None:
    guarded = check([OLD, OTHER, NEW, ""], policy=policy)
    record = json.loads(json.dumps(guarded.as_record(), ensure_ascii=False))
    assert record["policy"] == policy
    assert [passage["position"] for passage in record["passages"]] == [1, 2, 3, 4]
    assert record["conflicts"][0]["passages"] == [1, 3]


def test_settings_that_do_not_fit_are_refused() -> None:
    wrong: list[dict[str, object]] = [
        {"policy": "dorp"}, {"conflict": 1.5}, {"budget": 0}, {"unchecked": "maybe"}, {"longest": 0}
    ]  # fmt: skip
    for options in wrong:
        with pytest.raises(ConfigError):
            GuardSettings(**options)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="no judge"):
        Guard(GuardSettings(judge="structurall"))


def test_options_are_the_fields_of_the_settings() -> None:
    assert GuardOptions.__annotations__.keys() == GuardSettings.__annotations__.keys()
