"""Names to implementations."""

from __future__ import annotations

from collections import OrderedDict

import pytest

from ragcheck.errors import ConfigError
from ragcheck.registry import BUILT_IN, Registry


def test_every_built_in_name_leads_to_something() -> None:
    registry = Registry()
    for role, names in BUILT_IN.items():
        for name in names:
            assert callable(registry.find(role, name)), (role, name)


def test_parameters_reach_the_constructor() -> None:
    chunker = Registry().create("chunker", "chars(size=120)")
    assert "size=120" in chunker.notation


@pytest.mark.parametrize(
    ("notation", "expected"),
    [
        ("charz(size=3)", "did you mean 'chars'?"),
        ("chars(sise=3)", "did you mean 'size'?"),
        ("chars(size=0)", "cannot be built"),
    ],
)
def test_a_wrong_name_or_parameter_is_named(notation: str, expected: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Registry().create("chunker", notation)
    assert expected in str(refused.value)


def test_a_judge_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(ConfigError) as refused:
        Registry().create("judge", "reading")
    assert "there is no judge called 'reading'" in str(refused.value)
    assert all(name in str(refused.value) for name in BUILT_IN["judge"])
    assert "combined" in BUILT_IN["judge"]


def test_names_are_added_to_one_registry_alone() -> None:
    registry = Registry()
    registry.add("chunker", "mine", "collections:OrderedDict")
    assert registry.find("chunker", "mine") is OrderedDict
    assert "mine" not in Registry().names("chunker")
