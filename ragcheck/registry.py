"""Names to implementations. A registry is an instance; the built-in names are a table of texts.

Nothing is imported before it is asked for. Other packages add names with the entry-point group
``ragcheck.<role>``, for example ``ragcheck.chunker``.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from rapidfuzz import process

from ragcheck.errors import ConfigError
from ragcheck.records.notation import Notation, parse_notation

BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "chunker": {
        "chars": "ragcheck.chunking.fixed:CharacterChunker",
        "tokens": "ragcheck.chunking.fixed:TokenChunker",
        "sentences": "ragcheck.chunking.sentences:SentenceWindowChunker",
        "recursive": "ragcheck.chunking.recursive:RecursiveChunker",
        "headings": "ragcheck.chunking.headings:HeadingChunker",
        "semantic": "ragcheck.chunking.semantic:SemanticChunker",
        "blocks": "ragcheck.chunking.blocks:BlockChunker",
        "path": "ragcheck.chunking.repaired:PathChunker",
        "subject": "ragcheck.chunking.repaired:SubjectChunker",
        "neighbours": "ragcheck.chunking.repaired:NeighbourChunker",
        "llama_index": "ragcheck.integrations.llama_index.chunkers:NodeParserChunker",
        "langchain": "ragcheck.integrations.langchain_chunkers:TextSplitterChunker",
    },
    "retriever": {
        "dense": "ragcheck.retrieval.dense:DenseRetriever",
        "bm25": "ragcheck.retrieval.lexical:LexicalRetriever",
        "fusion": "ragcheck.retrieval.fusion:FusionRetriever",
        "parent": "ragcheck.retrieval.parents:ParentRetriever",
        "late": "ragcheck.retrieval.late:LateRetriever",
        "store": "ragcheck.integrations.llama_index.stores:StoreRetriever",
    },
    "reranker": {
        "mmr": "ragcheck.retrieval.rerank:MmrReranker",
        "cross_encoder": "ragcheck.retrieval.rerank:CrossEncoderReranker",
    },
    "judge": {
        "structural": "ragcheck.judges.structural:StructuralJudge",
        "cross_encoder": "ragcheck.judges.cross_encoder:CrossEncoderJudge",
        "llm": "ragcheck.judges.llm:LlmJudge",
        "learned": "ragcheck.judges.learned:LearnedJudge",
        "combined": "ragcheck.judges.combined:CombinedJudge",
    },
}


class Registry:
    """Finds an implementation by role and name, and builds it from its notation."""

    def __init__(self, table: Mapping[str, Mapping[str, str]] = BUILT_IN) -> None:
        self._table = {role: dict(names) for role, names in table.items()}

    def names(self, role: str) -> tuple[str, ...]:
        """Every name of a role, sorted."""
        own = self._table.get(role, {})
        others = {point.name for point in entry_points(group=f"ragcheck.{role}")}
        return tuple(sorted({*own, *others}))

    def add(self, role: str, name: str, target: str) -> None:
        """Register ``module:attribute`` under a name, in this registry alone."""
        self._table.setdefault(role, {})[name] = target

    def find(self, role: str, name: str) -> Any:
        """The class or factory behind a name.

        Raises:
            ConfigError: there is no such name, with the nearest one that there is.
        """
        target = self._table.get(role, {}).get(name)
        if target is None:
            for point in entry_points(group=f"ragcheck.{role}"):
                if point.name == name:
                    return point.load()
            raise ConfigError(
                f"there is no {role} called {name!r}",
                mend=suggest(name, self.names(role)),
            )
        module, _, attribute = target.partition(":")
        return getattr(import_module(module), attribute)

    def create(self, role: str, notation: str | Notation, **collaborators: object) -> Any:
        """Build the implementation that a notation names.

        Parameters of the notation and those collaborators that its constructor names are
        passed by keyword.

        Raises:
            ConfigError: the name or a parameter is unknown, or a value does not fit.
        """
        parsed = parse_notation(notation) if isinstance(notation, str) else notation
        factory = self.find(role, parsed.name)
        accepted = inspect.signature(factory).parameters
        options = [name for name in accepted if name not in collaborators]
        # A factory with ``**options`` passes them on and checks them itself.
        open_ended = any(each.kind is each.VAR_KEYWORD for each in accepted.values())
        for key in parsed.parameters:
            if key not in options and (key in collaborators or not open_ended):
                raise ConfigError(
                    f"{role} {parsed.name!r} has no parameter {key!r}",
                    where=str(parsed),
                    mend=suggest(key, options),
                )
        wanted = {name: value for name, value in collaborators.items() if name in accepted}
        try:
            return factory(**wanted, **parsed.parameters)
        except (TypeError, ValueError) as problem:
            raise ConfigError(
                f"{role} {parsed.name!r} cannot be built: {problem}", where=str(parsed)
            ) from problem


def suggest(name: str, known: tuple[str, ...] | list[str]) -> str:
    """A sentence that names the nearest of the known names, or lists them."""
    near = process.extractOne(name, known, score_cutoff=60)
    if near is not None:
        return f"did you mean {near[0]!r}?"
    return f"known: {', '.join(known) or 'none'}"
