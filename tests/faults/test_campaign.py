"""A few faults of each family in every build; the command ``campaign`` tries them all."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

import pytest

from tests.faults import campaign, clocks, damage, disks, kills, sharing, weights
from tests.faults.case import CannotTry, Case, Plan

OF_EACH_FAMILY = 2


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plan]:
    with ExitStack() as stack:
        yield Plan(seed=0, scratch=tmp_path_factory.mktemp("faults"), kills=20, stack=stack)


@pytest.mark.model
@pytest.mark.parametrize("module", [kills, damage, disks, sharing, clocks, weights])
def test_nothing_is_lost_and_no_number_is_wrong(
    module: ModuleType, plan: Plan, tmp_path: Path
) -> None:
    try:
        families = defaultdict(list)
        for case in module.cases(plan):
            families[case.family].append(case)
    except CannotTry as reason:
        pytest.skip(str(reason))
    chosen = [case for cases in families.values() for case in _some(cases, plan)]
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda case: campaign.run_case(case, plan), chosen))
    broke = [case.name for case, end in zip(chosen, ended, strict=True) if end == "broke"]
    assert not broke, "what broke is told on standard error"
    assert "held" in ended


def _some(cases: list[Case], plan: Plan) -> list[Case]:
    count = min(OF_EACH_FAMILY, len(cases))
    indices = plan.generator("some", cases[0].family).choice(len(cases), count, replace=False)
    return [cases[index] for index in indices]


def test_the_campaign_counts_and_fails_when_a_case_breaks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(folder: Path) -> None:
        raise AssertionError("a wrong number")

    def impossible(folder: Path) -> None:
        raise CannotTry("no such disk here")

    def cases(plan: Plan) -> Iterator[Case]:
        yield Case("sound", "one", lambda folder: None)
        yield Case("sound", "two", impossible, shared=True)
        if plan.seed:
            yield Case("unsound", "three", broken)

    module = ModuleType("tests.faults.made_up")
    module.cases = cases  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tests.faults.made_up", module)
    assert campaign.main(["--seed", "0", "--only", "made_up"]) == 0
    assert campaign.main(["--seed", "1", "--only", "made_up"]) == 1
    told = capsys.readouterr()
    assert "3 faults: 1 held, 1 broke, 1 skipped" in told.out
    assert "a wrong number" in told.err
    assert "no such disk here" in told.err
