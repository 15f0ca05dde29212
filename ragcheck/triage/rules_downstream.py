"""Rules of answers: what needs a rule, what nobody can explain, and what should be refused."""

from __future__ import annotations

from ragcheck.triage.rule import Rule

_OWN_HALF = {
    "en": "a choice of ragcheck's: more often than not",
    "zh": "ragcheck 的选择：多于一半",
}
_OWN_FIFTH = {
    "en": "a choice of ragcheck's: one in five",
    "zh": "ragcheck 的选择：五分之一",
}

DOWNSTREAM = (
    Rule(
        "RC302",
        "rule",
        {
            "en": "answers about rules vary more than other answers",
            "zh": "规则类问题的回答比其他回答更不稳定",
        },
        {
            "en": "Where the gold evidence states an exception, a prohibition, a threshold or "
            "another rule, two answers to one request disagree about right or wrong more often "
            "than elsewhere, by more than this.",
            "zh": "标准证据为例外、禁止、阈值等规则时，同一请求的两次回答对错不一的频率"
            "比其他问题高，差距超过该值。",
        },
        {
            "en": "put the rule into the system layer: a table, a gate or a template; rules.json "
            "lists the rules found",
            "zh": "把规则放到系统层：表格、闸门或模板；rules.json 列出了找到的规则",
        },
        0.10,
        {
            "en": "a choice of ragcheck's: the one of RC301",
            "zh": "ragcheck 的选择：与 RC301 相同",
        },
    ),
    Rule(
        "RC303",
        "rule",
        {
            "en": "answers drop the exception or the threshold",
            "zh": "回答遗漏了例外或阈值",
        },
        {
            "en": "With complete evidence and no conflict in it, more than this share of the "
            "answers about a rule gives another value or the opposite.",
            "zh": "证据完整且无矛盾时，关于规则的回答中超过该比例给出了别的数值或相反的意思。",
        },
        {
            "en": "answer such questions from a table or behind a gate; rules.json lists the "
            "rules found",
            "zh": "这类问题用表格或闸门回答；rules.json 列出了找到的规则",
        },
        0.20,
        _OWN_FIFTH,
    ),
    Rule(
        "RC503",
        "explanation",
        {
            "en": "the same question is right and wrong under the same parameters",
            "zh": "同一问题在相同参数下时对时错",
        },
        {
            "en": "Of two answers to one request that differ in the seed alone, more than this "
            "share are one right and one wrong.",
            "zh": "仅随机种子不同的两次回答中，一对一错的比例超过该值。",
        },
        {
            "en": "lower the temperature or answer by vote before comparing anything",
            "zh": "在比较之前，先降低温度或用多数表决作答",
        },
        0.20,
        _OWN_FIFTH,
    ),
    Rule(
        "RC504",
        "explanation",
        {
            "en": "the best configuration depends on which questions are asked",
            "zh": "哪个配置最好取决于问了哪些问题",
        },
        {
            "en": "Configurations that lie ten points or more apart are ordered differently by two "
            "halves of the questions: their rank correlation (Kendall's tau) stays below this.",
            "zh": "配置之间相差十个百分点以上，而两半问题给出的排序不同："
            "秩相关（Kendall tau）低于该值。",
        },
        {
            "en": "ask more questions before choosing a configuration: this order is chance",
            "zh": "在选择配置之前先增加问题：目前的排序是偶然的",
        },
        0.20,
        {
            "en": "a choice of ragcheck's: two halves that agree on fewer than three of five pairs",
            "zh": "ragcheck 的选择：两半问题只在不到五分之三的配置对上一致",
        },
        fires="below",
        least=-1.0,
    ),
    Rule(
        "RC603",
        "refusal",
        {
            "en": "questions are refused though the evidence is there",
            "zh": "证据齐全却拒绝回答",
        },
        {
            "en": "With all of the evidence in the prompt, more than this share of the answers is "
            "a refusal.",
            "zh": "证据全部在提示中，拒答的比例仍超过该值。",
        },
        {
            "en": "take refusing out of the prompt and decide it by a gate on sufficiency",
            "zh": "不要让提示决定拒答，改由充分度闸门决定",
        },
        0.20,
        _OWN_FIFTH,
    ),
    Rule(
        "RC604",
        "refusal",
        {
            "en": "confident and wrong where the evidence is missing or contradicts itself",
            "zh": "证据缺失或自相矛盾时自信地答错",
        },
        {
            "en": "Where the evidence is incomplete or holds a conflict, more than this share of "
            "the answers is wrong and no refusal.",
            "zh": "证据不完整或含有矛盾时，答错而未拒答的比例超过该值。",
        },
        {
            "en": "add a gate on sufficiency and conflict in front of the model; the figure names "
            "its threshold",
            "zh": "在模型之前按充分度和矛盾设置闸门；数值中给出了其阈值",
        },
        0.50,
        _OWN_HALF,
    ),
)
