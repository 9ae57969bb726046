"""Captions are headlines: what they leave out is put back before parsing and taken out of the parse again.

A parser trained on sentences reads "batter swinging bat" as three nouns and "a batter swinging bat." as what it means.
"""

from __future__ import annotations

from transforms.tokens import TokenTable

ARTICLE = "a "
STOP = " ."
# Words that no article goes before: determiners, quantifiers, pronouns, prepositions, conjunctions, auxiliaries.
COMPLETE = frozenset(
    (
        "a an the some many several few two three four five six seven eight nine ten eleven twelve this that these those "
        "his her their its my our your it he she they we i you there all both each every another other no one any most "
        "various multiple numerous in on at by with under over behind above below inside near next of from to into "
        "between beside against around along across through who what which where when while as and or but if is are was "
        "were has have not lots couple here"
    ).split()
)


def complete(text: str) -> tuple[str, int]:
    """Returns the lower-case text with its article and full stop, and how many characters were put before it.

    "white stove in a kitchen" -> ("a white stove in a kitchen .", 2). Case carries no meaning in captions ("FOUR SHEEP
    STANDING"), so it is not shown to the parser.
    """
    lower = text.lower()
    if len(lower) != len(text):  # a letter whose lower case is longer would move the spans
        lower = text
    stop = "" if lower.endswith((".", "!", "?")) else STOP
    first = lower.split(None, 1)[0]
    if first in COMPLETE or not first.isalpha():
        return lower + stop, 0
    return ARTICLE + lower + stop, len(ARTICLE)


def strip_completion(table: TokenTable, before: int, length: int) -> TokenTable:
    """Returns the table without the tokens that `complete` added, spans counted in the original text."""
    first = 1 if before else 0
    last = len(table.words)
    while last > first and table.spans[last - 1][0] - before >= length:
        last -= 1
    if not first and last == len(table.words):
        return table
    heads = [h - first if first <= h < last else i for i, h in enumerate(table.heads[first:last])]
    spans = tuple((a - before, b - before) for a, b in table.spans[first:last])
    return TokenTable(table.words[first:last], table.tags[first:last], table.labels[first:last], heads, spans)
