"""What a check says, in each language. Placeholders are the same in all of them."""

from __future__ import annotations

from collections.abc import Mapping

from ragcheck.records.results import Report

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "ragcheck check: {corpus}, {documents} documents, {questions} questions{made}",
        "made": " made from the corpus",
        "passed": "passed",
        "failed": "failed",
        "inconclusive": "inconclusive",
        "not measured": "not measured",
        "healthy": "healthy: every gate passed",
        "no_gate": "no gate was asked for",
        "changed": "narrowed to what touches {count} changed documents",
        "new": "New findings: {count}",
        "all": "Findings: {count}",
        "known": "accepted by the baseline: {count}",
        "gone": "Gone since the baseline: {count}",
        "more": "and {count} more",
        "mend": "mend",
        "notes": "{count} warnings and unread sources; --format json lists them",
        "against": "against",
        "gate": "Gate",
        "outcome": "Outcome",
        "figure": "Figure",
        "figures": "Figures",
        "measure": "Measure",
        "none_new": "Nothing new.",
        "none": "No findings.",
    },
    "zh": {
        "head": "ragcheck check：{corpus}，{documents} 份文档，{questions} 个问题{made}",
        "made": "（由语料生成）",
        "passed": "通过",
        "failed": "未通过",
        "inconclusive": "无法判定",
        "not measured": "未测量",
        "healthy": "健康：所有闸门均通过",
        "no_gate": "没有设置闸门",
        "changed": "仅限涉及 {count} 份已变更文档的发现",
        "new": "新发现：{count}",
        "all": "发现：{count}",
        "known": "基线已接受：{count}",
        "gone": "自基线以来已消失：{count}",
        "more": "另有 {count} 处",
        "mend": "修复",
        "notes": "{count} 条警告或未读来源；用 --format json 查看",
        "against": "对",
        "gate": "闸门",
        "outcome": "结果",
        "figure": "数值",
        "figures": "数值",
        "measure": "指标",
        "none_new": "没有新发现。",
        "none": "没有发现。",
    },
}


def tell(language: str, key: str, **values: object) -> str:
    """The text under a key with its placeholders filled; English for any other language."""
    return WORDS.get(language, WORDS["en"])[key].format(**values)


def head(report: Report, corpus: str) -> str:
    """One line: what was checked."""
    made = tell(report.language, "made") if report.synthetic_questions else ""
    return tell(
        report.language,
        "head",
        corpus=corpus,
        documents=report.documents,
        questions=report.questions,
        made=made,
    )


def ending(report: Report) -> str:
    """One line: what came of it; the gravest outcome of any gate."""
    outcomes = {gate.outcome for gate in report.gates}
    for outcome in ("failed", "inconclusive", "not measured"):
        if outcome in outcomes:
            return tell(report.language, outcome)
    return tell(report.language, "healthy" if outcomes else "no_gate")
