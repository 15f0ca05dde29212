"""The sentences of the signals and findings of data, evaluation, rules and refusal, by language."""

from __future__ import annotations

from collections.abc import Mapping

_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "duplicates": "questions with a near-duplicate whose gold answer differs: {figure}",
        "duplicate": "almost the same question has another gold answer: “{one}” ({first}) and "
        "“{other}” ({second})",
        "no_pair": "needs 5 questions with accepted answers",
        "across": "questions with a conflict across {how}: {figure}; inside one of them: {inside}",
        "across_versions": "versions",
        "across_dates": "dates",
        "across_regions": "regions",
        "across_languages": "languages",
        "across_nothing": "versions, dates, regions or languages",
        "no_questions": "no question",
        "largest": "largest share of the questions, {what}: {figure}; evenness of kinds {even}",
        "kind_number": "answers that are a number or an amount",
        "kind_date": "answers that are a date or a time",
        "kind_polarity": "answers yes or no",
        "kind_words": "answers in words",
        "kind_none": "unanswerable",
        "one_document": "evidence in {path}",
        "boundaries": "questions about one of the corpus's {stated} exceptions and prohibitions: "
        "{figure}{unanswerable}",
        "no_unanswerable_asked": "; no unanswerable question",
        "few_boundaries": "needs 10 exceptions or prohibitions in the corpus, and questions with "
        "evidence",
        "untouched": "no question touches this {kind}",
        "exception": "exception",
        "prohibition": "prohibition",
        "threshold": "threshold",
        "obligation": "obligation",
        "permission": "permission",
        "liability": "liability",
        "agreement": "rank agreement of correctness and {metric}: {figure}",
        "too_few_cells": "needs 3 configurations and 5 scored questions",
        "all_equal": "every configuration scores the same",
        "liked_wrong": "answers that the metric counts as right and that contradict the gold "
        "answer: {figure}; by token overlap it would be {overlap}",
        "nothing_liked": "no answer scores a half or above",
        "dangerous": "“{answer}” scores {score} by {metric} and contradicts the gold answer "
        "“{gold}” of: {question}",
        "discrimination": "a right answer over a plausible wrong one (AUROC), {scorer}: {figure}; "
        "{others}",
        "no_probe": "needs 5 gold answers in which a number, a name or a yes can be changed",
        "rule_variation": "rule questions less others, right and wrong under one request: {figure}",
        "rule_dropped": "answers about rules that give another value or the opposite, evidence "
        "complete: {figure}",
        "too_few_groups": "needs 3 rule questions and 3 others, each answered again with another "
        "seed",
        "no_rule_answer": "no answer about a rule with complete evidence and no conflict",
        "dropped": "the answer “{answer}” leaves out this {kind}; asked: {question}",
        "flips": "pairs of answers to one request, one right and one wrong: {figure}; "
        "entropy of the answers {entropy} bits",
        "no_replicates": "no request was sent again with another seed at a temperature above 0",
        "halves": "rank agreement of two halves of the questions: {figure}",
        "configurations_alike": "configurations lie less than ten points apart",
        "answered_absent": "answers though no evidence was retrieved: {figure}",
        "all_retrieved": "every question had some of its evidence",
        "refused": "refusals with all of the evidence in the prompt: {figure}",
        "none_complete": "no answer had all of its evidence",
        "confident_wrong": "wrong and no refusal where evidence is incomplete or conflicting: "
        "{figure}{gate}",
        "none_incomplete": "evidence was complete and without conflict everywhere",
        "gate": "; answering only at sufficiency of {threshold:g} or more, {risk} of the answers "
        "would be wrong and {coverage} of the questions answered",
        "no_gate": "; no threshold on sufficiency brings the wrong answers to {target} or less",
        "cooler": "; at temperature {low:g} instead of {high:g} the share changes by {figure}",
        "expected_missing": "the evidence misses for {share} of the questions, and leaving it out "
        "of complete evidence took {cost} of correctness here: mending it can bring up to {gain}",
        "expected_conflict": "{share} of the questions have their evidence contradicted, and one "
        "conflicting passage took {cost} of correctness here: mending it can bring up to {gain}",
        "expected_share": "up to {gain} more right answers, if every such case is mended",
        "expected_contrast": "{factor} {level} instead of {reference} changed correctness by "
        "{gain} here",
        "expected_unknown": "not known from this run: set experiment.interventions to measure it",
        "expected_measuring": "nothing in the answers themselves: the numbers begin to mean "
        "something",
        "expected": ". Expected: {what}.",
        "after": " Afterwards: run again and compare {rule} and correctness with this run.",
    },
    "zh": {
        "duplicates": "有几乎相同的问题且标准答案不同的问题：{figure}",
        "duplicate": "几乎相同的问题有不同的标准答案：“{one}”（{first}）与“{other}”（{second}）",
        "no_pair": "需要 5 个有标准答案的问题",
        "across": "前 K 段跨{how}互相矛盾的问题：{figure}；同一来源内部：{inside}",
        "across_versions": "版本",
        "across_dates": "日期",
        "across_regions": "地区",
        "across_languages": "语言",
        "across_nothing": "版本、日期、地区或语言",
        "no_questions": "没有问题",
        "largest": "占比最大的一类问题，{what}：{figure}；类型均匀度 {even}",
        "kind_number": "答案为数字或数量",
        "kind_date": "答案为日期或时间",
        "kind_polarity": "答案为是或否",
        "kind_words": "答案为文字",
        "kind_none": "无法回答",
        "one_document": "证据在 {path}",
        "boundaries": "涉及资料中 {stated} 条例外和禁止条款之一的问题：{figure}{unanswerable}",
        "no_unanswerable_asked": "；没有无法回答的问题",
        "few_boundaries": "资料中需要 10 条例外或禁止条款，并需要有证据的问题",
        "untouched": "没有问题涉及这一{kind}",
        "exception": "例外",
        "prohibition": "禁止条款",
        "threshold": "阈值",
        "obligation": "义务",
        "permission": "许可",
        "liability": "责任条款",
        "agreement": "正确率与{metric}的排序一致性：{figure}",
        "too_few_cells": "需要 3 个配置和 5 个已评分的问题",
        "all_equal": "所有配置得分相同",
        "liked_wrong": "被指标计为正确却与标准答案相反的回答：{figure}；按词元重合则为 {overlap}",
        "nothing_liked": "没有得分达到一半的回答",
        "dangerous": "“{answer}”按{metric}得 {score}，却与标准答案“{gold}”相反；问题：{question}",
        "discrimination": "正确答案排在似是而非的错误答案之前（AUROC），{scorer}：{figure}；"
        "{others}",
        "no_probe": "需要 5 个可改动其中数字、名称或是否的标准答案",
        "rule_variation": "规则类问题与其他问题相比，同一请求时对时错之差：{figure}",
        "rule_dropped": "证据完整时，关于规则的回答给出别的数值或相反意思：{figure}",
        "too_few_groups": "需要规则类问题和其他问题各 3 个，并以不同种子重复作答",
        "no_rule_answer": "没有证据完整且无矛盾的规则类回答",
        "dropped": "回答“{answer}”遗漏了这一{kind}；问题：{question}",
        "flips": "同一请求的两次回答一对一错：{figure}；回答的熵为 {entropy} 比特",
        "no_replicates": "没有在温度高于 0 时以不同种子重复的请求",
        "halves": "两半问题的排序一致性：{figure}",
        "configurations_alike": "配置之间相差不到十个百分点",
        "answered_absent": "没有检索到证据却作答：{figure}",
        "all_retrieved": "每个问题都检索到了部分证据",
        "refused": "证据全部在提示中仍拒答：{figure}",
        "none_complete": "没有证据完整的回答",
        "confident_wrong": "证据不完整或有矛盾时答错而未拒答：{figure}{gate}",
        "none_incomplete": "所有证据都完整且无矛盾",
        "gate": "；若只在充分度不低于 {threshold:g} 时作答，答错的占 {risk}，"
        "作答的问题占 {coverage}",
        "no_gate": "；没有任何充分度阈值能把答错的比例降到 {target} 以下",
        "cooler": "；温度由 {high:g} 降到 {low:g}，该比例变化 {figure}",
        "expected_missing": "{share}的问题证据缺失，而本次从完整证据中去掉它使正确率变化 {cost}："
        "修复后最多可提高 {gain}",
        "expected_conflict": "{share}的问题其证据被反驳，而本次加入一段矛盾内容使正确率变化 "
        "{cost}："
        "修复后最多可提高 {gain}",
        "expected_share": "若全部修复，正确回答最多增加 {gain}",
        "expected_contrast": "{factor} 由 {reference} 改为 {level}，本次正确率变化 {gain}",
        "expected_unknown": "本次运行无法得知：设置 experiment.interventions 后可测量",
        "expected_measuring": "回答本身不变，但数字从此有了意义",
        "expected": "。预期：{what}。",
        "after": "之后：重新运行，与本次比较 {rule} 和正确率。",
    },
}  # fmt: skip


def say(language: str, phrase: str, **values: object) -> str:
    """The phrase in one language, with its values filled in."""
    return _PHRASES[language][phrase].format(**values)


def phrases(language: str) -> Mapping[str, str]:
    """Every phrase of one language."""
    return _PHRASES[language]
