"""How names, rules and subjects are worded, for each language."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Names that can be read off their form: capitalised words, or titles in quotation marks.
NAMES: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,20}(?: [A-Z][a-z]{2,20}){1,3}(?![\w-])"),
    "zh": re.compile(r"(?<=《)[^《》\n]{2,30}(?=》)|(?<=“)[^“”\n，。]{2,12}(?=”)"),
}
RULES: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:must|shall|may not|cannot|only if|unless|except|not allowed|required|entitled|"
        r"at least|at most|no later than|within)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"必须|应当|不得|不能|禁止|仅限|除外|除非|方可|至少|最多|不超过|以内|之内"),
}
NAMED_SUBJECT: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"(?<=\S )[A-Z][\w-]+|^(?:[A-Z][\w-]*\d|[A-Z]{2})[\w-]*"),
    "zh": re.compile(r"[《“]|[A-Z][\w-]+"),
}
POINTING_START: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"(?:it|this|that|these|those|they|he|she|its|their|we|you)\b", re.I),
    "zh": re.compile(r"[它他她其该此这那本]|上述|前述|我们|您"),
}
