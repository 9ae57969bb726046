"""Rules for prepositions: what a phrase is located by, part of, or owned by."""

from __future__ import annotations

from transforms.grammar_nouns import COLOURED, is_place, of_object
from transforms.grammar_reading import Reading
from transforms.grammar_words import INSIDE, ONTOP, PLACES, PREPOSITIONS


def phrases(r: Reading, p: int) -> list[tuple[str, int, int]]:
    """Returns (words, noun, end) of a preposition: "in front of a wall" -> ("in front of", wall, end)."""
    found = []
    word = r.words[p]
    for k in r.kids[p]:
        label = r.labels[k]
        if label == "pobj":
            if is_place(r, k):
                inner = next(c for c in r.kids[k] if r.words[c] == "of")
                found.append((f"{word} {r.words[k]} of", of_object(r, k), inner + 1))
            else:
                if r.words[k] not in COLOURED:  # "blue in color" is blue
                    found.append((word, k, p + 1))
        elif label in ("prep", "pcomp") and r.tags[k] in ("IN", "RB", "TO", "RP") and r.kids[k]:
            found += [(f"{word} {w}", n, e) for w, n, e in phrases(r, k)]
        elif label == "conj" and r.tags[k] == "IN":
            found += phrases(r, k)
    return [(PREPOSITIONS.get(w, w), n, e) for w, n, e in found]


def relate_prepositions(r: Reading) -> None:
    """Relates nouns by the prepositions they carry: "a stove in a kitchen" -> stove in kitchen."""
    for p, label in enumerate(r.labels):
        if label != "prep":
            continue
        head = r.heads[p]
        word = r.words[head]
        if (
            head + 1 == p
            and r.labels[head] in ("advmod", "amod", "prep", "conj", "dep")
            and r.tags[head] in ("RB", "JJ")
        ):
            owner = r.heads[head]
            if r.tags[owner][0] == "N":
                relate_phrases(r, owner, p, word + " ", head)
        elif r.tags[head][0] == "N" and not (word in PLACES and r.words[p] == "of" and r.labels[head] == "pobj"):
            relate_phrases(r, head, p, "", p)


def relate_phrases(r: Reading, owner: int, p: int, before: str, start: int) -> None:
    """Relates the owner of a preposition to what the preposition governs."""
    for words, noun, end in phrases(r, p):
        objects = r.things(noun)
        if before + words == "of":
            relate_of(r, owner, p, objects)
        else:
            relate_place(r, r.holders(owner, p), before + words, objects, (start, end))


def relate_place(
    r: Reading, subjects: list[int], words: str, objects: list[int], span: tuple[int, int], *, negated: bool = False
) -> None:
    """Relates by a preposition; "with no chairs" is "without chairs"."""
    if words == "with" and any(r.objects[o].quantity == "no" for o in objects):
        r.relate(subjects, "without", objects, span, absent=True)
    else:
        r.relate(subjects, words, objects, span, negated=negated)


def relate_of(r: Reading, owner: int, p: int, objects: list[int]) -> None:
    """Reads "of": "the tail of a cat" -> cat have tail; "a glass of wine" -> wine in glass."""
    subjects = r.stands_for.get(owner, [])
    if any(s in objects for s in subjects):
        return  # a measure: "a slice of pizza" is the pizza
    head = r.words[owner]
    if head.rstrip("s") in INSIDE or head in ("glasses", "boxes"):
        r.relate(objects, "in", subjects, (p, p + 1))
    elif head.rstrip("s") in ONTOP:
        r.relate(objects, "on", subjects, (p, p + 1))
    elif head in ("field", "fields"):
        r.relate(subjects, "have", objects, (p, p + 1))
    else:
        r.relate(objects, "have", subjects, (p, p + 1))


def relate_possessors(r: Reading) -> None:
    """Relates owners to what they own: "the man 's hat" -> man have hat."""
    for i, label in enumerate(r.labels):
        if label == "poss" and i in r.stands_for:
            r.relate(r.things(i), "have", r.stands_for.get(r.heads[i], []), (i, i + 1))
