"""Rules for pronouns: the object that "it", "his" or "each other" stands for."""

from __future__ import annotations

from collections.abc import Iterator

from transforms.grammar_reading import Draft, Reading
from transforms.grammar_words import ANIMALS, BODY, FEMALE, MALE, PERSONS

PRONOUNS = {
    "it": "thing", "its": "thing", "itself": "thing",
    "he": "male", "him": "male", "his": "male", "himself": "male",
    "she": "female", "her": "female", "hers": "female", "herself": "female",
    "they": "plural", "them": "plural", "their": "plural", "theirs": "plural", "themselves": "plural",
}  # fmt: skip
# What a pronoun names where the caption names nothing for it: "he is skiing down the hill".
UNNAMED = {"male": "man", "female": "woman", "plural": "people"}


def resolve_pronouns(r: Reading) -> None:
    """Lets every pronoun stand for what it means: "a dog with a ball in its mouth" -> the dog's mouth."""
    for i, word in enumerate(r.words):
        if word in PRONOUNS and r.tags[i][0] == "P":
            kind = PRONOUNS[word]
            found = antecedent(r, i, kind)
            if not found and kind in UNNAMED and r.labels[i] in ("nsubj", "nsubjpass"):
                found = [len(r.objects)]
                r.objects.append(Draft(UNNAMED[kind], (i, i + 1)))
            r.stands_for[i] = found
        elif word == "other" and i and r.words[i - 1] == "each":
            r.stands_for[i] = list(partners(r, i))


def antecedent(r: Reading, i: int, kind: str) -> list[int]:
    """Returns the nearest earlier object that agrees with the pronoun best, with those coordinated with it if plural."""
    barred = set(co_arguments(r, i))
    best, best_score = -1, 0
    for o, draft in enumerate(r.objects):
        token = draft.span[1] - 1
        if token < i and o not in barred:
            score = agreement(r, draft, token, kind, possessed=r.words[r.heads[i]] if r.labels[i] == "poss" else "")
            if score and score >= best_score:
                best, best_score = o, score
    if best < 0:
        return []
    if kind == "plural":
        top = r.objects[best].span[1] - 1
        while r.labels[top] == "conj" and r.heads[top] in r.stands_for:
            top = r.heads[top]
        return r.things(top)
    return [best]


def co_arguments(r: Reading, i: int) -> Iterator[int]:
    """Yields the objects that the pronoun cannot mean: "a bear with a picture on it" is not on the picture."""
    label, head = r.labels[i], r.heads[i]
    if label == "pobj":
        holder = r.heads[head]
        yield from r.stands_for.get(holder, ())
        if r.words[i] == "it" and r.tags[holder][0] == "V":
            yield from clause_subject(r, holder)
    elif label == "dobj":
        yield from clause_subject(r, head)
    elif (
        label == "poss" and r.labels[head] == "pobj" and r.words[r.heads[head]] != "with"
    ):  # "a tie around its neck" is not the tie's neck
        yield from r.stands_for.get(r.heads[r.heads[head]], ())


def partners(r: Reading, i: int) -> list[int]:
    """Returns whom "each other" means: the nearest subject or noun above it: "two dogs chasing each other"."""
    while r.heads[i] != i:
        i = r.heads[i]
        found = r.things(i) or [o for k in r.kids[i] if r.labels[k] in ("nsubj", "nsubjpass") for o in r.things(k)]
        if found:
            return found
    return []


def clause_subject(r: Reading, v: int) -> list[int]:
    """Returns the objects of the subject that stands in a verb's own clause or that the verb modifies."""
    own = r.kid(v, "nsubj", "nsubjpass")
    if own >= 0:
        return r.stands_for.get(own, [])
    return r.stands_for.get(r.heads[v], [])


def agreement(r: Reading, draft: Draft, token: int, kind: str, possessed: str) -> int:
    """Returns how well an object agrees with a kind of pronoun, 0 where it cannot be meant."""
    head = draft.head.rsplit(" ", 1)[-1]
    person, animal = head in PERSONS, head in ANIMALS
    if kind == "thing":
        if person:
            return 0
        return 2 if animal and possessed in BODY else 1
    if kind == "plural":
        plural = (
            r.tags[token] == "NNS" or draft.quantity is not None or any(r.labels[k] == "conj" for k in r.kids[token])
        )
        return 1 + 2 * plural + (person or animal)
    if head in (FEMALE if kind == "male" else MALE):
        return 0
    return 1 + 2 * person + animal + (head in MALE or head in FEMALE)
