"""Every error that ragcheck raises on purpose.

RagcheckError
├── ConfigError        a key, value or name in the configuration is wrong
├── CorpusError        the corpus cannot be read, or holds no text
├── QuestionError      the question file is broken
├── ModelError         a model is missing, is not what its hash says, or ignores a parameter
├── EndpointError      a model server cannot be reached or answers nonsense
├── StoreError         a run folder or a cache is damaged, locked or not writable
├── WorkerError        workers died, do not answer, or have another version of ragcheck
├── TableError         a results table cannot be analysed
└── TraceError         recorded traces cannot be read

Bad evidence is never an error: it is a :class:`ragcheck.records.results.Finding`.
"""

from __future__ import annotations


class RagcheckError(Exception):
    """A fault of the tool or of its input: what, where, and how to mend it."""

    def __init__(self, what: str, *, where: str | None = None, mend: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.mend:
            lines.append(f"  mend:  {self.mend}")
        return "\n".join(lines)


class ConfigError(RagcheckError):
    """A key, value or name in the configuration is wrong."""


class CorpusError(RagcheckError):
    """The corpus cannot be read, or holds no text."""


class QuestionError(RagcheckError):
    """The question file is broken."""


class ModelError(RagcheckError):
    """A model is missing, is not what its hash says, or ignores a parameter."""


class EndpointError(RagcheckError):
    """A model server cannot be reached or answers nonsense."""


class StoreError(RagcheckError):
    """A run folder or a cache is damaged, locked or not writable."""


class WorkerError(RagcheckError):
    """Workers died, do not answer, or have another version of ragcheck."""


class TableError(RagcheckError):
    """A results table cannot be analysed."""


class TraceError(RagcheckError):
    """Recorded traces cannot be read, or none of them can be audited."""
