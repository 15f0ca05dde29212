"""What a rule is, and the problems that rules belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Words = Mapping[str, str]
"""The same text by language."""

CHOSEN: Words = {
    "en": "chosen by judgement and fitted to nothing: set your own in [triage]",
    "zh": "凭判断选定，未按任何数据拟合：可在 [triage] 中自行设定",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that ragcheck looks for.

    ``threshold`` is compared with a bound of an interval, never with the point; what it means is
    in ``why``. The rule fires where the whole interval lies on the side that ``fires`` names;
    ``least`` and ``most`` are the values that a threshold can have, ``source`` says where the
    default comes from. Rules without one raise a finding for each place.
    """

    id: str
    problem: str
    title: Words
    why: Words
    mend: Words
    threshold: float | None = None
    source: Words = field(default_factory=lambda: CHOSEN)
    fires: str = "above"
    least: float = 0.0
    most: float = 1.0


PROBLEMS: Mapping[str, Words] = {
    "model": {"en": "the model cannot do it", "zh": "模型能力不足"},
    "data": {"en": "data is skewed", "zh": "数据有偏"},
    "evaluation": {"en": "the evaluation is wrong", "zh": "评估有误"},
    "rule": {"en": "a rule is needed, not a memory", "zh": "需要的是规则，不是记忆"},
    "evidence": {"en": "the evidence is broken", "zh": "证据有问题"},
    "explanation": {"en": "beyond explanation", "zh": "已无法解释"},
    "refusal": {"en": "no ability to refuse", "zh": "不会拒答"},
}
