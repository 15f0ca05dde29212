"""What an experiment will cost with the packaged engine, before anything is spent."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragcheck.generation.prompts import segments
from ragcheck.records.trials import GenerationRequest
from ragcheck.text.language import CJK

# Tokens a character, counted by the engine's own tokenizer on the two corpora of this project
# (benchmarks/reader.py prints them).
CJK_TOKENS = 0.7
OTHER_TOKENS = 0.25

# Seconds, measured on two idle cores with two engine threads (benchmarks/reader.py).
PROMPT_TOKEN_SECONDS = 1 / 350
NEW_TOKEN_SECONDS = 1 / 50
CALL_SECONDS = 0.02
START_SECONDS = 3.0
ANSWER_TOKENS = 8
"""Usual length of a short answer; a lower limit of the request counts instead."""

_CJK_RUNS = re.compile(f"[{CJK}\u3000-\u303f\uff00-\uffef]+")


def estimate_tokens(text: str) -> float:
    """Tokens of a text, from its characters: 0.7 a Chinese character, a quarter of any other."""
    chinese = sum(len(run) for run in _CJK_RUNS.findall(text))
    return chinese * CJK_TOKENS + (len(text) - chinese) * OTHER_TOKENS


def estimate_seconds(groups: Sequence[Sequence[GenerationRequest]]) -> float:
    """Expected seconds for groups of requests, sent in this order to the packaged engine.

    Equal requests count once, and so does what a prompt shares with the one before it; the time
    to start the engine is included. A busy machine takes several times as long.
    """
    seconds = START_SECONDS
    held: tuple[str, ...] = ()
    answered: set[str] = set()
    for group in groups:
        fresh = {request.key: request for request in group if request.key not in answered}
        answered.update(fresh)
        for request in sorted(fresh.values(), key=lambda one: (len(one.prompt), one.prompt)):
            wanted = segments(request.prompt)
            if wanted != held:
                seconds += _new_segments(wanted, held)
                held = wanted
            new_tokens = min(ANSWER_TOKENS, request.parameters.max_tokens)
            seconds += CALL_SECONDS + (1 + new_tokens) * NEW_TOKEN_SECONDS
    return seconds


def _new_segments(wanted: Sequence[str], held: Sequence[str]) -> float:
    shared = 0
    while shared < min(len(wanted), len(held)) and wanted[shared] == held[shared]:
        shared += 1
    fresh = wanted[shared:]
    back_to_shared = CALL_SECONDS + NEW_TOKEN_SECONDS
    evaluated = sum(estimate_tokens(part) for part in fresh) * PROMPT_TOKEN_SECONDS
    return back_to_shared + evaluated + CALL_SECONDS * len(fresh)
