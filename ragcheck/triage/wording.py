"""The sentences of findings, signals and the decision, by language."""

from __future__ import annotations

from collections.abc import Mapping

from ragcheck.records.results import Estimate

_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "contradicted": "support contradicted at K = {k}: {figure}",
        "incomplete": "evidence incomplete at K = {k}: {figure}",
        "standalone": "chunks that stand alone, {strategy}: {figure}",
        "evidence_share": "evidence share of the variance: {figure}",
        "noise_share": "replicate noise in the variance: {figure}",
        "rule_gap": "plain minus rule questions, evidence complete: {figure}",
        "answered": "answers to unanswerable questions: {figure}",
        "differing": "pairs of answers to one request that differ: {figure}",
        "answered_without": "answered without evidence: {figure}",
        "one_passage": "one passage a question has nothing to contradict it",
        "no_answers_recorded": "no answers, or nothing that tells which passages hold them",
        "not_measured": "not measured ({reason})",
        "no_interval": "{figure}, too few for an interval",
        "too_few": "{figure} from {n} alone, 5 are the least",
        "too_few_rules": "needs 3 plain and 3 rule questions with complete evidence",
        "no_unanswerable": "no unanswerable question was asked",
        "sampled": "{figure}; at temperature {temperature}, ability and chance are not told apart",
        "reader": "right answers with all evidence in the prompt: {figure}",
        "missed": "not among the top {k} for: {question}",
        "conflict": "these two passages contradict each other",
        "q_data": "Can more or better data fix it?",
        "q_evaluation": "Is the evaluation misleading us?",
        "q_system": "Should the system constrain it?",
        "q_evidence": "Is it evidence structure?",
        "q_explanation": "Is it beyond explanation?",
        "nothing": "nothing in this run bears on it",
        "model": "the model misses evidence that is in front of it ({figure})",
        "stop": "two or more of the five questions are answered yes",
        "keep": "answer quality follows the generation parameters, no structural fault was found",
        "one_yes": "only one of the five questions is answered yes: {question}",
        "none_yes": "none of the five questions is answered yes, and the parameters do not decide",
    },
    "zh": {
        "contradicted": "K = {k} 时答案依据被反驳的比例：{figure}",
        "incomplete": "K = {k} 时证据不完整的比例：{figure}",
        "standalone": "能独立理解的片段，{strategy}：{figure}",
        "evidence_share": "证据所占的方差比例：{figure}",
        "noise_share": "重复噪声所占的方差比例：{figure}",
        "rule_gap": "证据完整时，普通问题与规则问题之差：{figure}",
        "answered": "对无法回答的问题作答的比例：{figure}",
        "differing": "同一请求的两次回答不同的比例：{figure}",
        "answered_without": "没有证据却作答的比例：{figure}",
        "one_passage": "每个问题只有一段，没有可与之矛盾的段落",
        "no_answers_recorded": "没有记录回答，或无从得知哪些段落含有答案",
        "not_measured": "未测量（{reason}）",
        "no_interval": "{figure}，样本太少，没有区间",
        "too_few": "{figure}，样本仅 {n} 个，至少需要 5 个",
        "too_few_rules": "需要证据完整的普通问题和规则问题各 3 个",
        "no_unanswerable": "没有提出无法回答的问题",
        "sampled": "{figure}；温度为 {temperature} 时无法区分能力与偶然",
        "reader": "证据全部在提示中时的正确率：{figure}",
        "missed": "不在以下问题的前 {k} 段之中：{question}",
        "conflict": "这两段互相矛盾",
        "q_data": "更多或更好的数据能解决吗？",
        "q_evaluation": "评估在误导我们吗？",
        "q_system": "应当由系统来约束吗？",
        "q_evidence": "是证据结构的问题吗？",
        "q_explanation": "已经无法解释了吗？",
        "nothing": "本次运行中没有与此相关的测量",
        "model": "证据就在眼前，模型却答不对（{figure}）",
        "stop": "五个问题中有两个或以上回答为“是”",
        "keep": "回答质量取决于生成参数，未发现结构性问题",
        "one_yes": "五个问题中只有一个回答为“是”：{question}",
        "none_yes": "五个问题没有一个回答为“是”，参数也起不了决定作用",
    },
}


def say(language: str, phrase: str, **values: object) -> str:
    """The phrase in one language, with its values filled in."""
    return _PHRASES[language][phrase].format(**values)


def percent(estimate: Estimate, language: str) -> str:
    """``42 % [35, 49]``, or that and why there is no number."""
    if estimate.value is None:
        return say(language, "not_measured", reason=estimate.reason)
    if estimate.low is None or estimate.high is None:
        return f"{100 * estimate.value:.0f} %"
    return f"{100 * estimate.value:.0f} % [{100 * estimate.low:.0f}, {100 * estimate.high:.0f}]"
