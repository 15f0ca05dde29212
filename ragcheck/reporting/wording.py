"""Every fixed word of the report, in each language. Placeholders are the same in all of them."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "zh")


def say(language: str, key: str, **values: object) -> str:
    """The text under a key, with its placeholders filled; English for any other language.

    Raises:
        KeyError: there is no such key.
    """
    words = WORDS[key]
    text = words.get(language, words["en"])
    return text.format(**values) if values else text


def known_language(language: str) -> str:
    """The language if there are words for it, else English."""
    return language if language in LANGUAGES else "en"


def translate(language: str, group: str, term: str) -> str:
    """A term of the records (a verdict, a defect kind) in the language; itself if unknown."""
    key = f"{group}.{term}"
    return say(language, key) if key in WORDS else term.replace("_", " ")


def _pairs(table: Mapping[str, tuple[str, str]]) -> dict[str, Mapping[str, str]]:
    return {key: {"en": english, "zh": chinese} for key, (english, chinese) in table.items()}


WORDS: Mapping[str, Mapping[str, str]] = _pairs(
    {
        # the page
        "title": ("Evidence diagnosis", "证据诊断"),
        "page_title": ("ragcheck: {corpus}", "ragcheck：{corpus}"),
        "contents": ("Contents", "目录"),
        "corpus_line": (
            "{documents} documents · {characters} characters · {questions} questions",
            "{documents} 份文档 · {characters} 个字符 · {questions} 个问题",
        ),
        "synthetic_short": ("made from the corpus", "由语料生成"),
        "given_short": ("given", "由用户提供"),
        "intervals_note": (
            "Square brackets are 95 % intervals; n counts the independent units behind a number "
            "(questions, or documents for chunks).",
            "方括号为 95% 区间；n 是该数字背后的独立单位数（问题数；片段指标为文档数）。",
        ),
        "footer": (
            "Written by ragcheck. Quotes are shown as they stand in the documents; characters that "
            "steer a screen are shown as their code point.",
            "由 ragcheck 生成。引文按文档原样显示；会控制屏幕的字符以其码位显示。",
        ),
        # numbers
        "not_measured": ("not measured: {reason}", "未测量：{reason}"),
        "not_in_run": ("this run did not include it", "本次运行未包含"),
        "unmeasured": ("not measured", "未测量"),
        "no_interval": ("no interval from {n}", "仅 {n} 个单位，无区间"),
        "level_other": ("{level} % interval", "{level}% 区间"),
        "baseline": ("baseline {value}", "基线 {value}"),
        # sections
        "s_verdict": ("What the answers follow", "回答跟随什么"),
        "s_curves": ("As K grows", "随 K 增大"),
        "s_strategies": ("Chunking strategies", "切分策略"),
        "s_findings": ("Findings", "发现"),
        "s_contrasts": ("Effects by factor", "各因素的影响"),
        "s_questions": ("Questions", "问题"),
        "s_trials": ("Trials by question", "逐题试验"),
        "s_config": ("Configuration and provenance", "配置与来源"),
        # (a) attribution
        "q_follow": (
            "Does answer quality follow the evidence or the generation parameters?",
            "回答质量跟随证据，还是跟随生成参数？",
        ),
        "verdict.evidence": (
            "Answer quality follows the evidence.", "回答质量跟随证据。",
        ),
        "verdict.generation": (
            "Answer quality follows the generation parameters.", "回答质量跟随生成参数。",
        ),
        "verdict.both": (
            "Answer quality follows both, the evidence and the generation parameters.",
            "回答质量同时跟随证据和生成参数。",
        ),
        "verdict.interaction": (
            "What a generation parameter does depends on the evidence.",
            "生成参数的作用取决于证据。",
        ),
        "verdict.neither": (
            "Answer quality follows neither the evidence nor the generation parameters.",
            "回答质量既不跟随证据，也不跟随生成参数。",
        ),
        "verdict.inconclusive": ("Inconclusive.", "无法得出结论。"),
        "no_attribution": (
            "Not measured: this run has no attribution.", "未测量：本次运行没有归因结果。",
        ),
        "no_attribution_why": (
            "It needs answers to the same questions under at least two levels of an evidence "
            "factor and of a generation factor. The warnings below say what is missing.",
            "需要同一批问题在至少两个证据水平和两个生成水平下的回答。缺少什么见下方警告。",
        ),
        "needed": ("What would settle it: {needed}", "怎样才能得出结论：{needed}"),
        "smallest_effect": (
            "Smallest effect that this design could have seen: {effect} in {response}.",
            "本设计能检出的最小效应：{effect}（{response}）。",
        ),
        "shares_title": (
            "Shares of the variance of {response}", "{response} 的方差构成",
        ),
        "shares_desc": (
            "Each bar is a share of the variance, the line across its end the interval: {rows}",
            "每条为一份方差占比，末端横线为区间：{rows}",
        ),
        "shares_basis": (
            "{units} questions, {trials} trials; {method}",
            "{units} 个问题，{trials} 次试验；{method}",
        ),
        "shares_depend": (
            "Shares hold for these ranges of the factors and for no others:",
            "占比只对下列因素取值范围成立：",
        ),
        "response.correctness": ("correctness", "正确率"),
        "response.overall": ("overall score", "总分"),
        "response.token_f1": ("token F1", "词元 F1"),
        "share.evidence": ("Evidence", "证据"),
        "share.generation": ("Generation parameters", "生成参数"),
        "share.interaction": ("Interaction", "交互"),
        "share.noise": ("Replicate noise", "重复噪声"),
        "share.unit": ("Between questions", "问题之间"),
        "role.evidence": ("evidence", "证据"),
        "role.generation": ("generation", "生成"),
        # (a) triage
        "q_triage": ("Should parameters be tuned any further?", "还应继续调参吗？"),
        "triage.stop tuning parameters": ("Stop tuning parameters", "停止调参"),
        "triage.keep tuning": ("Keep tuning", "继续调参"),
        "triage.inconclusive": ("Inconclusive", "无法得出结论"),
        "fix_first": ("Fix first", "首先修复"),
        "measure_next": ("Measure next", "下一步测量"),
        "checklist": ("The five questions", "五个问题"),
        "answer": ("Answer", "回答"),
        "answer.yes": ("yes", "是"),
        "answer.no": ("no", "否"),
        "answer.not measured": ("not measured", "未测量"),
        "s_flow": ("How the decision came about", "结论的由来"),
        "flow_lead": (
            "The way that this run took is marked. A decision to stop needs two of the five "
            "questions answered yes, or a model that misses evidence in front of it.",
            "标出的是本次运行所走的路径。停止调参需要五个问题中有两个回答为“是”，"
            "或模型读不懂眼前的证据。",
        ),
        "flow.model": ("Is it the model's ability?", "是模型能力的问题吗？"),
        "flow.other_model": (
            "Stop tuning: a stronger model first, then measure again",
            "停止调参：先换更强的模型，再重新测量",
        ),
        "flow.if_not": (
            "if not: is it data, evaluation or system?", "若不是：是数据、评估还是系统？",
        ),
        "flow.two_yes": ("two yes or more", "两个或以上为“是”"),
        "flow.otherwise": ("anything else: measure further", "其他情况：继续测量"),
        "flow.no_yes": ("no yes, and the parameters decide", "没有“是”，且参数起决定作用"),
        # (b) curves
        "curves_lead": (
            "What reaches the model at each K, as means over questions. Highlighted: {strategy} "
            "with {retriever}, the curve with the most sufficient evidence at its largest K; "
            "the other strategies are thin lines.",
            "每个 K 下送入模型的内容，为各问题的均值。突出显示：{strategy}（{retriever}），"
            "即最大 K 处证据最充分的曲线；其他策略为细线。",
        ),
        "no_curves": ("Not measured: no question was asked.", "未测量：没有提出问题。"),
        "measure.conflict": ("Questions with a conflict", "出现矛盾的问题"),
        "measure.sufficiency": ("Evidence in the top K", "前 K 段中的证据"),
        "measure.contradicted_support": ("Support contradicted", "被反驳的依据"),
        "measure.redundancy": ("Redundancy", "冗余"),
        "measure.gold_self_containedness": ("Gold passages stand alone", "金标片段可独立理解"),
        "measure.gold_rank": ("Rank of the first gold passage", "首个金标片段的名次"),
        "measure.self_containedness": ("Self-containedness", "自足性"),
        "curve_desc": (
            "{measure} against K. {rows}", "{measure}随 K 的变化。{rows}",
        ),
        "curve_table": ("Every strategy, every K", "所有策略、所有 K"),
        "retriever": ("Retriever", "检索器"),
        "first_conflict": (
            "Rank of the first conflict, over the questions that have one",
            "首个矛盾出现的名次（仅限有矛盾的问题）",
        ),
        "quality_title": ("What the answers are worth at each K", "各 K 下回答的质量"),
        "quality_lead": (
            "Means over questions, over every other factor.", "对问题取均值，并对其余因素平均。",
        ),
        "no_quality": (
            "Not measured: no answers were generated or none could be scored.",
            "未测量：没有生成回答，或没有可评分的回答。",
        ),
        "quality.correctness": ("Correct", "正确"),
        "quality.wrong": ("Wrong", "错误"),
        "quality.abstained": ("Abstained", "拒答"),
        "reader_title": (
            "What the model makes of complete evidence", "模型能用完整证据做到什么",
        ),
        "reader_lead": (
            "Right answers to answerable questions at the most careful sampling setting. Where "
            "the two hardly differ, the model does not read the evidence, and no evidence helps.",
            "在最谨慎的采样设置下，可回答问题的正确率。"
            "两者相差很小时，模型没有读取证据，再好的证据也无济于事。",
        ),
        "reader_with": ("All of the gold evidence in the prompt", "提示中有全部金标证据"),
        "reader_without": (
            "No gold evidence, which is what guessing gives", "提示中没有，即猜测的水平",
        ),
        "no_reader": (
            "Not measured: the model was not checked.", "未测量：没有检查模型。",
        ),
        # (c) strategies
        "strategy": ("Strategy", "策略"),
        "strategies_lead": (
            "A chunk stands alone when a reader who sees nothing else understands what it says.",
            "读者不看其他内容也能理解的片段，称为能独立理解。",
        ),
        "no_strategies": ("Not measured: no strategy was run.", "未测量：没有运行切分策略。"),
        "chunks": ("Chunks", "片段数"),
        "median_size": ("Median size", "中位长度"),
        "characters_unit": ("{n} characters", "{n} 字"),
        "standalone": ("Stand alone", "能独立理解"),
        "gold_coverage": ("Gold evidence in one chunk", "金标证据落在一段内"),
        "duplication": ("Repeated text", "重复文本"),
        "defects": ("Chunks with a defect, by kind", "有缺陷的片段（按种类）"),
        "no_defects": ("none found", "未发现"),
        "same_as": ("gives the same chunks as {strategy}", "与 {strategy} 的片段相同"),
        "chunks.chunks": ("chunks", "片段"),
        "chunks.size": ("size", "长度"),
        "chunks.standalone": ("stand alone", "独立可懂"),
        "chunks.gold": ("evidence in one piece", "证据在同一片段"),
        "chunks.repeated": ("repeated", "重复"),
        "chunks.defects": ("chunks of 100 with", "每百个片段中"),
        "choice.choose": ("Choose {strategy}: more of its chunks stand alone.",
                          "选用 {strategy}：能独立理解的片段更多。"),
        "choice.equal": (
            "They do not differ in how many chunks stand alone; {strategy} keeps most evidence"
            " in one piece with the fewest chunks.",
            "各策略能独立理解的片段比例没有差别；{strategy} 以最少的片段保全最多的证据。",
        ),
        "choice.against": ("against", "相比"),
        "choice.tied": ("not to be told from it: {names}", "与之无法区分：{names}"),
        "choice.cost": (
            "It costs {chunks} chunks to encode ({times} times {fewest}), {size} characters each,"
            " {repeated} % of the text twice.",
            "代价：编码 {chunks} 个片段（是 {fewest} 的 {times} 倍），每段 {size} 字，"
            "{repeated} % 的文字重复。",
        ),
        "choice.least": (
            "It costs the fewest chunks to encode, {chunks}; {size} characters each,"
            " {repeated} % of the text twice.",
            "代价：编码的片段最少，共 {chunks} 个；每段 {size} 字，{repeated} % 的文字重复。",
        ),
        "explain.value": ("stands alone with probability {value}", "能独立理解的概率 {value}"),
        "explain.no_repair": (
            "neither the heading path nor the opening sentence nor the chunk before it helps",
            "标题路径、本节首句、前一片段都无济于事",
        ),
        "repair.path": ("with the heading path", "加上标题路径"),
        "repair.subject": ("with the sentence that opens the section", "加上本节首句"),
        "repair.neighbours": ("with the chunk before it", "与前一片段合并"),
        "defect.truncated_start": ("cut at the start", "开头被截断"),
        "defect.truncated_end": ("cut at the end", "结尾被截断"),
        "defect.dangling_reference": ("dangling reference", "悬空指代"),
        "defect.missing_subject": ("missing subject", "缺少主语"),
        "defect.missing_heading": ("missing heading", "缺少标题"),
        "defect.orphan_list_item": ("orphan list item", "孤立的列表项"),
        "defect.table_row_without_header": ("table row without header", "表格行缺表头"),
        "defect.code_without_context": ("code without context", "代码缺少上下文"),
        "defect.outside_pointer": ("points outside", "指向片段之外"),
        "defect.undefined_abbreviation": ("undefined abbreviation", "未定义的缩写"),
        "defect.broken_markup": ("broken markup", "标记残缺"),
        "defect.mixed_topics": ("mixed topics", "混合多个主题"),
        # (d) findings
        "worth_first": ("Worth fixing first", "最值得先修复"),
        "the_rest": ("The rest", "其余"),
        "no_findings": (
            "No finding. Read this with the checklist above: what was not measured finds nothing.",
            "没有发现。请结合上方清单阅读：未测量的内容不会产生发现。",
        ),
        "more_findings": (
            "{shown} of {total} findings are shown; the other {more} are in report.json.",
            "共 {total} 条发现，此处显示 {shown} 条；其余 {more} 条见 report.json。",
        ),
        "severity.error": ("error", "错误"),
        "severity.warning": ("warning", "警告"),
        "severity.note": ("note", "提示"),
        "mend": ("How to mend", "如何修复"),
        "touched": ("Questions touched", "涉及的问题"),
        "more_ids": ("and {n} more", "另有 {n} 个"),
        "weight": ("weight {value}", "权重 {value}"),
        "silenced": ("silenced", "已忽略"),
        "cut": ("{n} characters not shown", "{n} 个字符未显示"),
        "empty_quote": ("(no text)", "（无文本）"),
        # (e) contrasts
        "contrasts_lead": (
            "Mean difference in {response} between two levels of a factor, within question. "
            "Where the interval holds 0, no effect was seen.",
            "同一问题内，因素两个水平之间 {response} 的平均差。区间包含 0 时，没有看到影响。",
        ),
        "no_contrasts": ("Not measured: no factor was compared.", "未测量：没有比较任何因素。"),
        "factor": ("Factor", "因素"),
        "side": ("Side", "方面"),
        "change": ("Change", "变化"),
        "difference": ("Difference", "差值"),
        "p_value": ("p", "p"),
        "contrast_title": ("Effect of {factor}", "{factor} 的影响"),
        # (e) interventions
        "s_effects": ("What good evidence goes with", "好证据伴随着什么"),
        "effects_lead": (
            "Observed, not set by an experiment: harder questions may have worse evidence.",
            "来自观察而非实验设定：较难的问题可能证据也较差。",
        ),
        "effect_property": ("Evidence", "证据"),
        "effect_outcome": ("Answers", "回答"),
        "effect_having": ("with it", "有"),
        "effect_lacking": ("without it", "无"),
        "effect.answer in the passages": ("answer in passages", "段落含有答案"),
        "effect.conflict": ("passages conflict", "有两段互相矛盾"),
        "effect.gold passages stand alone": ("gold stands alone", "金标片段可独立理解"),
        "effect.all passages stand alone": ("all stand alone", "各段都能独立理解"),
        "outcome.correct": ("right", "正确"),
        "outcome.abstained": ("refusals", "拒答"),
        "s_interventions": ("Conflict or missing evidence", "矛盾还是缺证据"),
        "no_interventions": (
            "Not measured: no intervention on the evidence was made.",
            "未测量：没有对证据做干预。",
        ),
        "contrast.conflict": (
            "A conflict costs more than missing evidence.", "矛盾的代价大于缺证据。",
        ),
        "contrast.missing": (
            "Missing evidence costs more than a conflict.", "缺证据的代价大于矛盾。",
        ),
        "contrast.no difference": (
            "No difference to be seen between a conflict and missing evidence.",
            "看不出矛盾与缺证据的代价有差别。",
        ),
        "contrast.not measured": (
            "What a conflict and what missing evidence cost was not measured.",
            "未测得矛盾与缺证据的代价。",
        ),
        "contrast_before": (
            "Right answers with all gold evidence and no conflict", "证据齐全且无矛盾时的正确率",
        ),
        "contrast_conflict": ("One conflicting passage comes in", "加入一个矛盾片段"),
        "contrast_missing": ("The supporting passages go", "去掉支持片段"),
        "contrast_difference": ("The first less the second", "前者减后者"),
        "source.corpus": ("conflicting passages of the corpus", "来自语料的矛盾片段"),
        "source.edited": ("edited copies of the gold passage", "改写金标片段得到的矛盾片段"),
        "interventions_lead": (
            "Each edit of the evidence against its reference, within question, under the same "
            "parameters: mean change of the share of answers.",
            "同一问题、同样参数下，每种证据编辑与其参照相比，各类回答占比的平均变化。",
        ),
        "intervention": ("Intervention", "干预"),
        "against": ("Compared with", "参照"),
        "undefined_for": ("Questions without it", "不适用的问题"),
        "intervention.none": ("as retrieved", "检索原样"),
        "intervention.sound": ("all gold, no conflict", "证据齐全无矛盾"),
        "intervention.conflict": ("one conflicting passage", "一个矛盾片段"),
        "intervention.missing": ("supporting passages gone", "缺支持片段"),
        "intervention.gold_alone": ("gold alone", "仅金标证据"),
        "intervention.keep_supported_side": (
            "conflict dropped, supported side kept", "去掉矛盾，保留支持一方",
        ),
        "intervention.keep_other_side": (
            "conflict dropped, other side kept", "去掉矛盾，保留另一方",
        ),
        "intervention.inject_conflict": ("conflict injected", "注入矛盾"),
        "intervention.drop_support": ("support dropped", "去掉支持"),
        "intervention.near_misses": ("near misses added", "加入近似片段"),
        "intervention.random_passages": ("random passages added", "加入随机片段"),
        "intervention.gold_first": ("gold first", "金标在最前"),
        "intervention.gold_middle": ("gold in the middle", "金标在中间"),
        "intervention.gold_last": ("gold last", "金标在最后"),
        "intervention.repair_heading": ("heading path added", "补上标题路径"),
        "intervention.repair_subject": ("opening sentence added", "补上小节首句"),
        "intervention.repair_neighbour": ("merged with a neighbour", "与相邻片段合并"),
        # (f) questions
        "questions_given": (
            "{n} questions were given.", "问题共 {n} 个，由用户提供。",
        ),
        "questions_synthetic": (
            "{n} questions were made from the corpus, because none were given. They ask for facts "
            "that stand in one place; real users ask differently.",
            "没有提供问题，因此由语料生成了 {n} 个。"
            "它们只询问位于一处的事实，与真实用户的提问不同。",
        ),
        "questions_none": ("There were no questions.", "没有问题。"),
        "warnings": ("Warnings", "警告"),
        "left_out": ("Left out", "未纳入"),
        "skipped": ("Files that were not read, or only in part", "未读取或只读取了一部分的文件"),
        "none": ("none", "无"),
        "file": ("File", "文件"),
        "reason": ("Reason", "原因"),
        # (g) trials
        "trials_lead": (
            "Share of trials answered correctly at each level of the evidence, worst questions "
            "first. {trials} trials, {scored} of them scored.",
            "各证据水平下回答正确的试验比例，最差的问题在前。"
            "共 {trials} 次试验，其中 {scored} 次已评分。",
        ),
        "no_trials": ("Not measured: there are no trials.", "未测量：没有试验。"),
        "question": ("Question", "问题"),
        "all_trials": ("all", "全部"),
        "more_questions": (
            "{more} more questions are in trials.parquet.", "其余 {more} 个问题见 trials.parquet。",
        ),
        "share_of": ("{correct} of {total}", "{correct}/{total}"),
        # (h) configuration
        "configuration": ("Configuration", "配置"),
        "provenance": ("Provenance", "来源"),
        "rules": ("Rules", "规则"),
        "fingerprint": ("Corpus fingerprint", "语料指纹"),
        "setting": ("Setting", "设置"),
        "value": ("Value", "值"),
        "properties": ("Quality against measured evidence", "质量与证据测量值的关系"),
        "property": ("Property", "属性"),
        "estimate": ("Estimate", "估计"),
    }
)  # fmt: skip
