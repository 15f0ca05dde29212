"""The ``evidence`` fixture: questions to measured evidence that read like assertions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ragcheck.errors import RagcheckError
from ragcheck.pipeline.checking import moved
from ragcheck.pipeline.evidence import largest_k
from ragcheck.pipeline.examination import Examination
from ragcheck.pipeline.figures import measure, question_sufficiency
from ragcheck.pipeline.outputs import read_run
from ragcheck.records.corpus import Question
from ragcheck.records.gates import Bound, parse_gate
from ragcheck.records.results import Attribution, Report
from ragcheck.reporting.numbers import estimate_text
from ragcheck.reporting.plain import gate_lines
from ragcheck.scoring.abstention import is_abstention
from ragcheck.testing.failures import Conflicts, about, fail_with, listed
from ragcheck.testing.measured import Measured
from ragcheck.text.display import one_line
from ragcheck.triage.gates import apply_gate
from ragcheck.triage.signals import follows_evidence

LONGEST = 120


@dataclass(frozen=True, repr=False)
class EvidenceAt:
    """The evidence that the best ``k`` chunks are."""

    health: EvidenceHealth
    k: int

    def __repr__(self) -> str:
        return f"{self.health!r} at K = {self.k}"

    def conflicts(self, question: Question | str | None = None) -> Conflicts:
        """What contradicts what, without what the baseline accepts; all questions by default."""
        __tracebackhide__ = True
        return self.health.conflicts(question, k=self.k)

    def measure(self, name: str, *, min_questions: int = 0) -> Measured:
        """A measure at this K, for example ``sufficiency``."""
        __tracebackhide__ = True
        return self.health.measure(f"{name}@{self.k}", min_questions=min_questions)


@dataclass(frozen=True, repr=False)
class EvidenceHealth:
    """Assertions over measured evidence; a failure points at the places.

    A question is given as its text, its ID, or the value that
    ``@pytest.mark.ragcheck_questions`` passes.
    """

    examination: Examination
    report: Report
    accepted: frozenset[str]
    prefix: str
    record: Callable[[str, str], None]

    def __repr__(self) -> str:
        return f"evidence of {one_line(self.report.corpus, 60)}"

    def at(self, *, k: int) -> EvidenceAt:
        """The evidence at one K."""
        return EvidenceAt(self, k)

    def measure(self, notation: str, *, min_questions: int = 0) -> Measured:
        """``conflict@10``, ``sufficiency@5``, ``standalone``: a figure to compare with a number.

        Args:
            min_questions: from how many questions (documents, for ``standalone``) at least.
        """
        __tracebackhide__ = True
        inputs = self.examination.inputs
        try:
            estimate = measure(inputs, self.examination.evidence, notation)
        except RagcheckError as problem:
            fail_with(str(problem))
        self.record(notation, estimate_text(estimate, inputs.language))
        return Measured(notation, estimate, inputs.language, min_questions)

    def conflicts(self, question: Question | str | None = None, *, k: int) -> Conflicts:
        """Conflicts among the top ``k``, without those that the baseline accepts."""
        __tracebackhide__ = True
        self._within_reach(k)
        try:
            findings = self.examination.conflicts(_asked(question), k=k)
        except RagcheckError as problem:
            fail_with(str(problem))
        new = [f for f in findings if f.fingerprint not in self.accepted]
        self.record(f"conflicts@{k}", str(len(new)))
        return Conflicts(moved(finding, self.prefix) for finding in new)

    def assert_no_conflicts(self, question: Question | str | None = None, *, k: int = 10) -> None:
        """Fail where two passages among the top ``k`` contradict each other."""
        __tracebackhide__ = True
        if not self.report.questions:
            fail_with("not measured: there are no questions")
        found = self.conflicts(question, k=k)
        if found:
            places = "1 place" if len(found) == 1 else f"{len(found)} places"
            headline = f"conflicting evidence in the top {k}{about(question)}: {places}"
            fail_with(headline, listed(found, self.report.language))

    def assert_sufficient(
        self, question: Question | str, *, k: int = 5, min_value: float = 1.0
    ) -> None:
        """Fail where the top ``k`` hold less than this share of the question's gold evidence.

        An unanswerable question has no evidence to look for: its test is skipped, with the reason.
        """
        __tracebackhide__ = True
        self._within_reach(k)
        try:
            if all(known.unanswerable for known in self.examination.named(_asked(question) or "")):
                pytest.skip(f"not measured{about(question)}: the question is unanswerable")
            score = question_sufficiency(self.examination, _asked(question) or "", k=k)
        except RagcheckError as problem:
            fail_with(str(problem))
        if score.value is None:
            fail_with(f"not measured{about(question)}: {score.reason}")
        self.record(f"sufficiency@{k}", f"{score.value:.3g}")
        if score.value < min_value:
            share = f"the top {k} hold {100 * score.value:.0f} % of the evidence{about(question)}"
            fail_with(f"{share}; asked for {100 * min_value:.0f} %", self._missed(question))

    def assert_self_contained(self, *, min_share: float = 0.9, min_documents: int = 0) -> None:
        """Fail unless the whole interval of the share of chunks that stand alone is above this."""
        __tracebackhide__ = True
        measured = self.measure("standalone")
        gate = parse_gate("standalone", str(Bound(">=", min_share, min_documents)))
        result = apply_gate(gate, measured.estimate, self.report.language)
        if result.outcome != "passed":
            weak = [f for f in self.report.findings if f.rule == "RC402" and not f.silenced]
            lines = [*gate_lines([result], self.report.language), *listed(weak, self._language)]
            fail_with("too few chunks can be understood alone", lines)

    def assert_refuses(
        self,
        answer_fn: Callable[[str], str],
        questions: Iterable[Question | str] | None = None,
    ) -> None:
        """Fail where an answer to one of the questions is no refusal.

        Args:
            answer_fn: takes the text of a question and gives the system's answer.
            questions: by default the unanswerable ones of the question file.
        """
        __tracebackhide__ = True
        asked = self._unanswerable() if questions is None else list(questions)
        if not asked:
            fail_with("not measured: there is no unanswerable question to ask")
        answers = [(question, answer_fn(_text(question))) for question in asked]
        self.record("refused", f"{sum(map(_refused, answers))} of {len(answers)}")
        answered = [pair for pair in answers if not _refused(pair)]
        if answered:
            lines = [f"  {one_line(_text(q), 74)}\n    {one_line(str(a), 72)}" for q, a in answered]
            fail_with(f"{len(answered)} of {len(answers)} questions were not refused", lines)

    def assert_follows_evidence(self, run: Path | str | Report | Attribution) -> None:
        """Fail unless a finished run shows that answer quality follows the evidence (RC404).

        Args:
            run: a run folder, its report, or what :func:`ragcheck.attribute` gave.
        """
        __tracebackhide__ = True
        try:
            report = read_run(Path(run))[0] if isinstance(run, Path | str) else run
        except RagcheckError as problem:
            fail_with(str(problem))
        found = report if isinstance(report, Attribution) else report.attribution
        if found is None:
            fail_with("not measured: the run has no attribution")
        signal = follows_evidence(found, self._language)
        self.record("attribution", found.verdict)
        if not signal.fired:
            word = "inconclusive" if signal.fired is None else "the answers do not follow"
            fail_with(f"{word}: verdict {found.verdict}: {found.reason}", [signal.figure])

    def assert_gates(self) -> None:
        """Fail unless every gate of the configuration passes, as ``ragcheck check`` would."""
        __tracebackhide__ = True
        gates = self.report.gates
        for gate in gates:
            if gate.estimate is not None:
                self.record(gate.gate, estimate_text(gate.estimate, self._language))
        if not gates:
            fail_with("not measured: the configuration has no gate")
        if any(gate.outcome != "passed" for gate in gates):
            told = [finding for finding in self.report.findings if not finding.silenced]
            lines = [*gate_lines(gates, self._language), *listed(told, self._language)]
            fail_with("a gate did not pass", lines)

    @property
    def _language(self) -> str:
        return self.report.language

    def _unanswerable(self) -> list[Question | str]:
        return [q for q in self.examination.inputs.questions.questions if q.unanswerable]

    def _within_reach(self, k: int) -> None:
        __tracebackhide__ = True
        most = largest_k(self.examination.inputs)
        if not 1 <= k <= most:
            fail_with(f"not measured: K = {k}; the evidence goes up to {most} (evidence.max_k)")

    def _missed(self, question: Question | str) -> list[str]:
        lines = []
        documents = self.examination.inputs.corpus.by_path
        for asked in self.examination.named(_asked(question) or ""):
            for gold in asked.evidence:
                place = documents[gold.document].place(gold.span)
                lines.append(f"  {Path(self.prefix, place.path).as_posix()}:{place.line}")
                lines.append(f"    {one_line(gold.quote, LONGEST)}")
        return ["the evidence is at", *lines]


def _asked(question: Question | str | None) -> str | None:
    return question.id if isinstance(question, Question) else question


def _text(question: Question | str) -> str:
    return question.text if isinstance(question, Question) else question


def _refused(pair: tuple[Question | str, object]) -> bool:
    answer = pair[1]
    if not isinstance(answer, str):
        kind = type(answer).__name__
        raise TypeError(f"the function to be tested gave {kind} for {_text(pair[0])!r}, not a text")
    return is_abstention(answer)
