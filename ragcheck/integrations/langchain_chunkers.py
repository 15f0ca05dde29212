"""LangChain text splitters as chunking strategies, re-aligned to the document."""

from __future__ import annotations

import inspect
from typing import Any

from ragcheck.integrations.alignment import Aligner, chunks_of
from ragcheck.integrations.foreign import check_options, load_class, parameter_names
from ragcheck.records.corpus import Document
from ragcheck.records.evidence import Chunk
from ragcheck.records.notation import Notation, Value

_HOME = "langchain_text_splitters"


class TextSplitterChunker:
    """``langchain``: any splitter of langchain-text-splitters, by class name or ``module:Class``.

    The other parameters are the splitter's own (``chunk_size``, ``chunk_overlap`` ...). Pieces
    are placed in the document in order, and flagged ``aligned=False`` where the splitter
    rewrote the text.

    Raises:
        ValueError: the package is not installed, or there is no such splitter or option.
    """

    def __init__(self, *, splitter: str = "RecursiveCharacterTextSplitter", **options: Value):
        found = load_class(splitter, _HOME)
        accepted: set[str] = set()
        for base in inspect.getmro(found)[:-1]:
            if "__init__" in vars(base):
                accepted |= parameter_names(vars(base)["__init__"])
        check_options(splitter, options, accepted)
        self._name = splitter
        self._options = options
        try:
            self._splitter: Any = found(**options)
        except (TypeError, ValueError, ImportError, LookupError) as problem:
            raise ValueError(f"{splitter} cannot be built: {problem}") from problem

    @property
    def notation(self) -> str:
        parameters: dict[str, Value] = {"splitter": self._name}
        for name in ("chunk_size", "chunk_overlap"):
            value = getattr(self._splitter, f"_{name}", None)
            if isinstance(value, int):
                parameters[name] = value
        return str(Notation("langchain", {**parameters, **self._options}))

    def chunk(self, document: Document) -> list[Chunk]:
        if not document.text.strip():
            return []
        pieces = self._splitter.split_text(document.text)
        aligner = Aligner(
            document.text,
            overlap=int(getattr(self._splitter, "_chunk_overlap", 0) or 0),
            measure=getattr(self._splitter, "_length_function", len),
        )
        placed = [aligner.place(getattr(piece, "page_content", piece)) for piece in pieces]
        found = [each for each in placed if each is not None]
        return chunks_of(document, found, strategy=self.notation)
