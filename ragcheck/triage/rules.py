"""Every rule, once: its stable ID, what it means, its threshold and how to mend what it finds."""

from __future__ import annotations

from collections.abc import Mapping

from ragcheck.triage.rule import PROBLEMS, Rule, Words
from ragcheck.triage.rules_downstream import DOWNSTREAM
from ragcheck.triage.rules_upstream import UPSTREAM

__all__ = ["PROBLEMS", "RULES", "Rule", "Words"]

_RULES = (
    Rule(
        "RC001",
        "model",
        {
            "en": "the model misses evidence that is in front of it",
            "zh": "证据就在眼前，模型却答不对",
        },
        {
            "en": "With all of the evidence in the prompt and the most careful sampling, less than "
            "this share of the answers is right. Neither side of the prompt mends that.",
            "zh": "证据全部在提示中，并且采用最保守的采样时，正确率仍低于该值。"
            "改提示的任何一侧都无济于事。",
        },
        {
            "en": "use a stronger model, then measure again: what it answers now says little",
            "zh": "换用更强的模型后重新测量：目前的回答说明不了什么",
        },
        0.50,
        fires="below",
    ),
    Rule(
        "RC101",
        "data",
        {"en": "sources contradict the answer", "zh": "资料之间互相矛盾"},
        {
            "en": "For more than this share of the questions, a passage in the top K contradicts "
            "one that holds the answer. No parameter chooses between two sources.",
            "zh": "超过该比例的问题，前 K 段中有一段与含答案的段落相矛盾。"
            "参数无法在两个来源之间做选择。",
        },
        {
            "en": "reconcile or archive one of the two sources, or index their validity dates",
            "zh": "统一或归档其中一份资料，或为其建立有效期索引",
        },
        0.10,
    ),
    Rule(
        "RC201",
        "evaluation",
        {
            "en": "metrics order the configurations differently",
            "zh": "不同指标给出的配置排序不同",
        },
        {
            "en": "The rank correlation (Kendall's tau) over configurations between correctness "
            "and token F1 stays below this value: tuning on one makes the other worse.",
            "zh": "各配置在正确率与词元 F1 上的秩相关（Kendall tau）低于该值："
            "按一个指标调优会使另一个变差。",
        },
        {
            "en": "choose the metric that follows the accepted answers before comparing anything",
            "zh": "在比较配置之前，先选用与标准答案一致的指标",
        },
        0.5,
        fires="below",
        least=-1.0,
    ),
    Rule(
        "RC301",
        "rule",
        {
            "en": "questions about rules are answered worse than plain ones",
            "zh": "规则类问题的回答比普通问题差",
        },
        {
            "en": "With complete evidence, answers to rule-with-exception questions are less often "
            "right than those to plain questions, by more than this.",
            "zh": "在证据完整的情况下，带例外的规则类问题的正确率比普通问题低，差距超过该值。",
        },
        {
            "en": "put the rule into the system layer: a table, a gate or a template",
            "zh": "把规则放到系统层：表格、闸门或模板",
        },
        0.10,
    ),
    Rule(
        "RC401",
        "evidence",
        {
            "en": "two passages in the top K contradict each other",
            "zh": "前 K 段中有两段互相矛盾",
        },
        {
            "en": "The model has to choose, and tells a reasonable story either way.",
            "zh": "模型只能二选一，而且无论选哪个都能自圆其说。",
        },
        {
            "en": "keep one of the two, or say in both which one holds when",
            "zh": "只保留其一，或在两处写明各自的适用条件",
        },
    ),
    Rule(
        "RC402",
        "evidence",
        {
            "en": "a retrieved chunk cannot be understood alone",
            "zh": "检索到的片段无法独立理解",
        },
        {
            "en": "What its statements are about stands outside the chunk.",
            "zh": "其陈述所指的对象在片段之外。",
        },
        {
            "en": "cut at headings and carry the heading path, or repeat the subject",
            "zh": "按标题切分并携带标题路径，或重复主语",
        },
    ),
    Rule(
        "RC403",
        "evidence",
        {"en": "the evidence is not retrieved", "zh": "证据没有被检索到"},
        {
            "en": "The passage that holds the answer is not among the top K.",
            "zh": "含有答案的段落不在前 K 段之中。",
        },
        {
            "en": "repair the chunk or the retriever: the question does not lead to this passage",
            "zh": "修复片段或检索器：问题无法引向这一段",
        },
    ),
    Rule(
        "RC404",
        "evidence",
        {"en": "answer quality follows the evidence", "zh": "回答质量取决于证据"},
        {
            "en": "The attribution's verdict is evidence, both or interaction.",
            "zh": "归因结论为证据、两者或交互作用。",
        },
        {
            "en": "change chunking, K or the sources before any parameter",
            "zh": "先改切分、K 或资料来源，再谈参数",
        },
    ),
    Rule(
        "RC405",
        "evidence",
        {"en": "few chunks stand alone", "zh": "能独立理解的片段太少"},
        {
            "en": "Less than this share of the chunks stands alone, even under the best strategy "
            "of the experiment.",
            "zh": "即使在实验中最好的切分策略下，能独立理解的片段也低于该比例。",
        },
        {
            "en": "choose the strategy with the largest share, or repair the documents' sections",
            "zh": "选用比例最高的切分策略，或修复文档的章节结构",
        },
        0.75,
        fires="below",
    ),
    Rule(
        "RC406",
        "evidence",
        {"en": "evidence is missing at the largest K", "zh": "K 取最大时证据仍不完整"},
        {
            "en": "For more than this share of the questions the gold evidence is not complete.",
            "zh": "超过该比例的问题，其标准证据不完整。",
        },
        {
            "en": "find out why the passages are not retrieved; findings RC403 name the known ones",
            "zh": "查明该段为何没有被检索到；RC403 的发现列出已知的段落",
        },
        0.20,
    ),
    Rule(
        "RC501",
        "explanation",
        {
            "en": "the same parameters give different answers",
            "zh": "相同参数给出不同的回答",
        },
        {
            "en": "Replicate noise is more than this share of the variance.",
            "zh": "重复试验的噪声超过方差的该比例。",
        },
        {
            "en": "lower the temperature or add replicates before comparing anything",
            "zh": "在比较之前，先降低温度或增加重复次数",
        },
        0.50,
    ),
    Rule(
        "RC502",
        "explanation",
        {
            "en": "one request, different answers",
            "zh": "同一请求，回答不同",
        },
        {
            "en": "Of two answers to the same question with the same passages and parameters, "
            "more than this share differ.",
            "zh": "问题、段落和参数都相同时，两次回答不同的比例超过该值。",
        },
        {
            "en": "lower the temperature or fix the seed before comparing anything",
            "zh": "在比较之前，先降低温度或固定随机种子",
        },
        0.20,
    ),
    Rule(
        "RC601",
        "refusal",
        {
            "en": "unanswerable questions get an answer",
            "zh": "无法回答的问题也得到了回答",
        },
        {
            "en": "More than this share of the answers to unanswerable questions is not a refusal.",
            "zh": "对无法回答的问题，未拒答的比例超过该值。",
        },
        {
            "en": "add a gate that refuses when sufficiency is low; the model does not do it",
            "zh": "在证据充分度低时由闸门拒答；模型自己做不到",
        },
        0.20,
    ),
    Rule(
        "RC602",
        "refusal",
        {
            "en": "questions without evidence get an answer",
            "zh": "没有证据的问题也得到了回答",
        },
        {
            "en": "Where no retrieved passage holds the answer, more than this share of the "
            "questions is answered nevertheless.",
            "zh": "检索到的段落不含答案时，仍然作答的比例超过该值。",
        },
        {
            "en": "add a gate that refuses when sufficiency is low; the model does not do it",
            "zh": "在证据充分度低时由闸门拒答；模型自己做不到",
        },
        0.50,
    ),
)

RULES: Mapping[str, Rule] = {
    rule.id: rule for rule in sorted((*_RULES, *UPSTREAM, *DOWNSTREAM), key=lambda rule: rule.id)
}
