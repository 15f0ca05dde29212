"""A guard between retriever and language model, as a LlamaIndex node post-processor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Unpack

import llama_index.core.instrumentation as instrument
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.instrumentation.events.base import BaseEvent
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

from ragcheck.integrations.llama_index.nodes import passage
from ragcheck.integrations.passages import MARK
from ragcheck.pipeline.guarding import Guard, GuardOptions, GuardSettings
from ragcheck.records.guarding import GuardedPassages, PassageDecision

dispatcher = instrument.get_dispatcher(__name__)


class EvidenceGuardEvent(BaseEvent):  # type: ignore[misc]
    """What a guard did for one question; ``guarded`` holds plain values.

    See :meth:`ragcheck.records.guarding.GuardedPassages.as_record`.
    """

    guarded: dict[str, Any]

    @classmethod
    def class_name(cls) -> str:
        return "EvidenceGuardEvent"


class EvidenceGuard(BaseNodePostprocessor):  # type: ignore[misc]
    """Marks, drops or moves conflicting and unusable nodes, or makes the engine abstain.

    The fields are those of :class:`ragcheck.pipeline.guarding.GuardSettings`. What happened to a
    node stands in its metadata under ``ragcheck``, where neither encoder nor model sees it; the
    nodes that were given are not changed. Each question emits an :class:`EvidenceGuardEvent`.
    Where the guard abstains no node goes on, and a query engine then answers ``Empty Response``
    without asking its model. One guard may serve any number of threads; its asynchronous form
    works in a thread.

    Args:
        guard: instead of one with these options, for a judge of your own.
        listen: called with what was done, for each question.

    Raises:
        ConfigError: an option does not fit, or there is no such judge.
    """

    policy: str = "mark"
    judge: str = "structural"
    conflict: float = 0.5
    standalone: float = 0.2
    sufficient: float = 0.3
    asked: float = 0.4
    budget: float | None = 0.15
    longest: int = 8_000
    unchecked: str = "keep"
    _guard: Guard = PrivateAttr()
    _listen: Callable[[GuardedPassages], object] | None = PrivateAttr()

    def __init__(
        self,
        *,
        guard: Guard | None = None,
        listen: Callable[[GuardedPassages], object] | None = None,
        callback_manager: Any = None,
        **options: Unpack[GuardOptions],
    ) -> None:
        built = guard or Guard(GuardSettings(**options))
        managed = {} if callback_manager is None else {"callback_manager": callback_manager}
        super().__init__(**asdict(built.settings), **managed)
        self._guard = built
        self._listen = listen

    @classmethod
    def class_name(cls) -> str:
        return "EvidenceGuard"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        question = query_bundle.query_str if query_bundle is not None else None
        guarded = self._guard.check(question, [passage(scored) for scored in nodes])
        dispatcher.event(EvidenceGuardEvent(guarded=dict(guarded.as_record())))
        if self._listen is not None:
            self._listen(guarded)
        return [_marked(nodes[i], guarded.decisions[i]) for i in guarded.order]


def _marked(scored: NodeWithScore, decision: PassageDecision) -> NodeWithScore:
    node = scored.node
    hidden = {
        name: [*(key for key in getattr(node, name) if key != MARK), MARK]
        for name in ("excluded_embed_metadata_keys", "excluded_llm_metadata_keys")
    }
    metadata = {**node.metadata, MARK: decision.as_metadata()}
    copy = node.model_copy(update={"metadata": metadata, **hidden})
    return NodeWithScore(node=copy, score=scored.score)
