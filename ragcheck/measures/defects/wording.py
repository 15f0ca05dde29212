"""What a defect is and what mends it, in the language of the text."""

from __future__ import annotations

from collections.abc import Mapping

from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Defect

PHRASES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": {
        "cut_start": (
            "the text starts inside a sentence",
            "start the chunk where the sentence starts",
        ),
        "cut_end": ("the text ends inside a sentence", "end the chunk where the sentence ends"),
        "points_back": (
            "“{word}” points at what stands before the text",
            "keep the text together with what it points at",
        ),
        "points_ahead": (
            "“{word}” points at what comes after the text",
            "keep the text together with what it points at",
        ),
        "announced": (
            "the text announces something and ends",
            "keep the text together with what it announces",
        ),
        "points_away": (
            "“{word}” points at another part of the document",
            "keep the text together with what it points at",
        ),
        "abbreviation": (
            "{name} is not written out",
            "write the abbreviation out where the chunk first uses it",
        ),
        "lead_in": (
            "the list's lead-in is missing",
            "keep the list together with the sentence or heading that introduces it",
        ),
        "header": (
            "the rows' header is missing",
            "repeat the table's header line in each chunk that holds its rows",
        ),
        "code": (
            "code without what it belongs to",
            "keep the code together with the paragraph that explains it",
        ),
        "debris": (
            "markup of the source was left in: {word}",
            "convert the source to plain text before it is cut",
        ),
        "fence": (
            "a code block is opened or closed outside the text",
            "do not cut inside a code block",
        ),
        "topics": (
            "the end of one section stands before the start of another",
            "cut at the heading",
        ),
        "reference": (
            "“{word}” refers to something before the text",
            "name what it refers to, or start the chunk where that is named",
        ),
        "no_referent": (
            "“{word}” refers to nothing that the document says before",
            "name what it refers to",
        ),
        "referent": (
            "“{word}” refers to something before the chunk, perhaps “{name}” (line {line})",
            "prefix the chunk with “{name}”, or start it at line {line}",
        ),
        "unnamed": (
            "“{word}”: the text does not say who or what that is",
            "add the name, for example as a prefix with the title or heading",
        ),
        "heading": (
            "the section's heading “{name}” (line {line}) is not in the chunk",
            "prefix the chunk with “{name}”",
        ),
    },
    "zh": {
        "cut_start": ("文本从句子中间开始", "让片段从句首开始"),
        "cut_end": ("文本在句子中间结束", "让片段在句末结束"),
        "points_back": ("“{word}”指向文本之前的内容", "把文本与其所指的内容放在一起"),
        "points_ahead": ("“{word}”指向文本之后的内容", "把文本与其所指的内容放在一起"),
        "announced": ("文本预告了后面的内容，却到此为止", "把文本与其预告的内容放在一起"),
        "points_away": ("“{word}”指向文档的其他部分", "把文本与其所指的内容放在一起"),
        "abbreviation": ("{name} 没有写出全称", "在片段首次使用缩写处写出全称"),
        "lead_in": ("列表缺少引导语", "把列表与引出它的句子或标题放在一起"),
        "header": ("表格行缺少表头", "在含有表格行的每个片段中重复表头"),
        "code": ("代码没有交代用途", "把代码与解释它的段落放在一起"),
        "debris": ("残留了源文件的标记：{word}", "切分前先把源文件转换为纯文本"),
        "fence": ("代码块的开头或结尾在文本之外", "不要在代码块中间切开"),
        "topics": ("上一节的结尾与下一节的开头混在一起", "在标题处切开"),
        "reference": ("“{word}”指代文本之前的内容", "写明它指的是什么，或从写明之处开始片段"),
        "no_referent": ("“{word}”所指的内容在文档前文中找不到", "写明它指的是什么"),
        "referent": (
            "“{word}”指代片段之前的内容，可能是“{name}”（第 {line} 行）",
            "在片段前加上“{name}”，或从第 {line} 行开始",
        ),
        "unnamed": ("“{word}”：文本没有说明是谁或是什么", "补上名称，例如以标题作为前缀"),
        "heading": (
            "所在章节的标题“{name}”（第 {line} 行）不在片段中",
            "在片段前加上“{name}”",
        ),
    },
}


def defect(kind: str, span: Span, language: str, phrase: str, **values: object) -> Defect:
    """A defect with its sentences in one language, their values filled in."""
    message, mend = PHRASES[language][phrase]
    return Defect(kind, span, message.format(**values), mend.format(**values))
