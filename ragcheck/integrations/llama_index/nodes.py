"""Nodes of LlamaIndex as passages."""

from __future__ import annotations

from collections.abc import Iterable

from llama_index.core.schema import BaseNode, MetadataMode, NodeWithScore

from ragcheck.integrations.passages import passage_of, source_in
from ragcheck.records.guarding import RetrievedPassage
from ragcheck.records.traces import RecordedContext


def text_of(node: BaseNode) -> str:
    """The node's own text, without metadata."""
    return str(node.get_content(metadata_mode=MetadataMode.NONE))


def passage(scored: NodeWithScore) -> RetrievedPassage:
    """A node with its source and date."""
    node = scored.node
    return passage_of(text_of(node), node.metadata, node.ref_doc_id)


def contexts(nodes: Iterable[NodeWithScore]) -> tuple[RecordedContext, ...]:
    """Nodes as they are recorded, in their order."""
    return tuple(
        RecordedContext(
            text=text_of(scored.node),
            source=source_in(scored.node.metadata, scored.node.ref_doc_id),
            score=None if scored.score is None else float(scored.score),
        )
        for scored in nodes
    )
