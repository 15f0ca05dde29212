"""The file of accepted findings: what was known when it was written does not fail again.

It is JSON with one finding a line, sorted by place, so that a review shows what was accepted.
Both ``ragcheck check`` and the pytest plugin read and write it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from ragcheck.errors import StoreError
from ragcheck.files import write_whole
from ragcheck.records.corpus import Corpus
from ragcheck.records.results import AcceptedFinding, Comparison, Finding
from ragcheck.text.display import one_line

VERSION = "1"
DEFAULT_NAME = "ragcheck-baseline.json"
LONGEST = 160
BY_BASELINE = "baseline"
_MEND = "write it anew with ragcheck check --update-baseline"


@dataclass(frozen=True, slots=True)
class Baseline:
    """Accepted findings by fingerprint, and the ID of each document by its path."""

    findings: Mapping[str, AcceptedFinding] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)


def baseline_of(findings: Iterable[Finding], corpus: Corpus) -> Baseline:
    """A baseline that accepts these findings of this corpus."""
    accepted = {
        finding.fingerprint: AcceptedFinding(
            finding.fingerprint, finding.rule, _place(finding), one_line(finding.message, LONGEST)
        )
        for finding in findings
    }
    return Baseline(accepted, {document.path: document.id for document in corpus.documents})


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Replace the file in one step.

    Raises:
        StoreError: it cannot be written.
    """
    findings = sorted(baseline.findings.values(), key=lambda f: (f.place, f.rule, f.fingerprint))
    lines = [json.dumps(asdict(finding), ensure_ascii=True) for finding in findings]
    documents = json.dumps(dict(sorted(baseline.documents.items())), indent=1, ensure_ascii=True)
    listed = ",\n".join(lines)
    text = (
        f'{{"schema_version": "{VERSION}",\n"findings": [\n{listed}\n],\n'
        f'"documents": {documents}}}\n'
    )
    write_whole(path, text.encode("ascii"))


def read_baseline(path: Path) -> Baseline:
    """The baseline that :func:`write_baseline` wrote.

    Raises:
        StoreError: there is no such file, or it is no baseline of this version.
    """
    try:
        block = json.loads(path.read_bytes())
    except FileNotFoundError as problem:
        raise StoreError("there is no such baseline", where=str(path), mend=_MEND) from problem
    except (OSError, ValueError, RecursionError) as problem:
        raise StoreError(
            f"cannot read the baseline: {problem}", where=str(path), mend=_MEND
        ) from problem
    version = block.get("schema_version") if isinstance(block, dict) else None
    if version != VERSION:
        raise StoreError(
            f"the baseline has schema version {version!r}; this ragcheck reads {VERSION!r}",
            where=str(path),
            mend=_MEND,
        )
    try:
        accepted = [
            AcceptedFinding(**{key: str(value) for key, value in entry.items()})
            for entry in block["findings"]
        ]
        documents = {str(key): str(value) for key, value in block["documents"].items()}
    except (KeyError, TypeError, AttributeError) as problem:
        raise StoreError("the baseline is damaged", where=str(path), mend=_MEND) from problem
    return Baseline({finding.fingerprint: finding for finding in accepted}, documents)


def compare(
    findings: Iterable[Finding], baseline: Baseline | None
) -> tuple[tuple[Finding, ...], Comparison]:
    """The findings with accepted ones silenced, and what is new and what is gone."""
    known = baseline.findings if baseline is not None else {}
    told = tuple(
        replace(finding, silenced=True, silenced_by=BY_BASELINE)
        if finding.fingerprint in known
        else finding
        for finding in findings
    )
    there = {finding.fingerprint for finding in told}
    gone = [accepted for key, accepted in known.items() if key not in there]
    comparison = Comparison(
        new=tuple(finding.fingerprint for finding in told if not finding.silenced),
        gone=tuple(sorted(gone, key=lambda accepted: (accepted.place, accepted.fingerprint))),
        accepted=sum(finding.fingerprint in known for finding in told),
        against_baseline=baseline is not None,
    )
    return told, comparison


def _place(finding: Finding) -> str:
    sides = [str(quote.place) for quote in (finding.quote, finding.related) if quote is not None]
    return one_line(" / ".join(sides), LONGEST)
