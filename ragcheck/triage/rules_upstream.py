"""Rules of the data and of the evaluation: what is wrong before any model is asked."""

from __future__ import annotations

from ragcheck.triage.rule import Rule

UPSTREAM = (
    Rule(
        "RC102",
        "data",
        {
            "en": "near-duplicate questions have different gold answers",
            "zh": "几乎相同的问题，标准答案却不同",
        },
        {
            "en": "More than this share of the questions has a near-duplicate whose accepted "
            "answers say something else. Whatever is answered, one of the two counts as wrong.",
            "zh": "超过该比例的问题有一个几乎相同的问题，而两者的标准答案不一致。"
            "无论怎么回答，总有一个被判为错误。",
        },
        {
            "en": "decide which of the two gold answers holds, or say in the questions what "
            "tells them apart; then score again",
            "zh": "确定两个标准答案中哪一个成立，或在问题中写明区别；然后重新评分",
        },
        0.03,
        {
            "en": "the mean share of wrong labels in ten test sets that are in wide use is 3.3 % "
            "(Northcutt et al. 2021, arXiv:2103.14749)",
            "zh": "十个常用测试集的平均标注错误率为 3.3 %（Northcutt 等 2021，arXiv:2103.14749）",
        },
    ),
    Rule(
        "RC103",
        "data",
        {
            "en": "versions, regions or languages are mixed and disagree",
            "zh": "版本、地区或语言混在一起且互相矛盾",
        },
        {
            "en": "For more than this share of the questions, the top K holds a conflict between "
            "documents of different versions, dates, regions or languages, and such conflicts are "
            "more frequent than those inside one of them.",
            "zh": "超过该比例的问题，前 K 段中含有不同版本、日期、地区或语言的文档之间的矛盾，"
            "并且这种矛盾多于同一来源内部的矛盾。",
        },
        {
            "en": "index one version and region at a time, or filter by them when retrieving",
            "zh": "每次只索引一个版本和地区，或在检索时按其过滤",
        },
        0.10,
        {
            "en": "a choice of ragcheck's: the one of RC101",
            "zh": "ragcheck 的选择：与 RC101 相同",
        },
    ),
    Rule(
        "RC104",
        "data",
        {
            "en": "one kind of answer or one document drowns the rest of the questions",
            "zh": "一种答案或一份文档淹没了其余问题",
        },
        {
            "en": "More than this share of the questions asks for one kind of answer, or for one "
            "document out of four or more: a mean over them says nothing about the rest.",
            "zh": "超过该比例的问题都要求同一种答案，或都来自四份以上文档中的同一份："
            "其平均值说明不了其余部分。",
        },
        {
            "en": "add questions of the other kinds, and report each kind apart",
            "zh": "补充其他类型的问题，并分类型报告",
        },
        0.75,
        {
            "en": "a choice of ragcheck's: above it, answering the one kind alone moves the mean "
            "three times as much as everything else together",
            "zh": "ragcheck 的选择：超过该值时，仅这一种问题对平均值的影响就是其余全部的三倍",
        },
    ),
    Rule(
        "RC105",
        "data",
        {
            "en": "the questions leave out the corpus's exceptions and prohibitions",
            "zh": "问题遗漏了资料中的例外和禁止条款",
        },
        {
            "en": "Fewer than this share of the questions with evidence asks about an exception or "
            "a prohibition, though the corpus states ten or more: the cases that go wrong in use "
            "are not tested.",
            "zh": "资料中有十条以上例外或禁止条款，而有证据的问题中涉及它们的比例低于该值："
            "实际使用中容易出错的情况没有被测试。",
        },
        {
            "en": "write questions for the exceptions and prohibitions that the findings list",
            "zh": "为发现中列出的例外和禁止条款编写问题",
        },
        0.20,
        {
            "en": "a choice of ragcheck's: one in five, so that 16 questions without any can tell",
            "zh": "ragcheck 的选择：五分之一，这样有 16 个完全不涉及的问题即可判定",
        },
        fires="below",
    ),
    Rule(
        "RC202",
        "evaluation",
        {
            "en": "the metric likes it and it is wrong",
            "zh": "指标给了高分，答案却是错的",
        },
        {
            "en": "Of the answers that the metric in use scores at a half or above, more than this "
            "share gives another value, another name or the opposite of the gold answer.",
            "zh": "在所用指标给分达到一半以上的回答中，超过该比例给出的数值、名称与标准答案不同，"
            "或意思相反。",
        },
        {
            "en": "score values, names and yes or no as such (short_answer), not shared words",
            "zh": "按数值、名称和是否来评分（short_answer），而不是按共有词语",
        },
        0.10,
        {
            "en": "a choice of ragcheck's: one in ten of what is counted as right",
            "zh": "ragcheck 的选择：被计为正确的回答中每十个有一个",
        },
    ),
    Rule(
        "RC203",
        "evaluation",
        {
            "en": "the metric cannot tell a right answer from a plausible wrong one",
            "zh": "指标分不清正确答案与似是而非的错误答案",
        },
        {
            "en": "Gold answers in other words, and the same with another number, another name or "
            "the opposite: the metric in use ranks a right one over a wrong one less often than "
            "this (AUROC; a coin gives 0.5).",
            "zh": "把标准答案换一种说法，再把其中的数字、名称改掉或改为相反："
            "所用指标把正确者排在错误者之前的频率低于该值（AUROC；随机为 0.5）。",
        },
        {
            "en": "replace the metric before comparing anything: what it ranked says little",
            "zh": "在做任何比较之前先更换指标：它给出的排序说明不了什么",
        },
        0.90,
        {
            "en": "AUROC from 0.9 on is called outstanding discrimination (Hosmer & Lemeshow 2000, "
            "Applied Logistic Regression, 5.2.4); the wrong answers here differ in what matters",
            "zh": "AUROC 达到 0.9 称为区分极好（Hosmer 与 Lemeshow 2000，"
            "Applied Logistic Regression，5.2.4）；这里的错误答案恰恰错在关键之处",
        },
        fires="below",
    ),
)
