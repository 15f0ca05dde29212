"""What the comparison of claims looks for in their words, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

LONE = 0.6
"""How alike the words of two claims must be of which one alone holds a negation."""
NEAR_COPY, MOST_CHANGED, LIKE_SPELLED = 0.6, 4, 65
NEAR = 48
"""Characters on each side of a value that say what it is the value of."""
NEGATIVE = frozenset({"negation", "prohibition", "exemption", "off"})
MODAL = frozenset({"obligation", "prohibition", "permission", "exemption"})
KINDS: Mapping[str, str] = {
    "date": "date", "time": "date", "weekday": "date", "version": "version",
}  # fmt: skip
WORD = re.compile(r"[a-z]{3,21}")
PERSON = re.compile(r"\b[A-Z][a-z]{1,15} (?:[A-Z]\. )?[A-Z][a-z]{1,20}\b")
PROPER = re.compile(r"(?<=[a-z,] )[A-Z][A-Za-z]{2,20}(?: [A-Z][A-Za-z]{1,20}){0,3}")
REFUSED = re.compile(
    r"\b(?:refused|rejected|excluded|ruled out|impossible|forbids?|declined|not possible)\b"
    r"|拒绝|不受理|不接受|不支持|排除",
    re.IGNORECASE,
)
RESERVED = re.compile(
    r"\b(?:reserved for|restricted to|limited to|only|solely|exclusively|none but)\b"
    r"|仅|只限|只有|只能|专享|专供|专属",
    re.IGNORECASE,
)
OPEN = re.compile(
    r"\b(?:all|every|everyone|anyone|any|each|whole|everything|regardless)\b|全部|所有|任何|一律|均|都",
    re.IGNORECASE,
)
CONDITION = re.compile(
    r"\b(?:if|when|unless|provided|in case|once|without|during|except|while|where)\b"
    r"|如果|若|如需|的情况下|情形|未经|期间|除非|的，",
    re.IGNORECASE,
)
MORE = re.compile(
    r"\b(?:adds?|extra|further|additional|additionally|another|plus|on top|extended?|longer)\b"
    r"|另加|另行|额外|延长|追加",
    re.IGNORECASE,
)
FORMER_BEFORE = re.compile(
    r"\b(?:former(?:ly)?|previous(?:ly)?|old|used to be)\b[^.;]{0,24}\Z"
    r"|(?:原|此前|原来|以前)[^。；，]{0,8}\Z",
    re.IGNORECASE,
)
FROM_BEFORE = re.compile(r"\bfrom \Z|[由从]\Z", re.IGNORECASE)
TO_AFTER = re.compile(
    r"\s?(?:to\b|(?:缩短|延长|调整|修改|改|提高|降低|变更|上调|下调|增加|减少)[为到至])",
    re.IGNORECASE,
)
FIGURE = re.compile(r"\d{1,9}(?:[.,:]\d{1,9}){0,4}")
FIXED = re.compile(
    r"\A\W{0,3}(?:fixed|fixes|bug ?fixes|bugs|resolved|known (?:problems|issues))\b"
    r"|\A\W{0,3}(?:问题)?修复|已知问题|已解决",
    re.IGNORECASE,
)
ABOUT_ITSELF = re.compile(
    r"\b(?:this|the present) (?:policy|document|page|guide|agreement|notice|plan|edition|version|"
    r"addendum|appendix)\b.{0,60}\b(?:replaces|supersedes|prevails?|amends|takes the place)\b"
    r"|本(?:政策|规则|规程|规定|条款|手册|协议|说明|办法|制度).{0,40}(?:取代|废止|为准|解释|替代)",
    re.IGNORECASE | re.DOTALL,
)
PAYS = re.compile(
    r"\b(?:the |our |your |an? )?([A-Za-z]{3,20}) (?:pays?|bears?|must pay|has to pay|covers the)\b"
    r"|\b(?:paid|borne|covered|approved|decided) by (?:the |your |an? )?([A-Za-z]{3,20})\b"
    r"|由([\u4e00-\u9fff]{2,8}?)(?:承担|支付|负担|承保|批准|审批|归口|负责|制作|签发)"
)
MODEL = re.compile(r"[a-z]{1,5}-?\d{1,6}[a-z]?")
LIKE_A_NAME = re.compile(r"[_.][a-z]|[a-z][A-Z]|^[A-Z]|\d|[\u4e00-\u9fff]{2}")
QUOTED = re.compile(r"`{1,2}~?([^`\n]{2,60})`{1,2}")
LINK = re.compile(r"https?://[^\s>)\]]{1,300}|<[^<>\s]{1,200}>|\]\([^()\s]{1,300}\)")
CALENDAR = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?)\b"
)
ROLE = re.compile(r"\b(?:by|with|to|is|are|from|uses|called|contact|ask|write to) \Z")
BODY = re.compile(
    r"(?:(?<=由)|(?<=为)|(?<=向)|(?<=：)|(?<=是))[\u4e00-\u9fff]{2,20}?"
    r"(?:公司|中心|委员会|医院|部门|部|局|处|办公室|小组|组|科)"
)
BEARER = re.compile(
    r"(?:负责人|联系人|经理|主管|总监|主任|会长|董事长|药师)(?:为|是|：|:|由)\s?([\u4e00-\u9fff]{2,4})"
    r"(?![\u4e00-\u9fff])"
)
ITEMS = re.compile(r"、|,\s|，|;\s|；|\band\b|\bor\b|以及")
PAST = re.compile(
    r"\b(?:until|up to|before|previously|formerly|used to|former|in the past|at that time|was|"
    r"were|old)\b|(?:以前|之前|此前|原先|旧版|曾|截至)",
    re.IGNORECASE,
)
