"""A few endpoint faults, so that the campaign's own machinery is tried at every commit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.faults import endpoint

FEW = (
    "429, then ready",
    "reset in the middle, then ready",
    "every reply sent twice",
    "another model for one reply",
    "slow drip of headers",
    "truncated JSON",
    "HTML",
    "an empty answer",
)
FAULTS = {fault.name: fault for fault in endpoint.faults()}


@pytest.mark.parametrize("name", FEW)
def test_a_fault_is_retried_or_unscored(name: str, tmp_path: Path) -> None:
    endpoint.check(FAULTS[name], False, np.random.default_rng(5), tmp_path)


def test_a_redirect_reaches_no_other_host(tmp_path: Path) -> None:
    endpoint.check_redirect(307, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(FAULTS))
def test_every_fault_in_a_chat(name: str, tmp_path: Path) -> None:
    endpoint.check(FAULTS[name], True, np.random.default_rng(6), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(endpoint.RUNS))
def test_a_run_ends_with_a_report(name: str, tmp_path: Path) -> None:
    endpoint.check_run(name, tmp_path)
