"""Rules for prepositions: what a phrase is located by, part of, or owned by."""

from __future__ import annotations

from transforms.grammar_nouns import is_place, of_object
from transforms.grammar_reading import Reading
from transforms.grammar_words import PLACES


def phrases(r: Reading, p: int) -> list[tuple[str, int, int]]:
    """Returns (words, noun, end) of a preposition: "in front of a wall" -> ("in front of", wall, end)."""
    found = []
    for k in r.kids[p]:
        label = r.labels[k]
        if label == "pobj":
            if is_place(r, k):
                inner = next(c for c in r.kids[k] if r.words[c] == "of")
                found.append((f"{r.words[p]} {r.words[k]} of", of_object(r, k), inner + 1))
            else:
                found.append((r.words[p], k, p + 1))
        elif label in ("prep", "pcomp") and r.kids[k]:
            found += [(f"{r.words[p]} {w}", n, e) for w, n, e in phrases(r, k)]
    return found


def relate_prepositions(r: Reading) -> None:
    """Relates nouns by the prepositions they carry: "a stove in a kitchen" -> stove in kitchen."""
    for p, label in enumerate(r.labels):
        if label != "prep":
            continue
        head = r.heads[p]
        word = r.words[head]
        if (
            r.labels[head] in ("advmod", "acomp", "amod", "conj", "prep")
            and head + 1 == p
            and r.tags[head][:2] in ("JJ", "RB")
        ):
            owner = r.heads[head]
            relate_phrases(r, owner, p, word + " ", head)
        elif r.tags[head].startswith("N") and not (word in PLACES and r.words[p] == "of"):
            relate_phrases(r, head, p, "", p)


def relate_phrases(r: Reading, owner: int, p: int, before: str, start: int) -> None:
    """Relates the owner to what the preposition governs; "of" reads as have: "the tail of a cat" -> cat have tail."""
    subjects = r.stands_for.get(owner, [])
    for words, noun, end in phrases(r, p):
        objects = r.things(noun)
        if before + words == "of":
            r.relate(objects, "have", subjects, (p, p + 1))
        elif words == "with" and any(r.objects[o].quantity == "no" for o in objects):
            r.relate(subjects, "without", objects, (p, p + 1), absent=True)
        else:
            r.relate(subjects, before + words, objects, (start, end))


def relate_possessors(r: Reading) -> None:
    """Relates owners to what they own: "the man 's hat" -> man have hat."""
    for i, label in enumerate(r.labels):
        if label == "poss" and i in r.stands_for:
            r.relate(r.things(i), "have", r.stands_for.get(r.heads[i], []), (i, i + 1))
