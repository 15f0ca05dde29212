"""What an experiment will cost with the packaged engine, before anything is spent."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragcheck.generation.prompts import segments
from ragcheck.records.trials import GenerationRequest
from ragcheck.text.language import CJK

# Tokens a character. The packaged model's tokenizer gives each digit a token; with that, it
# counted 0.272 tokens a character of the English corpus (0.275 estimated) and 0.703 of the
# Chinese one, to which the second figure is fitted (benchmarks/reader.py prints both).
DIGIT_TOKENS = 1.0
CJK_TOKENS = 0.78
OTHER_TOKENS = 0.25

# Seconds on two idle processors with two engine threads; benchmarks/reader.py measures them anew.
PROMPT_TOKEN_SECONDS = 1 / 350
NEW_TOKEN_SECONDS = 1 / 50
CALL_SECONDS = 0.02
START_SECONDS = 3.0
ANSWER_TOKENS = 8
"""Usual length of a short answer; a lower limit of the request counts instead."""

_CJK_RUNS = re.compile(f"[{CJK}\u3000-\u303f\uff00-\uffef]+")
_DIGIT_RUNS = re.compile(r"[0-9]+")


def estimate_tokens(text: str) -> float:
    """Tokens of a text, from its characters: Chinese ones, digits and others count differently."""
    chinese = sum(len(run) for run in _CJK_RUNS.findall(text))
    digits = sum(len(run) for run in _DIGIT_RUNS.findall(text))
    others = len(text) - chinese - digits
    return chinese * CJK_TOKENS + digits * DIGIT_TOKENS + others * OTHER_TOKENS


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
