"""Rules for pronouns: the object that "it", "his" or "each other" stands for."""

from __future__ import annotations

from collections.abc import Iterator

from transforms.grammar_kinds import ANIMALS, BODY, FEMALE, MALE, PERSONS
from transforms.grammar_reading import Draft, Reading

PRONOUNS = (
    dict.fromkeys(("it", "its", "itself"), "thing")
    | dict.fromkeys(("he", "him", "his", "himself"), "male")
    | dict.fromkeys(("she", "her", "hers", "herself"), "female")
    | dict.fromkeys(("they", "them", "their", "theirs", "themselves"), "plural")
)
REFERRING = frozenset(PRONOUNS) | {"each", "eachother"}
# What a pronoun names where the caption names nothing for it: "he is skiing down the hill".
UNNAMED = {"male": "man", "female": "woman", "plural": "people"}


def resolve_pronouns(r: Reading) -> None:
    """Lets every pronoun stand for what it means: "a dog with a ball in its mouth" -> the dog's mouth."""
    if REFERRING.isdisjoint(r.words):
        return
    for i, word in enumerate(r.words):
        if word in PRONOUNS:
            kind = PRONOUNS[word]
            found = antecedent(r, i, kind)
            if found:
                r.stands_for[i] = found
            elif kind in UNNAMED and r.labels[i] in ("nsubj", "nsubjpass"):
                r.name(UNNAMED[kind], (i, i + 1))
        elif word == "eachother" or (word == "other" and i and r.words[i - 1] == "each"):
            r.stands_for[i] = partners(r, i)


def antecedent(r: Reading, i: int, kind: str) -> list[int]:
    """Returns the nearest earlier object that agrees best with the pronoun; with its conjuncts for "they"."""
    barred = set(co_arguments(r, i))
    possessed = r.words[r.heads[i]] if r.labels[i] == "poss" else ""
    subject = r.labels[i] in ("nsubj", "nsubjpass")
    best, best_score = -1, 0
    for o, draft in enumerate(r.objects):
        token = draft.span[1] - 1
        if token < i and o not in barred:
            score = agreement(r, draft, token, kind, possessed)
            if subject and score and r.labels[token] in ("nsubj", "nsubjpass", "ROOT"):
                score += 3  # subjects go on as subjects: "a puppy is near a balloon while it stares"
            if score and score >= best_score:
                best, best_score = o, score
    if best < 0:
        return []
    if kind == "plural":
        return r.things(r.first_conjunct(r.objects[best].span[1] - 1))
    return [best]


def co_arguments(r: Reading, i: int) -> Iterator[int]:
    """Yields the objects that the pronoun cannot mean: "a bear with a picture on it" is not on the picture."""
    label, head = r.labels[i], r.heads[i]
    if label == "pobj":
        holder = r.heads[head]
        yield from r.stands_for.get(holder, ())
        owner = r.kid(holder, "poss")
        if owner >= 0:
            yield from r.stands_for.get(owner, ())
        if r.words[i] == "it" and r.tags[holder][0] == "V":
            yield from clause_subject(r, holder)
    elif label == "dobj":
        yield from clause_subject(r, head)
    elif label == "poss" and r.labels[head] == "pobj" and r.words[r.heads[head]] != "with":
        yield from r.stands_for.get(r.heads[r.heads[head]], ())  # "a tie around its neck" is not the tie's neck


def clause_subject(r: Reading, v: int) -> list[int]:
    """Returns the objects of the subject that stands in a verb's own clause or that the verb modifies."""
    own = r.kid(v, "nsubj", "nsubjpass")
    return r.stands_for.get(own if own >= 0 else r.heads[v], [])


def partners(r: Reading, i: int) -> list[int]:
    """Returns whom "each other" means: the nearest subject or noun above it: "two dogs chasing each other"."""
    for _ in r.words:
        if r.heads[i] == i:
            break
        i = r.heads[i]
        own = r.kid(i, "nsubj", "nsubjpass")
        found = r.things(r.first_conjunct(i) if i in r.stands_for else own) if own >= 0 or i in r.stands_for else []
        if found:
            return found
    return []


def agreement(r: Reading, draft: Draft, token: int, kind: str, possessed: str) -> int:
    """Returns how well an object agrees with a kind of pronoun, 0 where it cannot be meant."""
    head = draft.head.rsplit(" ", 1)[-1]
    person, animal = head in PERSONS, head in ANIMALS
    if kind == "thing":
        return 0 if person else 2 if animal and possessed in BODY else 1
    if kind == "plural":
        plural = r.tags[token] == "NNS" or draft.quantity is not None or r.kid(token, "conj") >= 0
        return 1 + 2 * plural + (person or animal)
    if head in (FEMALE if kind == "male" else MALE):
        return 0
    return 1 + 2 * person + animal + (head in MALE or head in FEMALE)
