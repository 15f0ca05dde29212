"""What a run says of itself in the report's warnings and of what it left out, by language."""

from __future__ import annotations

from collections.abc import Mapping

PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "approximate": (
            "{route}: the vector search is approximate; its recall at {k} against exact search is"
            " {recall:.3f}, measured on {count} questions"
        ),
        "approximate_neighbours": (
            "each statement is compared with its nearest in an approximate graph, which holds a"
            " share of {recall:.3f} of the true nearest (measured on a sample)"
        ),
        "sampled": (
            "the experiment asks {asked} of {questions} questions (experiment.questions);"
            " the curves use them all"
        ),
        "budget": (
            "the budget of {budget} model calls covers {covered} of {questions} questions;"
            " all of them need {calls} calls"
        ),
        "fraction": (
            "each question is asked in {asked} of {cells} cells: a D-optimal fraction of the full"
            " design, with an efficiency of {efficiency:.0%} a trial"
        ),
        "budget_interventions": (
            "the budget leaves {budget} model calls for the interventions, which covers {covered}"
            " of {questions} questions; all of them need {calls} calls"
        ),
        "undefined_edit": "trials without the edit {edit}: {count}, because {reason}",
        "unscorable": (
            "questions without an accepted answer, which the experiment does not ask: {count}"
        ),
        "unscored": "{count} of {trials} answers are unscored: {reason}",
        "no_answer": "the model gave no answer: {failure}",
        "no_accepted_answer": "the question has no accepted answer",
        "no_reason": "no reason given",
        "no_scored_answer": "no answer could be scored",
        "no_attribution": "no attribution: {problem}",
        "nothing_varied": "no attribution: the experiment varies no factor",
        "nothing_scored": "no attribution: no answer could be scored",
        "no_evidence_level": "no answer with a sufficiency of {sufficiency:g} was measured",
        "no_questions": "there are no questions",
        "other_judge": "the evidence was judged by {judge}",
        "no_route": "{route} was not measured",
        "skipped_records": "{count} of {all} records were left out: {reasons}",
        "no_gold_recorded": (
            "neither gold passages nor reference answers were recorded: whether the passages hold"
            " the answer cannot be known"
        ),
        "no_correctness_recorded": (
            "neither scores nor reference answers were recorded: whether the answers are right"
            " cannot be known"
        ),
        "by_reference": (
            "a passage is taken to hold the answer where it says a reference answer word for word"
            " or as the same value"
        ),
        "observed": (
            "the effects of the evidence were observed, not set: harder questions may have worse"
            " evidence"
        ),
        "beyond_k": "the evidence was measured up to K = {k} (evidence.max_k)",
        "no_shared_question": "no question has a scored answer in both states",
        "passages_differ": "other passages for {moved} of {whole} questions",
        "state_unscored": "{name}: {count} of {whole} answers have no score and were left out",
        "parts_of_fewer": (
            "the parts are of the {count} of {whole} questions that were asked in crossed cells"
        ),
    },
    "zh": {
        "approximate": (
            "{route}：向量检索是近似的；与精确检索相比，前 {k} 条的召回率为 {recall:.3f}"
            "（在 {count} 个问题上测得）"
        ),
        "approximate_neighbours": (
            "每条陈述只与近似图中最近的陈述比较；"
            "抽样测得，其中包含真正最近陈述的比例为 {recall:.3f}"
        ),
        "sampled": (
            "实验只问了 {questions} 个问题中的 {asked} 个（experiment.questions），曲线使用全部问题"
        ),
        "budget": (
            "{budget} 次模型调用的预算只够 {questions} 个问题中的 {covered} 个，"
            "全部问题需要 {calls} 次调用"
        ),
        "fraction": (
            "每个问题只在 {cells} 个组合中的 {asked} 个下提问：完全设计的 D 最优部分，"
            "每次试验的效率为 {efficiency:.0%}"
        ),
        "budget_interventions": (
            "预算给干预实验留下 {budget} 次模型调用，只够 {questions} 个问题中的 {covered} 个，"
            "全部需要 {calls} 次调用"
        ),
        "undefined_edit": "有 {count} 次试验无法使用编辑 {edit}：{reason}",
        "unscorable": "{count} 个问题没有可接受的答案，实验未提问这些问题",
        "unscored": "{trials} 个回答中有 {count} 个未评分：{reason}",
        "no_answer": "模型没有给出回答：{failure}",
        "no_accepted_answer": "该问题没有可接受的答案",
        "no_reason": "未给出原因",
        "no_scored_answer": "没有可评分的回答",
        "no_attribution": "没有归因：{problem}",
        "nothing_varied": "没有归因：实验没有变动任何因素",
        "nothing_scored": "没有归因：没有可评分的回答",
        "no_evidence_level": "没有测得充分性为 {sufficiency:g} 的回答",
        "no_questions": "没有问题",
        "other_judge": "证据由 {judge} 判定",
        "no_route": "没有测量 {route}",
        "skipped_records": "{all} 条记录中有 {count} 条未采用：{reasons}",
        "no_gold_recorded": "既没有记录标准段落，也没有参考答案：无法得知段落中是否含有答案",
        "no_correctness_recorded": "既没有记录评分，也没有参考答案：无法得知回答是否正确",
        "by_reference": "段落逐字包含参考答案或包含相同的值时，视为含有答案",
        "observed": "证据的影响来自观察而非设定：较难的问题可能证据也较差",
        "beyond_k": "证据只测到 K = {k}（evidence.max_k）",
        "no_shared_question": "没有问题在两个状态下都有已评分的回答",
        "passages_differ": "{whole} 个问题中有 {moved} 个的段落不同",
        "state_unscored": "{name}：{whole} 个回答中有 {count} 个没有评分，未计入",
        "parts_of_fewer": "各部分只涉及 {whole} 个问题中在交叉组合下提问的 {count} 个",
    },
}


def say(language: str, phrase: str, **values: object) -> str:
    """The phrase in one language, with its values filled in."""
    return PHRASES[language][phrase].format(**values)
