"""Why an intervention is not defined on a set of evidence, by language."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "no_gold": "the gold evidence of the question is not known",
        "no_support": "no passage bears gold evidence",
        "no_conflict": "no passage contradicts another that bears gold evidence",
        "has_conflict": "a passage already contradicts the gold evidence",
        "no_rival": "nothing that contradicts the gold evidence was found or could be made",
        "no_near": "the retriever gave no further passage",
        "no_others": "the corpus has no other passage",
        "nothing_to_repair": "no passage lacks what the repair adds",
    },
    "zh": {
        "no_gold": "该问题的金标证据未知",
        "no_support": "没有片段含金标证据",
        "no_conflict": "没有片段与含金标证据的片段矛盾",
        "has_conflict": "已有片段与金标证据矛盾",
        "no_rival": "没有找到、也无法构造与金标证据矛盾的内容",
        "no_near": "检索器没有给出更多片段",
        "no_others": "语料中没有其他片段",
        "nothing_to_repair": "没有片段缺少该修复所补充的内容",
    },
}
