"""The expected time counts what will be evaluated, once."""

from __future__ import annotations

import pytest

from ragcheck.generation import cost
from ragcheck.generation.prompts import build_prompt
from ragcheck.records.trials import GenerationParameters, GenerationRequest

PASSAGES = [f"Passage {i} says that item {i} weighs {i} kilograms when dry. " * 4 for i in range(8)]


def requests(
    ks: tuple[int, ...], temperatures: tuple[float, ...] = (0.0,)
) -> list[GenerationRequest]:
    return [
        GenerationRequest(
            build_prompt("What?", PASSAGES[:k], template="plain", language="en"),
            GenerationParameters(temperature, seed=1),
        )
        for k in ks
        for temperature in temperatures
    ]


def test_tokens_of_both_scripts() -> None:
    assert cost.estimate_tokens("abcd" * 10) == pytest.approx(40 * cost.OTHER_TOKENS)
    assert cost.estimate_tokens("12345") == pytest.approx(5 * cost.DIGIT_TOKENS)
    assert cost.estimate_tokens("退款期限") == pytest.approx(4 * cost.CJK_TOKENS)
    assert cost.estimate_tokens("退款abcd") == pytest.approx(
        2 * cost.CJK_TOKENS + 4 * cost.OTHER_TOKENS
    )


def test_nothing_costs_the_start_alone() -> None:
    assert cost.estimate_seconds([]) == cost.START_SECONDS


def test_a_shared_context_is_paid_once() -> None:
    small, large = (cost.estimate_seconds([requests((k,))]) for k in (2, 8))
    both = cost.estimate_seconds([requests((2, 8))])
    assert large < both < small + large - cost.START_SECONDS


def test_another_temperature_costs_an_answer_and_no_context() -> None:
    one = cost.estimate_seconds([requests((8,))])
    two = cost.estimate_seconds([requests((8,), (0.0, 1.0))])
    answer = cost.CALL_SECONDS + (1 + cost.ANSWER_TOKENS) * cost.NEW_TOKEN_SECONDS
    assert two - one == pytest.approx(answer)


def test_equal_requests_in_any_group_are_free() -> None:
    once = cost.estimate_seconds([requests((2, 8))])
    assert cost.estimate_seconds([requests((2, 8)), requests((8, 2))]) == once


def test_a_new_context_costs_its_tokens_but_not_the_header() -> None:
    other = [
        GenerationRequest(
            build_prompt("What?", PASSAGES[4:6], template="plain", language="en"),
            GenerationParameters(),
        )
    ]
    added = cost.estimate_seconds([requests((2,)), other]) - cost.estimate_seconds([requests((2,))])
    alone = cost.estimate_seconds([other]) - cost.START_SECONDS
    assert 0 < added < alone
