"""English words for the detectors."""

from __future__ import annotations

from ragcheck.measures.defects.languages import LanguageRules, Scanned, phrases

ENGLISH = LanguageRules(
    scanned=Scanned(
        thing=phrases("it|its|itself"),
        person=phrases("he|him|his|himself|she|her|hers|herself"),
        group=phrases("they|them|their|theirs|themselves"),
        demonstrative=phrases("this|that|these|those|such|said"),
        choice=phrases(
            "the former|the latter|both of them|neither of them|one of them|the other one",
            "the first one|the second one|the last one|the same one|the others",
        ),
        speaker=phrases("we|our|ours|us|ourselves|my|mine"),
        role=phrases(
            "the company|the registrant|the corporation|the partnership|the agency|the bank",
            "the firm|the organisation|the organization|the author|the authors|the team",
            "the plaintiff|the defendant|the patient|the patients|the film|the book|the song",
            "the game|the drug|the project|the event|the committee|the club|the school",
            "the contractor|the supplier|the borrower|the issuer|the study|the mutants",
            "the meeting|the board|the court|the department|the council",
        ),
        instrument=phrases(
            "this license|this licence|the license|the licence|this agreement|the agreement",
            "this contract|the contract|the program|the work|the covered work|this waiver",
            "the licensed material|the licensed work|this public license|these terms",
        ),
        back=phrases(
            "as above|see above|described above|mentioned above|shown above|listed above|the above",
            "discussed above|defined above|given above|noted above|stated above|set out above",
            "aforementioned|as before|mentioned earlier|described earlier|shown earlier",
            "noted earlier|discussed earlier|previously described|previously mentioned",
            "previously defined|the preceding|the previous section|the previous step",
            "the previous example|the previous paragraph|the previous chapter|the last section",
        ),
        ahead=phrases(
            "the following|as follows|see below|shown below|listed below|described below|as below",
            "given below|the table below|the list below|the example below|the steps below",
            "shown here|listed here|like this|like so|these steps",
        ),
        elsewhere=phrases(
            "see section|see chapter|see appendix|see annex|see figure|see fig|see table",
            "see note|see also|see the section|refer to section|refer to the|in section",
            "in table|in figure|in appendix|in note|under section|click here|on the next page",
        ),
        harmless=phrases(
            "that is|such as|such that|so that|in order that|now that|given that|except that",
            "provided that|this is because|he or she|his or her|him or her",
            "that said|us dollars|us $|it services|it department",
        ),
    ),
    continuers=phrases(
        "however|therefore|thus|hence|moreover|furthermore|besides|in addition|additionally|also",
        "but|and|or|so|then|otherwise|instead|nevertheless|nonetheless|meanwhile|afterwards",
        "consequently|as a result|for example|for instance|in contrast|similarly|likewise",
        "in other words|on the other hand|because of this|finally|next|later|second|third",
    ),
    starts_none=phrases(
        "of|and|or|to|in|for|with|by|from|as|which|who|whose|whom|that|than|into|is|are|was|were",
        "be|been|has|have|had|will|would|can|could|may|might|must|shall|should|not",
    ),
    ends_none=phrases(
        "the|a|an|of|and|or|to|in|for|with|by|from|as|which|who|whose|that|than|into|is|are|was",
        "were|be|been|has|have|had|will|would|can|could|may|must|shall|should|including|on|at",
    ),
    verbs=phrases(
        "is|are|was|were|has|have|had|will|would|can|could|may|might|must|shall|should|does|do",
        "did|began|became|made|took|gave|went|came|said|says|shows|showed|means|includes",
        "included|contains|contained|provides|provided|requires|required|uses|used|applies",
        "applied|consists|remains|remained|uses|gets|lets|allows|needs|wants|returns|takes",
    ),
    own_place=phrases(
        "section|document|page|guide|manual|chapter|article|handbook|tutorial|paper|policy|table",
        "year|month|week|quarter|morning|evening|afternoon|day|time|moment|point|summer|winter",
    ),
    party_endings=phrases(
        "Inc|Ltd|LLC|Corp|Corporation|Company|GmbH|plc|PLC|AG|Group|Bank|University|Institute",
        "Foundation|Association|Agency|Commission|Holdings|Limited|Co|inc|corp|ltd",
    ),
    law_names=phrases(
        "GNU|GPL|MIT|BSD|Apache|Mozilla|CC0|Creative Commons|Artistic|Eclipse| Act|Public License",
        "Directive|Regulation (E|Code of",
    ),
    empty_subject=(
        r"(?:'s|’s| is| was| may be| can be| should be| must be| has been| would be| will be)"
        r"(?: [a-z]{1,20}){0,4}? (?:that|to|how|why|whether|if|when|who)\b"
        r"| (?:seems|appears|turns out|follows|takes|rains|depends)\b"
    ),
    noun=(
        r"\b(?:an?|the|each|every|all|any|some|most|many|no|two|three|four|five|\d[\d,.]{0,12}) "
        r"(?:[a-z-]{2,20} ){0,2}[a-z-]{3,20}|\b[a-z]{4,20}s\b|\b[A-Z][a-z]{2,20}\b|`"
    ),
    definition=(
        r"(?!the |this |that |these |those |it |its |they |there |here |he |she |we |our |you |in )"
        r"(?:[\w'()`/&-]{1,30} ){1,6}?(?:is|are|means|refers to|denotes|represents|stands for) "
        r"(?:an?|the|any|all|one|those|defined)\b"
    ),
    spaced=True,
)
