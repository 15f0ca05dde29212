"""LlamaIndex node parsers as chunking strategies, re-aligned to the document."""

from __future__ import annotations

from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import BaseNode, MetadataMode, NodeRelationship
from llama_index.core.schema import Document as LlamaDocument
from llama_index.core.utils import get_tokenizer

from ragcheck.integrations.alignment import Aligned, Aligner, chunks_of
from ragcheck.integrations.foreign import check_options, load_class, parameter_names
from ragcheck.ports import Embedder
from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk
from ragcheck.records.notation import Notation, Value

_HOME = "llama_index.core.node_parser"
_COLLABORATORS = {"callback_manager", "embed_model", "id_func", "llm", "sentence_splitter"}


class NodeParserChunker:
    """``llama_index``: any node parser of LlamaIndex, by its class name or ``module:Class``.

    The other parameters are the parser's own. The parser sees the text without metadata, so
    that metadata does not eat into ``chunk_size``; each node's text is then placed in the
    document in order, and flagged ``aligned=False`` where the parser rewrote it. Parsers that
    need an embedding model get ``embedder``; those that need a language model are refused.

    Raises:
        ValueError: there is no such parser or option, or the parser cannot be built.
    """

    def __init__(
        self,
        *,
        parser: str = "SentenceSplitter",
        embedder: Embedder | None = None,
        **options: Value,
    ) -> None:
        self._name = parser
        self._options = options
        self._parser = _build(parser, embedder, options)

    @property
    def notation(self) -> str:
        return str(Notation("llama_index", {**self._numbers(), "parser": self._name}))

    def _numbers(self) -> dict[str, Value]:
        """The parser's numeric settings, defaults included, and what was given."""
        fields = type(self._parser).model_fields
        values = {name: getattr(self._parser, name) for name in fields}
        numbers = {
            name: value
            for name, value in values.items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        }
        return {**numbers, **self._options}

    def chunk(self, document: Document) -> list[Chunk]:
        if not document.text.strip():
            return []
        source = LlamaDocument(text=document.text, id_=document.id)
        nodes = self._parser.get_nodes_from_documents([source])
        return chunks_of(document, self._align(document.text, nodes), strategy=self.notation)

    def _align(self, text: str, nodes: list[BaseNode]) -> list[Aligned]:
        """Nodes in order; those of a hierarchy are placed inside their parent."""
        aligners: dict[str | None, Aligner] = {None: self._aligner(text, None)}
        spans: dict[str, Span] = {}
        placed: list[Aligned] = []
        for node in nodes:
            parent = _parent_id(node)
            if parent not in spans:
                parent = None
            if parent not in aligners and parent is not None:
                aligners[parent] = self._aligner(text, spans[parent])
            aligned = aligners[parent].place(node.get_content(metadata_mode=MetadataMode.NONE))
            if aligned is not None:
                spans[node.node_id] = aligned.span
                placed.append(aligned)
        return placed

    def _aligner(self, text: str, within: Span | None) -> Aligner:
        tokenizer = get_tokenizer()
        overlap = int(getattr(self._parser, "chunk_overlap", 0) or 0)
        return Aligner(
            text, within=within, overlap=overlap, measure=lambda part: len(tokenizer(part))
        )


class EmbedderEmbedding(BaseEmbedding):  # type: ignore[misc]
    """An embedder of ragcheck as a LlamaIndex embedding model."""

    _embedder: Embedder = PrivateAttr()

    def __init__(self, embedder: Embedder) -> None:
        super().__init__(model_name=embedder.key)
        self._embedder = embedder

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._embedder.encode(texts).tolist()
        return rows

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def _build(name: str, embedder: Embedder | None, options: dict[str, Value]) -> Any:
    parser = load_class(name, _HOME)
    fields = getattr(parser, "model_fields", {})
    if "llm" in fields:
        raise ValueError(f"{name} needs a language model and cannot be used as a strategy")
    factory = getattr(parser, "from_defaults", parser)
    if not set(options) <= parameter_names(factory):
        factory = parser
    accepted = (parameter_names(factory) | set(fields)) - _COLLABORATORS
    check_options(name, options, accepted)
    extra: dict[str, object] = {}
    if "embed_model" in fields:
        if embedder is None:
            raise ValueError(f"{name} needs an embedder")
        extra["embed_model"] = EmbedderEmbedding(embedder)
    try:
        return factory(**options, **extra)
    except (TypeError, ValueError, ImportError, LookupError) as problem:
        raise ValueError(f"{name} cannot be built: {problem}") from problem


def _parent_id(node: BaseNode) -> str | None:
    parent = node.relationships.get(NodeRelationship.PARENT)
    return getattr(parent, "node_id", None)
