"""Reports as a run writes them, in both languages, and reports that are hard to show."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import ModuleType

import pytest

from ragcheck.records.corpus import Place, SkippedSource
from ragcheck.records.results import (
    AnswerShift,
    Attribution,
    ChecklistItem,
    Contrast,
    Curve,
    CurvePoint,
    Estimate,
    EvidenceContrast,
    Finding,
    InterventionEffect,
    QualityPoint,
    Quote,
    ReaderCheck,
    Report,
    StrategySummary,
    Triage,
)

STRATEGIES = (
    "chars(size=400)",
    "tokens(size=100)",
    "sentences(overlap=1, size=3)",
    "recursive(size=400)",
    "headings(path=true, size=500)",
)
TEXTS = {
    "en": {
        "corpus": "kestrel-handbook",
        "reason": "the interval of the evidence share lies above that of the parameters",
        "checklist": (
            "Can more or better data fix it?",
            "Is the evaluation misleading us?",
            "Should the system constrain it?",
            "Is it evidence structure?",
            "Is it beyond explanation?",
        ),
        "figure": "evidence share of the variance: 41 % [33, 49]",
        "triage": "two or more of the five questions are answered yes",
        "fix": "RC404: change chunking, K or the sources before any parameter",
        "old": "Goods may be returned within 14 days of delivery, in the original packaging.",
        "new": "From March 2025 the return window is 30 days for every region but Norway.",
        "message": "14 days against 30 days for the same return window",
        "mend": "keep one of the two, or say in both which one holds when",
        "dangling": "It must be approved by them before the second step.",
        "dangling_message": "'It' refers to something outside of the chunk",
        "warning": "3 of 576 answers are unscored: the endpoint gave an empty answer",
        "left": "the experiment asks 36 of 52 questions (experiment.questions)",
        "skip": "scanned pages hold no text",
        "undefined": "no question has gold evidence in the corpus",
        "needed": "about 120 questions, or 4 replicates, at the effect that was seen",
    },
    "zh": {
        "corpus": "qinghe-rules",
        "reason": "证据占比的区间高于生成参数的区间",
        "checklist": (
            "更多或更好的数据能解决吗？",
            "评估在误导我们吗？",
            "应当由系统来约束吗？",
            "是证据结构的问题吗？",
            "已经无法解释了吗？",
        ),
        "figure": "证据所占的方差比例：41 % [33, 49]",
        "triage": "五个问题中有两个或更多回答为是",
        "fix": "RC404：先改切分、K 或资料，再谈参数",
        "old": "自签收之日起7天内可以无理由退货，商品须保持原包装。",
        "new": "二〇二五年三月一日起，退货期限调整为签收后15天，港澳订单除外。",
        "message": "同一退货期限：7天与15天",
        "mend": "只保留其中一条，或在两处都写明各自的适用时间",
        "dangling": "该申请须先经其批准，方可进入下一步。",
        "dangling_message": "“该申请”所指的内容不在本片段中",
        "warning": "576 个回答中有 3 个未评分：服务返回了空回答",
        "left": "实验只提出 52 个问题中的 36 个（experiment.questions）",
        "skip": "扫描页中没有文字",
        "undefined": "没有问题在语料中有金标证据",
        "needed": "按已看到的效应，约需 120 个问题或 4 次重复",
    },
}


def estimate(value: float, half: float = 0.08, n: int = 36) -> Estimate:
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), n=n)


def quote(path: str, line: int, text: str, marked: str | None = None) -> Quote:
    """A quote that begins in column 5; its place is that of the marked words, as in a run."""
    words = marked or text
    skipped = text.index(words)
    start, column = line * 80 + skipped, 5 + skipped
    place = Place(path, line, column, line, column + len(words), start, start + len(words))
    return Quote(place, text, (skipped, skipped + len(words)) if marked else None)


def make_findings(language: str) -> tuple[Finding, ...]:
    words = TEXTS[language]
    conflict = Finding(
        rule="RC401",
        severity="error",
        message=words["message"],
        quote=quote("faq/returns.md", 12, words["old"], "14 days" if language == "en" else "7天"),
        related=quote(
            "policies/returns-2025.md", 48, words["new"], "30 days" if language == "en" else "15天"
        ),
        mend=words["mend"],
        weight=0.31,
        fingerprint="aa11bb22cc33dd44",
        questions=tuple(f"q-{i:03d}" for i in range(1, 17)),
    )
    dangling = Finding(
        rule="RC402",
        severity="warning",
        message=words["dangling_message"],
        quote=quote("legal/approval.md", 7, words["dangling"], words["dangling"][:2]),
        related=None,
        mend=words["mend"],
        weight=0.12,
        fingerprint="0123456789abcdef",
        questions=("q-004",),
    )
    missed = Finding(
        rule="RC403",
        severity="warning",
        message="K = 10",
        quote=quote("support/升级 notes.md", 230, words["new"]),
        related=None,
        mend=words["mend"],
        weight=0.05,
        fingerprint="fedcba9876543210",
        questions=("q-009", "q-010"),
    )
    same_place = replace(conflict, weight=0.2, fingerprint="aa11bb22cc33dd45", related=missed.quote)
    note = replace(
        dangling, severity="note", weight=0.01, fingerprint="00000000000000aa", silenced=True
    )
    return (conflict, same_place, dangling, missed, note)


def make_curve(strategy: str, shift: float) -> Curve:
    points = tuple(
        CurvePoint(
            k,
            {
                "conflict": estimate(min(1.0, 0.05 * k + shift)),
                "sufficiency": estimate(min(1.0, 0.45 + 0.05 * k - shift)),
                "redundancy": estimate(0.02 * k),
                "contradicted_support": estimate(0.03 * k + shift / 2, n=30),
                "self_containedness": estimate(0.7 - shift),
            },
        )
        for k in range(1, 11)
    )
    return Curve(strategy, "fusion", points, Estimate(3.4, 2.6, 4.4, n=17))


def make_attribution(language: str) -> Attribution:
    words = TEXTS[language]
    return Attribution(
        verdict="evidence",
        reason=str(words["reason"]),
        shares={
            "evidence": Estimate(0.41, 0.33, 0.49, n=36),
            "generation": Estimate(0.03, 0.0, 0.07, n=36),
            "interaction": Estimate(0.06, 0.02, 0.12, n=36),
            "noise": Estimate(0.08, 0.05, 0.11, n=36),
            "unit": Estimate(0.42, 0.3, 0.52, n=36),
        },
        contrasts=(
            Contrast("k", "evidence", 1, 5, Estimate(0.21, 0.12, 0.3, n=36), 0.0004),
            Contrast(
                "strategy", "evidence", STRATEGIES[0], STRATEGIES[4],
                Estimate(0.083, 0.01, 0.16, n=36), 0.021,
            ),
            Contrast("temperature", "generation", 0.0, 1.0, Estimate(-0.02, -0.07, 0.03, n=36)),
        ),
        ranges={
            "strategy": (STRATEGIES[0], STRATEGIES[4]),
            "k": (1, 5),
            "temperature": (0.0, 1.0),
        },
        roles={"strategy": "evidence", "k": "evidence", "temperature": "generation"},
        response="correctness",
        units=36,
        trials=576,
        method="components of variance, cluster bootstrap by question",
        smallest_effect=0.06,
        warnings=("top_p has one level and is held constant",),
        properties={"sufficiency": Estimate(0.34, 0.2, 0.47, n=36)},
    )  # fmt: skip


def make_shift(correctness: float, wrong: float, abstained: float) -> AnswerShift:
    return AnswerShift(
        *(Estimate(x, x - 0.11, x + 0.1, n=18) for x in (correctness, wrong, abstained))
    )


def make_contrast(language: str) -> EvidenceContrast:
    return EvidenceContrast(
        verdict="missing",
        reason=str(TEXTS[language]["reason"]),
        questions=18,
        before=estimate(0.61, n=18),
        conflict=make_shift(-0.17, 0.15, 0.02),
        missing=make_shift(-0.52, 0.08, 0.44),
        difference=make_shift(0.35, 0.07, -0.42),
        sources={"corpus": 11, "edited": 7},
        smallest_effect=0.16,
    )


def make_report(language: str) -> Report:
    words = TEXTS[language]
    strategies = tuple(
        StrategySummary(
            strategy=name,
            chunks=1240 - 150 * i,
            median_size=380.0 + 12 * i,
            standalone=estimate(0.52 + 0.08 * i, n=42),
            defects={"truncated_start": 300 - 60 * i, "dangling_reference": 120 + i},
            duplication=0.0 if i != 2 else 0.31,
            gold_coverage=estimate(0.7 + 0.05 * i),
            same_as=STRATEGIES[0] if i == 3 else None,
        )
        for i, name in enumerate(STRATEGIES)
    )
    answers = ("no", "not measured", "no", "yes", "yes")
    checklist = tuple(
        ChecklistItem(question, answer, str(words["figure"]), (f"RC{100 * i + 101}", "RC404")[:2])
        for i, (question, answer) in enumerate(zip(words["checklist"], answers, strict=True))
    )
    return Report(
        corpus=str(words["corpus"]),
        corpus_fingerprint="9f8e7d6c5b4a3921",
        language=language,
        documents=42,
        characters=161_803,
        skipped=(SkippedSource("archive/scan-2019.pdf", str(words["skip"])),),
        questions=52,
        synthetic_questions=False,
        strategies=strategies,
        curves=tuple(make_curve(name, 0.2 - 0.04 * i) for i, name in enumerate(STRATEGIES)),
        quality=(
            QualityPoint(1, estimate(0.41), estimate(0.37), estimate(0.22)),
            QualityPoint(5, estimate(0.62), estimate(0.27), estimate(0.11)),
        ),
        reader=ReaderCheck(estimate(0.72), estimate(0.06, 0.05)),
        attribution=make_attribution(language),
        triage=Triage("stop tuning parameters", str(words["triage"]), checklist, str(words["fix"])),
        findings=make_findings(language),
        warnings=(str(words["warning"]),),
        left_out=(str(words["left"]),),
        config={
            "seed": 0,
            "budget": None,
            "experiment": {"k": [1, 5], "temperature": [0.0, 1.0]},
        },
        provenance={"python": "3.11.9", "packages": {"numpy": "2.1.0", "torch": None}},
        interventions=(
            InterventionEffect("gold_last", "none", 18, make_shift(-0.05, 0.04, 0.01)),
            InterventionEffect(
                "repair_heading", "none", 17, make_shift(0.09, -0.06, -0.03),
                {str(words["undefined"]): 3},
            ),
        ),
        conflict_or_missing=make_contrast(language),
    )  # fmt: skip


def make_trials(questions: int = 6) -> list[dict[str, object]]:
    """Question i is answered correctly by the trials with k = 5 if i is odd, else by none."""
    return [
        {
            "question": f"q-{i:03d}",
            "strategy": strategy,
            "retriever": "fusion",
            "k": k,
            "temperature": temperature,
            "replicate": 0,
            "answer": "30 days",
            "verdict": "correct" if i % 2 and k == 5 else "wrong",
            "correctness": float(i % 2 and k == 5),
        }
        for i in range(questions)
        for strategy in (STRATEGIES[0], STRATEGIES[4])
        for k in (1, 5)
        for temperature in (0.0, 1.0)
    ]


HOSTILE = (
    "<script>alert(1)</script>",
    "\x1b[31mred\x1b[0m",
    "abc\u202edcba\u202c \u2066x\u2069",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %}",
    "javascript:alert(1)\x00\x85\u2028\ud800",
    "</style><svg onload=alert(1)>",
    "](http://evil.example) @everyone #1 | `code` <!--",
)


def make_hostile(language: str = "en") -> Report:
    """Hostile text in every field that comes from documents, questions or models."""
    text = " ".join(HOSTILE)
    report = make_report(language)
    findings = tuple(
        replace(
            finding,
            message=text,
            mend=text,
            quote=Quote(replace(finding.quote.place, path=f"a/{text}.md"), text, (0, 25)),
            related=Quote(finding.quote.place, "x" * 5000 + text, (4990, 5010)),
            questions=(text,),
            fingerprint=f"{text}{i}",
        )
        for i, finding in enumerate(report.findings)
    )
    attribution = report.attribution
    assert attribution is not None
    undefined = Estimate(None, reason=text)
    return replace(
        report,
        corpus=text,
        skipped=(SkippedSource(text, text),),
        strategies=tuple(
            replace(s, strategy=text, same_as=text, standalone=undefined, defects={text: 3})
            for s in report.strategies
        ),
        curves=tuple(
            replace(c, strategy=text, retriever=text, first_conflict_rank=undefined)
            for c in report.curves
        ),
        findings=findings,
        warnings=(text,),
        left_out=(text,),
        attribution=replace(
            attribution,
            reason=text,
            needed=text,
            response=text,
            method=text,
            ranges={text: (text, 1)},
            roles={text: text},
            contrasts=tuple(replace(c, factor=text, level=text) for c in attribution.contrasts),
            properties={text: undefined},
        ),
        triage=Triage(text, text, (ChecklistItem(text, text, text, (text,)),), text, text),
        config={text: text},
        provenance={text: [text]},
        interventions=tuple(
            replace(effect, name=text, reference=text, undefined={text: 1})
            for effect in report.interventions
        ),
        conflict_or_missing=replace(make_contrast(language), reason=text, sources={text: 1}),
    )


def make_bare(language: str = "en") -> Report:
    """A run in which nothing could be measured."""
    undefined = Estimate(None, reason=str(TEXTS[language]["undefined"]))
    report = make_report(language)
    return replace(
        report,
        questions=0,
        strategies=(replace(report.strategies[0], gold_coverage=undefined, standalone=undefined),),
        curves=(),
        quality=(),
        reader=None,
        attribution=None,
        triage=Triage("inconclusive", "?", ()),
        findings=(),
        warnings=(),
        left_out=(),
        skipped=(),
        config={},
        provenance={},
        interventions=(),
        conflict_or_missing=None,
    )


def make_inconclusive(language: str = "en") -> Report:
    """An attribution that settles nothing, with shares that could not be had."""
    report = make_report(language)
    attribution = report.attribution
    assert attribution is not None
    lone = Estimate(0.02, n=1)
    gone = Estimate(None, reason=str(TEXTS[language]["undefined"]))
    return replace(
        report,
        synthetic_questions=True,
        reader=ReaderCheck(gone, lone),
        attribution=replace(
            attribution,
            verdict="inconclusive",
            needed=str(TEXTS[language]["needed"]),
            shares={
                "evidence": Estimate(0.1, -0.04, 0.3, n=8),
                "generation": lone,
                "interaction": gone,
                "noise": Estimate(0.5, 0.2, 1.1, n=8, level=0.9),
                "unit": Estimate(0.38, 0.1, 0.6, n=8),
            },
        ),
        triage=replace(report.triage, verdict="inconclusive", fix_first=None, measure_next="RC201"),
    )


@pytest.fixture
def samples() -> ModuleType:
    """The builders of this file, for tests that need more than one report."""
    return sys.modules[__name__]


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def report(language: str) -> Report:
    return make_report(language)
