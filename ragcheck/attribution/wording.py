"""The sentences of an attribution, by language.

What reads, estimates and decides knows no language: it gives phrases with their values, and they
are worded once, where the attribution is put together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

from ragcheck.errors import TableError
from ragcheck.records.results import Estimate

LANGUAGES = ("en", "zh")

PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        # names of the components, and how phrases are joined
        "evidence": "evidence",
        "generation": "generation",
        "interaction": "interaction",
        "noise": "noise",
        "unit": "unit",
        "comma": "{one}, {other}",
        "semicolon": "{one}; {other}",
        "and": "{one} and {other}",
        # the table
        "interventions": "{count} of {total} trials are of interventions and were left out",
        "unscored": "{count} of {total} trials have no {column!r} (unscored) and were left out",
        "nameless": "{count} trials have no {column!r} and were left out",
        "no_level": "{count} trials have no {column!r}; they count as the level {level!r}",
        "constant": (
            "{side} factor {column!r} has the single level {level!r}: it is a constant and nothing"
            " can be attributed to it"
        ),
        "repeated": (
            "{count} trials repeat the {unit!r}, factors and {replicate!r} of another one; each"
            " counts as a replicate of its own"
        ),
        # the design
        "empty_cells": "{empty} of {cells} cells (unit x levels) have no trial",
        "never_tried": "{never} combinations of levels were never tried",
        "one_cell_only": "{single} of {units} units were seen in one cell only",
        "noise_of_interaction": (
            "no cell has replicates: noise cannot be told apart from how single units respond to"
            " combinations of both sides, and both are counted as noise"
        ),
        "noise_of_units": (
            "no cell has replicates and both sides were not varied together: only effects that"
            " units share are told apart from noise"
        ),
        "borrowed_noise": (
            "{count} of {cells} cells have no replicates; their noise is taken to be that of the"
            " other cells"
        ),
        # what is undefined
        "not_varied": "no {side} factor was varied",
        "not_within_unit": (
            "no unit was seen under two levels of {side} with the other side the same"
        ),
        "needs_both_sides": "it needs both sides varied within the same unit",
        "no_square": (
            "no unit was seen in all four combinations of two levels of each side; the sides are"
            " taken to add up"
        ),
        "same_response": "{response!r} has the same value in every trial",
        "single_unit": "there is a single unit, and nothing to generalise from",
        "no_variance": "no variance is left once noise is taken off",
        "levels_apart": "no unit was seen under both levels",
        "confounded": "its level cannot be told apart from the other factors within a unit",
        "nothing_to_explain": "the evidence has no share to explain",
        "same_within_units": "it is the same in every evidence cell of a unit",
        # the verdict
        "sides_apart": "the sides cannot be compared; {reasons}",
        "because": "{name}: {reason}",
        "no_change": "nothing changed within any unit, whatever was varied",
        "few_units": "{units} units are too few for an interval; {least} are the least",
        "parts": "of the variance within units: {listed}",
        "part": "{name} {share:.1%} (at most {upper:.1%})",
        "undecided": "{parts}: neither an effect nor its absence is shown",
        "depends": "{parts}: what one side does depends on the other",
        "both_move": "{parts}: both sides move the response",
        "one_moves": "{parts}: {larger} moves the response, {smaller}",
        "does_not_matter": "{name} is shown not to matter",
        "far_less": "{name} far less",
        "clearly_smaller": "{name} is clearly smaller and not shown to matter",
        "all_negligible": "{parts}: each is shown to be under {margin:.0%}",
        # what would settle it
        "need_response": "a response that tells trials apart, or harder questions",
        "need_ten_units": "more units, at least 10",
        "need_sides": ("trials that vary {sides} within the same units, everything else unchanged"),
        "need_some_units": "{count} more units at least, better {better}",
        "need_other_design": (
            "no design of this kind settles it soon: a component is close to the margin of"
            " {margin:.0%}"
        ),
        "need_units": "about {more} more units ({total} in all)",
        "need_units_or_replicates": (
            "about {more} more units ({total} in all), or about {each} replicates a cell with the"
            " same units"
        ),
        # the method
        "method": (
            "unbiased components of variance by expected mean squares on pairs of cells within"
            " unit; {noise}; 95 % intervals by a studentised cluster bootstrap over units"
            " ({resamples} resamples); contrasts by Student's t over units, Holm-adjusted"
        ),
        "noise_replicates": "noise from replicates of a cell within a unit",
        "noise_interaction_residual": ("noise from what is left of the interaction within units"),
        "noise_unit_residual": "noise from what is left of the main effects within units",
        "no_questions": "no question was answered under both",
        "few_paired": (
            "{questions} questions were answered with sound evidence, with a conflict and without"
            " the evidence; it takes {least}"
        ),
        "nothing_moved": (
            "neither a conflict nor missing evidence changed an answer of {questions} questions:"
            " the model does not use this evidence"
        ),
        "paired_difference": (
            "with one conflicting passage {value:+.2f} [{low:+.2f}, {high:+.2f}] in correctness"
            " against missing evidence, {questions} questions"
        ),
        "could_have_seen": "; a difference of {smallest:.2f} would have been seen",
    },
    "zh": {
        "evidence": "证据",
        "generation": "生成",
        "interaction": "交互",
        "noise": "噪声",
        "unit": "问题",
        "comma": "{one}，{other}",
        "semicolon": "{one}；{other}",
        "and": "{one}和{other}",
        "interventions": "{total} 次试验中有 {count} 次属于干预实验，未纳入",
        "unscored": "{total} 次试验中有 {count} 次没有 {column!r}（未评分），未纳入",
        "nameless": "有 {count} 次试验没有 {column!r}，未纳入",
        "no_level": "有 {count} 次试验没有 {column!r}，按水平 {level!r} 计",
        "constant": "{side}因素 {column!r} 只有一个水平 {level!r}：它是常量，无法归因",
        "repeated": (
            "有 {count} 次试验与另一次试验的 {unit!r}、因素和 {replicate!r} 都相同，"
            "每次都算作一次单独的重复"
        ),
        "empty_cells": "{cells} 个单元格（问题 × 水平）中有 {empty} 个没有试验",
        "never_tried": "有 {never} 种水平组合从未试过",
        "one_cell_only": "{units} 个问题中有 {single} 个只在一个单元格中出现",
        "noise_of_interaction": (
            "没有单元格有重复试验：噪声与单个问题对两方面组合的反应无法区分，两者都算作噪声"
        ),
        "noise_of_units": (
            "没有单元格有重复试验，两方面也没有同时变动：只有各问题共有的影响能与噪声区分开"
        ),
        "borrowed_noise": "{cells} 个单元格中有 {count} 个没有重复试验，其噪声按其他单元格的噪声计",
        "not_varied": "没有变动任何{side}因素",
        "not_within_unit": "没有问题在另一方面不变时经历过{side}的两个水平",
        "needs_both_sides": "需要在同一问题内变动两方面",
        "no_square": "没有问题经历过两方面各两个水平的全部四种组合，因此假定两方面的影响可以相加",
        "same_response": "{response!r} 在每次试验中的取值都相同",
        "single_unit": "只有一个问题，无从推广",
        "no_variance": "扣除噪声后没有剩余的方差",
        "levels_apart": "没有问题同时经历过这两个水平",
        "confounded": "在同一问题内，该水平与其他因素无法区分",
        "nothing_to_explain": "证据没有可供解释的方差",
        "same_within_units": "它在同一问题的所有证据单元格中都相同",
        "sides_apart": "两方面无法比较；{reasons}",
        "because": "{name}：{reason}",
        "no_change": "无论变动什么，每个问题内都没有变化",
        "few_units": "只有 {units} 个问题，不足以给出区间，至少需要 {least} 个",
        "parts": "在问题内的方差中：{listed}",
        "part": "{name} {share:.1%}（至多 {upper:.1%}）",
        "undecided": "{parts}：既未证明有影响，也未证明没有影响",
        "depends": "{parts}：一方面的作用取决于另一方面",
        "both_move": "{parts}：两方面都改变响应",
        "one_moves": "{parts}：{larger}改变响应，{smaller}",
        "does_not_matter": "已证明{name}无关紧要",
        "far_less": "{name}的作用小得多",
        "clearly_smaller": "{name}的作用明显更小，且未证明有影响",
        "all_negligible": "{parts}：已证明每一项都低于 {margin:.0%}",
        "need_response": "能把各次试验区分开的响应，或更难的问题",
        "need_ten_units": "更多问题，至少 10 个",
        "need_sides": "在同一问题内变动{sides}、其余一切不变的试验",
        "need_some_units": "至少再加 {count} 个问题，最好有 {better} 个",
        "need_other_design": "这类设计短期内无法得出结论：有一项的占比接近 {margin:.0%} 的界限",
        "need_units": "再加约 {more} 个问题（共 {total} 个）",
        "need_units_or_replicates": (
            "再加约 {more} 个问题（共 {total} 个），或问题不变、每个单元格约 {each} 次重复"
        ),
        "method": (
            "方差分量按问题内单元格对的期望均方无偏估计；{noise}；95% 区间由对问题的学生化整群"
            "自助法得出（重抽样 {resamples} 次）；各水平之差用对问题的学生 t 检验，经 Holm 校正"
        ),
        "noise_replicates": "噪声来自同一问题同一单元格内的重复试验",
        "noise_interaction_residual": "噪声来自问题内交互的剩余部分",
        "noise_unit_residual": "噪声来自问题内主效应的剩余部分",
        "no_questions": "没有问题在两种情况下都得到回答",
        "few_paired": (
            "在证据完好、有矛盾、缺证据三种情况下都得到回答的问题有 {questions} 个，"
            "至少需要 {least} 个"
        ),
        "nothing_moved": (
            "{questions} 个问题的回答既没有因矛盾、也没有因缺证据而改变：模型没有使用这些证据"
        ),
        "paired_difference": (
            "有一个矛盾片段时的正确率比缺证据时相差 {value:+.2f} [{low:+.2f}, {high:+.2f}]，"
            "{questions} 个问题"
        ),
        "could_have_seen": "；{smallest:.2f} 的差值本可检出",
    },
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that is not worded yet; a value may be a phrase itself."""

    key: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Undefined:
    """Why there is no estimate; ``n`` as in an estimate."""

    reason: Phrase
    n: int = 0


def phrase(key: str, /, **values: object) -> Phrase:
    """A phrase of the table with its values."""
    return Phrase(key, values)


def join(joint: str, phrases: Iterable[Phrase]) -> Phrase:
    """One phrase or more in a row, with ``comma``, ``semicolon`` or ``and`` between them."""
    return reduce(lambda one, other: phrase(joint, one=one, other=other), phrases)


def say(language: str, key: str, /, **values: object) -> str:
    """The phrase in one language, with its values filled in."""
    filled = {
        name: word(language, value) if isinstance(value, Phrase) else value
        for name, value in values.items()
    }
    return PHRASES[language][key].format(**filled)


def word(language: str, told: Phrase) -> str:
    """A phrase in one language, with the phrases in it."""
    return say(language, told.key, **told.values)


def worded(language: str, found: Estimate | Undefined) -> Estimate:
    """The estimate, or one without a value whose reason is in the language."""
    if isinstance(found, Estimate):
        return found
    return Estimate(None, n=found.n, reason=word(language, found.reason))


def check_language(language: str) -> None:
    """Stop where there are no phrases.

    Raises:
        TableError: the language is not one of ``LANGUAGES``.
    """
    if language not in LANGUAGES:
        raise TableError(
            f"there are no sentences in the language {language!r}",
            mend=f"use one of {', '.join(LANGUAGES)}",
        )
