"""Captions are headlines: what they leave out is put back before parsing and taken out of the parse again.

A parser trained on sentences reads "batter swinging bat" as three nouns and "a batter swinging bat." as what it means.
"""

from __future__ import annotations

from transforms.grammar_words import word_class
from transforms.tokens import TokenTable

LONGEST = 5_000  # characters; a longer text is no caption
ARTICLE = "a "
HEADLINE = 50  # characters; longer captions are sentences, and parse as well without the article
STOP = " ."
STOPS = (".", "!", "?")
# Words that no article goes before: determiners, quantifiers, pronouns, prepositions, conjunctions, auxiliaries.
COMPLETE = word_class(
    "a an the some many several few two three four five six seven eight nine ten eleven twelve this that these",
    "those his her their its my our your it he she they we i you there all both each every another other no one any",
    "most various multiple numerous in on at by with under over behind above below inside near next of from to into",
    "between beside against around along across through who what which where when while as and or but if is are was",
    "were has have not lots couple here",
)
# Frequent words of other languages that are no words of English, and English ones to weigh them against.
FOREIGN = word_class(
    "el los las una unos unas con por para est une des dans sur avec qui du au aux der und ein eine einen einem mit",
    "auf ist von im il lo gli che della nel sul uma um em os het een zijn och ett som na jest się på está",
)
ENGLISH = word_class("the of with and is are on at his her two in to from by an while people man woman")


def refusal(text: str) -> str:
    """Returns why a text cannot be parsed as an English caption, "" where it can.

    One of empty, too_long, no_words, not_english.
    """
    if not text.strip():
        return "empty"
    if len(text) > LONGEST:
        return "too_long"
    if text.isascii():
        if text.lower() == text.upper():
            return "no_words"
    else:
        letters = [c for c in text if c.isalpha()]
        if not letters:
            return "no_words"
        if sum(c < "\u0250" for c in letters) * 2 < len(letters):  # Latin letters end there
            return "not_english"
    return "not_english" if is_foreign(text) else ""


def is_foreign(text: str) -> bool:
    """Tells whether a text has more frequent words of other languages than of English, two at least."""
    words = text.lower().split()
    if FOREIGN.isdisjoint(words):
        return False
    foreign = sum(w in FOREIGN for w in words)
    return foreign > 1 and foreign > sum(w in ENGLISH for w in words)


def complete(text: str) -> tuple[str, int]:
    """Returns the lower-case text with its article and full stop, and how many characters were put before it.

    "white stove in a kitchen" -> ("a white stove in a kitchen .", 2). Case carries no meaning in captions ("FOUR SHEEP
    STANDING"), so it is not shown to the parser.
    """
    lower = text.lower()
    if len(lower) != len(text):  # a letter whose lower case is longer would move the spans
        lower = text
    stop = "" if lower.endswith(STOPS) else STOP
    if len(text) > HEADLINE:
        return lower + stop, 0
    first = lower.split(None, 1)[0]
    if first in COMPLETE or not first.isalpha():
        return lower + stop, 0
    return ARTICLE + lower + stop, len(ARTICLE)


def strip_completion(table: TokenTable, before: int, length: int) -> TokenTable:
    """Returns the table without the tokens that `complete` added, spans counted in a text of `length` characters."""
    first = 1 if before else 0
    last = len(table.words)
    while last > first and table.spans[last - 1][0] - before >= length:
        last -= 1
    if not first and last == len(table.words):
        return table
    heads = [h - first if first <= h < last else i for i, h in enumerate(table.heads[first:last])]
    spans = tuple([(a - before, b - before) for a, b in table.spans[first:last]])
    return TokenTable(table.words[first:last], table.tags[first:last], table.labels[first:last], heads, spans)
