"""Shared fixtures: a cache of the tests' own, and a small corpus with a stale policy in it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

DOCUMENTS = {
    "returns-2021.md": (
        "# Returns Policy 2021\n\nEffective 1 May 2021.\n\n## Return window\n\n"
        "Customers can return a product within 30 days of delivery.\n\n"
        "## Restocking\n\nA restocking fee of 15% is deducted from the refund.\n"
    ),
    "returns-2024.md": (
        "# Returns Policy 2024\n\nEffective 1 March 2024.\n\n## Return window\n\n"
        "Customers can return a product within 45 days of delivery.\n\n"
        "## Refunds\n\nThe refund is issued within 7 working days.\n"
    ),
    "shipping.md": (
        "# Shipping\n\n## Carriers\n\nParcels in the EU are delivered by Corvida Freight.\n\n"
        "## Cost\n\nDelivery is free above 150 EUR.\n"
    ),
}

QUESTIONS = [
    {
        "id": "window",
        "question": "Within how many days of delivery can customers return a product?",
        "answers": ["45 days"],
        "evidence": [{"document": "returns-2024.md", "quote": "within 45 days of delivery"}],
        "tags": ["conflicted"],
    },
    {
        "id": "carrier",
        "question": "Which carrier delivers parcels in the EU?",
        "answers": ["Corvida Freight"],
        "evidence": [{"document": "shipping.md", "quote": "delivered by Corvida Freight"}],
        "tags": ["plain"],
    },
    {
        "id": "refund",
        "question": "Within how many working days is the refund issued?",
        "answers": ["7 working days", "7"],
        "evidence": [{"document": "returns-2024.md", "quote": "within 7 working days"}],
        "tags": ["plain"],
    },
    {
        "id": "phone",
        "question": "What is the telephone number of the warehouse?",
        "answers": [],
        "evidence": [],
        "unanswerable": True,
        "tags": ["unanswerable"],
    },
]


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the user's cache; workers of one session share theirs."""
    home = tmp_path_factory.getbasetemp().parent / "ragcheck-cache"
    before = os.environ.get("RAGCHECK_CACHE")
    os.environ["RAGCHECK_CACHE"] = str(home)
    yield
    if before is None:
        del os.environ["RAGCHECK_CACHE"]
    else:
        os.environ["RAGCHECK_CACHE"] = before


def write_corpus(folder: Path) -> Path:
    """The small corpus with its questions, in a new folder."""
    folder.mkdir(parents=True)
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    lines = (json.dumps(question) for question in QUESTIONS)
    (folder / "questions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "handbook")


@pytest.fixture
def small_config(tmp_path: Path) -> Path:
    return write_config(tmp_path)


def write_config(folder: Path) -> Path:
    """A configuration that makes a run of a few dozen calls."""
    path = folder / "ragcheck.toml"
    path.write_text(
        '[evidence]\nstrategies = ["recursive(size=200)"]\nmax_k = 4\n'
        '[experiment]\nstrategies = ["recursive(size=200)", "headings(path=true, size=200)"]\n'
        "k = [1, 3]\n",
        encoding="utf-8",
    )
    return path
