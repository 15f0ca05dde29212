"""``ragcheck rules``: every rule as text or Markdown, from the one place where rules are written.

``docs/rules.md`` and ``docs/rules.zh.md`` are what ``ragcheck rules --format md`` prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ragcheck.config import read_config
from ragcheck.errors import ConfigError
from ragcheck.registry import suggest
from ragcheck.reporting.plain import wrapped
from ragcheck.triage.rules import PROBLEMS, RULES, Rule
from ragcheck.triage.thresholds import settled_thresholds
from ragcheck.triage.verdict import CHECKLIST

FORMATS = ("text", "md")
LANGUAGES = ("en", "zh")

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Rules",
        "intro": "Everything that ragcheck looks for, by the problem that it belongs to. A rule "
        "with a threshold compares it with a whole 95 % interval, never with the point: it fires "
        "where all of the interval lies on the far side, says no where all of it lies on this "
        "side, and is *not measured* in between. The other rules raise a finding for each place.",
        "silencing": "Thresholds and silence",
        "how": "Both stand in `ragcheck.toml`. A path is a glob from the root of the corpus "
        "(`**` takes any folders) and covers a finding with either side in it; the fingerprint "
        "of a finding stands in `report.json`.",
        "comment": "In Markdown and plain text a comment on the line above silences the rules "
        "that it names, up to the next empty line; in reStructuredText it is "
        "`.. ragcheck: ignore RC402`.",
        "stays": "A silenced finding stays in every report, marked as silenced (SARIF: "
        "suppressed). Gates and the findings to fix first do not count it; measured rates are "
        "what they were.",
        "why": "Why",
        "threshold": "Threshold",
        "no_threshold": "none: a finding for each place",
        "by_verdict": "none: the verdict of the attribution decides",
        "above": "{value}; fires above it",
        "below": "{value}; fires below it",
        "here": "{told} (set here; the default is {default})",
        "source": "Source",
        "mend": "To mend",
        "silence": "To silence",
        "silence_threshold": "set another threshold under [triage], {id} = VALUE; "
        'where it names places, silence = ["{id}:docs/old/**"]',
        "silence_places": 'silence = ["{id}:docs/old/**"] or ["{id}@FINGERPRINT"] under '
        "[triage], or the comment <!-- ragcheck: ignore {id} --> on the line above",
        "silence_verdict": "not possible: it has neither a threshold nor places",
    },
    "zh": {
        "title": "规则",
        "intro": "ragcheck 检查的全部内容，按所属问题排列。有阈值的规则与整个 95% 区间比较，"
        "从不与单点比较：整个区间越过阈值则触发，整个区间都在这一侧则为否，两者之间为“未测量”。"
        "其余规则为每一处产生一条发现。",
        "silencing": "阈值与忽略",
        "how": "两者都写在 `ragcheck.toml` 中。路径为相对语料根目录的通配式"
        "（`**` 匹配任意层文件夹），"
        "发现的任何一侧在其中即被覆盖；发现的指纹见 `report.json`。",
        "comment": "在 Markdown 和纯文本中，上一行的注释会忽略其中列出的规则，直到下一个空行；"
        "在 reStructuredText 中写作 `.. ragcheck: ignore RC402`。",
        "stays": "被忽略的发现仍留在所有报告中，并标明已忽略（SARIF 中为 suppressed）。"
        "闸门和“首先修复”不计入它；测得的比例不变。",
        "why": "原因",
        "threshold": "阈值",
        "no_threshold": "无：每一处产生一条发现",
        "by_verdict": "无：由归因结论决定",
        "above": "{value}；高于它时触发",
        "below": "{value}；低于它时触发",
        "here": "{told}（此处设定；默认为 {default}）",
        "source": "来源",
        "mend": "如何修复",
        "silence": "如何忽略",
        "silence_threshold": "在 [triage] 下另设阈值 {id} = 值；"
        '若它指出了位置，写 silence = ["{id}:docs/old/**"]',
        "silence_places": '在 [triage] 下写 silence = ["{id}:docs/old/**"] 或 ["{id}@指纹"]，'
        "或在上一行写注释 <!-- ragcheck: ignore {id} -->",
        "silence_verdict": "不能忽略：它既没有阈值，也不指出位置",
    },
}

EXAMPLE = """```toml
[triage]
RC101 = 0.05
silence = ["RC402:docs/old/**", "RC401@9f3c5d2a70b1e846"]
```"""
COMMENT = """```markdown
<!-- ragcheck: ignore RC402 -->
It must then be sent back within 14 days.
```"""


def rule_text(
    names: Sequence[str], *, format_name: str, language: str, config: Path | None = None
) -> str:
    """The rules that are named, or all of them, with the thresholds of a configuration.

    Raises:
        ConfigError: a rule, format or language is not known, or the configuration is wrong.
    """
    for given, known, where in (
        (format_name, FORMATS, "--format"),
        (language, LANGUAGES, "--language"),
        *((name, tuple(RULES), "rule") for name in names),
    ):
        if given not in known:
            raise ConfigError(f"there is no {given!r}", where=where, mend=suggest(given, known))
    given_thresholds = read_config(config).triage.thresholds() if config else {}
    thresholds = settled_thresholds(given_thresholds)
    rules = [RULES[name] for name in names] or list(RULES.values())
    write = _markdown if format_name == "md" else _text
    return "\n".join(write(rules, thresholds, language, whole=not names)) + "\n"


def _text(
    rules: Sequence[Rule], thresholds: Mapping[str, float], language: str, *, whole: bool
) -> Iterator[str]:
    """A paragraph a rule, for a screen of 80 columns."""
    colon = "：" if language == "zh" else ": "
    for rule in rules:
        problem = PROBLEMS[rule.problem][language]
        yield from wrapped(f"{rule.id} {rule.title[language]} ({problem})")
        yield from wrapped(rule.why[language], indent=4)
        for name, told in _facts(rule, thresholds, language):
            yield from wrapped(f"{name}{colon}{told}", indent=4)
    if whole:
        words = WORDS[language]
        yield ""
        for key in ("how", "comment", "stays"):
            yield from wrapped(words[key].replace("`", ""))


def _markdown(
    rules: Sequence[Rule], thresholds: Mapping[str, float], language: str, *, whole: bool
) -> Iterator[str]:
    words = WORDS[language]
    if whole:
        yield from (f"# {words['title']}", "", words["intro"], "")
    for problem, told in PROBLEMS.items():
        own = [rule for rule in rules if rule.problem == problem]
        if own and whole:
            yield from (f"## {told[language][:1].upper()}{told[language][1:]}", "")
        for rule in sorted(own, key=lambda rule: rule.id):
            yield from (f"### {rule.id} {rule.title[language]}", "", rule.why[language], "")
            facts = _facts(rule, thresholds, language)
            yield from (f"- **{name}**: {_code(fact)}" for name, fact in facts)
            yield ""
    if whole:
        yield from (f"## {words['silencing']}", "", words["how"], "", EXAMPLE, "")
        yield from (words["comment"], "", COMMENT, "", words["stays"])


def _facts(rule: Rule, thresholds: Mapping[str, float], language: str) -> Iterator[tuple[str, str]]:
    """Threshold, its source, how to mend and how to silence, with their names."""
    words = WORDS[language]
    yield words["threshold"], _threshold(rule, thresholds, language)
    if rule.threshold is not None:
        yield words["source"], rule.source[language]
    yield words["mend"], rule.mend[language]
    key = "silence_places"
    if rule.threshold is not None:
        key = "silence_threshold"
    elif _by_verdict(rule):
        key = "silence_verdict"
    yield words["silence"], words[key].format(id=rule.id)


def _threshold(rule: Rule, thresholds: Mapping[str, float], language: str) -> str:
    words = WORDS[language]
    if rule.threshold is None:
        return words["by_verdict" if _by_verdict(rule) else "no_threshold"]
    told = words[rule.fires].format(value=f"{thresholds[rule.id]:g}")
    if thresholds[rule.id] == rule.threshold:
        return told
    return words["here"].format(told=told, default=f"{rule.threshold:g}")


def _by_verdict(rule: Rule) -> bool:
    """Whether a rule without a threshold answers one of the five questions all the same."""
    return any(rule.id in rules for rules in CHECKLIST.values())


def _code(text: str) -> str:
    """A comment of a document is shown, not taken as one."""
    return text.replace("<!--", "`<!--").replace("-->", "-->`")
