"""``--profile``: where the time of a run went, a stage a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ragcheck.events import Event, Listener, StageFinished, StageStarted

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Where the time went",
        "stage": "stage", "seconds": "seconds", "share": "share", "units": "units",
        "rate": "units/s", "reused": "reused", "total": "all stages",
    },
    "zh": {
        "title": "时间花在哪里",
        "stage": "阶段", "seconds": "秒", "share": "占比", "units": "单位数",
        "rate": "单位/秒", "reused": "已有", "total": "全部阶段",
        "read": "读取", "chunk": "切分", "embed": "编码", "retrieve": "检索", "judge": "判断",
        "measure": "度量", "generate": "生成", "decide": "判定", "report": "报告",
        "evidence": "证据", "claims": "陈述", "compare": "比较",
        "corpus": "语料", "documents": "文档", "texts": "文本", "rankings": "排名", "pairs": "对",
        "chunks": "片段", "model calls": "模型调用", "decision": "判定", "reports": "报告",
    },
}  # fmt: skip
"""Stages and units are told in English as the events name them."""


@dataclass(frozen=True, slots=True)
class StageTime:
    """One stage: its units, those of them that an earlier run had done, and its time."""

    stage: str
    units: int
    unit: str
    reused: int
    seconds: float

    @property
    def rate(self) -> float | None:
        """Units that were computed, a second; ``None`` where none was, or in no time."""
        fresh = self.units - self.reused
        return fresh / self.seconds if fresh > 0 and self.seconds > 0 else None


class Profile:
    """A listener that keeps the time of every stage and passes each event on.

    The stages measure themselves: times are those of their events.
    """

    def __init__(self, listen: Listener) -> None:
        self._listen = listen
        self._started: dict[str, StageStarted] = {}
        self._times: dict[str, StageTime] = {}

    def __call__(self, event: Event) -> None:
        if isinstance(event, StageStarted):
            self._started[event.stage] = event
        elif isinstance(event, StageFinished):
            self._add(event)
        self._listen(event)

    @property
    def stages(self) -> tuple[StageTime, ...]:
        """The stages in the order in which they ended; one that ran twice is one."""
        return tuple(self._times.values())

    def _add(self, event: StageFinished) -> None:
        started = self._started[event.stage]
        time = StageTime(event.stage, started.total, started.unit, event.reused, event.seconds)
        before = self._times.get(event.stage)
        if before is not None:
            time = replace(
                time,
                units=before.units + time.units,
                reused=before.reused + time.reused,
                seconds=before.seconds + time.seconds,
            )
        self._times[event.stage] = time


def print_profile(profile: Profile, language: str) -> None:
    """To standard error: standard output may be a file that a program reads."""
    Console(stderr=True, highlight=False).print(show_profile(profile.stages, language))


def show_profile(stages: Sequence[StageTime], language: str) -> Table:
    """A line a stage: seconds, share, units, units a second, and what was there already."""
    words = WORDS[language]
    table = Table(title=words["title"], title_justify="left", box=None, pad_edge=False)
    table.add_column(words["stage"])
    for name in ("seconds", "share", "units"):
        table.add_column(words[name], justify="right")
    table.add_column("")
    for name in ("rate", "reused"):
        table.add_column(words[name], justify="right")
    whole = sum(stage.seconds for stage in stages)
    for stage in stages:
        table.add_row(
            Text(words.get(stage.stage, stage.stage)),
            f"{stage.seconds:.2f}",
            f"{stage.seconds / whole:.1%}" if whole > 0 else "",
            str(stage.units),
            Text(words.get(stage.unit, stage.unit)),
            "" if stage.rate is None else f"{stage.rate:.4g}",
            str(stage.reused),
        )
    table.add_row(words["total"], f"{whole:.2f}")
    return table
