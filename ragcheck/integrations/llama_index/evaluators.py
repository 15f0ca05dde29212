"""Measures of ragcheck as LlamaIndex evaluators. None of them asks a language model."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Sequence
from threading import Lock
from typing import Any

from llama_index.core.evaluation import BaseEvaluator, EvaluationResult

from ragcheck import api
from ragcheck.measures.conflict import THRESHOLD, candidate_pairs, is_conflict
from ragcheck.measures.self_containedness import SelfContainedness
from ragcheck.measures.strategies import STANDALONE
from ragcheck.ports import Judge
from ragcheck.records.evidence import NOT_JUDGED, Score
from ragcheck.registry import Registry


class _LocalEvaluator(BaseEvaluator):  # type: ignore[misc]
    """Scores in [0, 1], higher is better; ``passing`` from ``least`` on.

    What cannot be measured is an invalid result with the reason. Evaluators may be used by
    several threads; the asynchronous form works in a thread.
    """

    def __init__(self, *, least: float) -> None:
        self._least = least

    def evaluate(
        self,
        query: str | None = None,
        response: str | None = None,
        contexts: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> EvaluationResult:
        given = None if contexts is None else list(contexts)
        score, feedback = self._measure(query, response, given, kwargs)
        undefined = score.value is None
        return EvaluationResult(
            query=query,
            response=response,
            contexts=given,
            passing=None if score.value is None else score.value >= self._least,
            score=score.value,
            feedback=feedback or score.reason,
            invalid_result=undefined,
            invalid_reason=score.reason if undefined else None,
        )

    async def aevaluate(
        self,
        query: str | None = None,
        response: str | None = None,
        contexts: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> EvaluationResult:
        return await asyncio.to_thread(
            self.evaluate, query=query, response=response, contexts=contexts, **kwargs
        )

    @abstractmethod
    def _measure(
        self,
        query: str | None,
        response: str | None,
        contexts: list[str] | None,
        more: dict[str, Any],
    ) -> tuple[Score, str]:
        """The score, and what to say of it."""

    def _get_prompts(self) -> dict[str, Any]:
        return {}

    def _update_prompts(self, prompts: dict[str, Any]) -> None:
        """There are no prompts."""


_NO_CONTEXTS = Score(None, reason="there are no contexts")


class ConflictEvaluator(_LocalEvaluator):
    """1 less the probability of the most probable conflict among the contexts; 1.0 without one.

    Args:
        judge: notation of the judge, as in ``evidence.judge``.
        threshold: probability from which two contexts conflict.
    """

    def __init__(self, *, judge: str = api.FINDER, threshold: float = THRESHOLD) -> None:
        super().__init__(least=1.0)
        self._judge: Judge = Registry().create("judge", judge)
        self._threshold = threshold
        self._lock = Lock()

    def _measure(
        self,
        query: str | None,
        response: str | None,  # noqa: ARG002 - of the base class
        contexts: list[str] | None,
        more: dict[str, Any],  # noqa: ARG002
    ) -> tuple[Score, str]:
        if not contexts:
            return _NO_CONTEXTS, ""
        pairs = candidate_pairs(contexts)
        with self._lock:
            judged = self._judge.judge(
                [(contexts[i], contexts[j]) for i, j in pairs], [query] * len(pairs)
            )
        failed = next((each for each in judged if each.relation == NOT_JUDGED), None)
        found = [
            (judgement, pair)
            for pair, judgement in zip(pairs, judged, strict=True)
            if is_conflict(judgement, threshold=self._threshold)
        ]
        if failed is not None and not found:
            return Score(None, reason=failed.reason or NOT_JUDGED), ""
        worst = max((judgement.probability for judgement, _ in found), default=0.0)
        told = [f"contexts {i + 1} and {j + 1}: {each.explanation}" for each, (i, j) in found]
        return Score(1.0 - worst), "\n".join(told)


class SufficiencyEvaluator(_LocalEvaluator):
    """How much of the question the best context speaks of; a weak estimate from wording alone.

    Args:
        least: from which the evidence is enough.
    """

    def __init__(self, *, least: float = 0.3) -> None:
        super().__init__(least=least)

    def _measure(
        self,
        query: str | None,
        response: str | None,  # noqa: ARG002
        contexts: list[str] | None,
        more: dict[str, Any],  # noqa: ARG002
    ) -> tuple[Score, str]:
        if query is None:
            return Score(None, reason="there is no query"), ""
        score = api.sufficiency(query, contexts or [])
        if score.passage is None or score.span is None or contexts is None:
            return score, ""
        return score, contexts[score.passage][score.span.start : score.span.end]


class SelfContainednessEvaluator(_LocalEvaluator):
    """Share of the contexts that can be understood alone.

    Args:
        threshold: self-containedness from which a context counts.
        least: share from which the result passes.
    """

    def __init__(self, *, threshold: float = STANDALONE, least: float = 1.0) -> None:
        super().__init__(least=least)
        self._threshold = threshold
        self._measured = SelfContainedness()

    def _measure(
        self,
        query: str | None,  # noqa: ARG002
        response: str | None,  # noqa: ARG002
        contexts: list[str] | None,
        more: dict[str, Any],  # noqa: ARG002
    ) -> tuple[Score, str]:
        if not contexts:
            return _NO_CONTEXTS, ""
        scores = self._measured.score(contexts)
        known = [score.value for score in scores if score.value is not None]
        if not known:
            return Score(None, reason=scores[0].reason), ""
        told = [
            f"context {number}: {defect.message}"
            for number, score in enumerate(scores, start=1)
            if score.value is not None and score.value < self._threshold
            for defect in score.defects
        ]
        return Score(sum(v >= self._threshold for v in known) / len(known)), "\n".join(told)


class AnswerCorrectnessEvaluator(_LocalEvaluator):
    """The response against ``reference`` (a text or several), as :func:`ragcheck.score_answers`.

    Args:
        least: correctness from which a response passes.
    """

    def __init__(self, *, least: float = 0.5) -> None:
        super().__init__(least=least)

    def _measure(
        self,
        query: str | None,
        response: str | None,
        contexts: list[str] | None,  # noqa: ARG002
        more: dict[str, Any],
    ) -> tuple[Score, str]:
        row = {"question": query or "", "response": response, "reference": more.get("reference")}
        (score,) = api.score_answers([row])
        if score.correctness is None:
            return Score(None, reason=score.reason or "there is no reference"), ""
        return Score(
            score.correctness
        ), "the response declines to answer" if score.abstained else ""
