"""Universal Dependencies mapped onto the token table's tradition: the head of "on a bench" is "on", not "bench".

Universal Dependencies hang function words on content words; ClearNLP labels, which the grammar reads, hang nouns on
their prepositions and predicates on "be". The moves below are exact inverses of that choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

LABELS = {
    "root": "ROOT",
    "obj": "dobj",
    "iobj": "dative",
    "nsubj:pass": "nsubjpass",
    "csubj:pass": "csubjpass",
    "aux:pass": "auxpass",
    "acl:relcl": "relcl",
    "compound:prt": "prt",
    "nmod:poss": "poss",
    "det:predet": "predet",
    "cc:preconj": "preconj",
    "nmod:npmod": "npadvmod",
    "nmod:unmarked": "npadvmod",
    "nmod:tmod": "npadvmod",
    "obl": "npadvmod",  # those with a preposition become its object
    "flat": "compound",
    "goeswith": "compound",
    "fixed": "prep",
    "case": "prep",
}
# What stays with a predicate noun or adjective where "be" becomes the head of the clause.
OF_THE_NOUN = frozenset(
    (
        "det",
        "amod",
        "nummod",
        "compound",
        "nmod",
        "poss",
        "case",
        "acl",
        "relcl",
        "flat",
        "appos",
        "predet",
        "conj",
        "cc",
    )
)
NEGATIONS = frozenset(("not", "n't", "never"))


def clear_labels(words: Sequence[str], tags: Sequence[str], heads: list[int], relations: Sequence[str]) -> list[str]:
    """Returns the ClearNLP label of each token and changes the heads to go with them.

    Args:
        words: lower-case tokens.
        tags: their Penn tags.
        heads: their heads; a root is its own head.
        relations: their Universal Dependencies relations, with subtypes.
    """
    labels = [label(word, tag, relation) for word, tag, relation in zip(words, tags, relations, strict=True)]
    for c, relation in enumerate(relations):
        if relation == "cop":
            lift_copula(words, tags, heads, labels, relations, c)
    for noun, chain in preposition_chains(tags, heads, relations).items():
        lift_prepositions(heads, labels, noun, chain, agent=relations[noun] == "obl:agent")
    for c, relation in enumerate(relations):
        if relation == "case" and tags[c] == "POS":
            labels[c] = "case"
        elif relation == "cc" and labels[heads[c]] == "conj":
            heads[c] = heads[heads[c]]
        elif relation == "expl":
            name_attribute(words, heads, labels, heads[c])
    return labels


def label(word: str, tag: str, relation: str) -> str:
    """Returns the label of one token where the tree need not change."""
    if relation == "advmod" and word in NEGATIONS:
        return "neg"
    if relation == "mark" and tag == "TO":
        return "aux"
    if relation == "xcomp" and tag == "JJ":
        return "acomp"
    return LABELS.get(relation) or LABELS.get(relation.partition(":")[0]) or relation.partition(":")[0]


def lift_copula(
    words: Sequence[str], tags: Sequence[str], heads: list[int], labels: list[str], relations: Sequence[str], c: int
) -> None:
    """Makes "be" the head of its clause: "a dog is in a park", "the cat is black"."""
    predicate = heads[c]
    take_place(heads, labels, c, predicate)
    for k, head in enumerate(heads):
        if head == predicate and k not in (c, predicate) and labels[k] not in OF_THE_NOUN and relations[k] != "case":
            heads[k] = c
    heads[predicate] = c
    labels[predicate] = "acomp" if tags[predicate][:2] in ("JJ", "RB") else "attr"


def preposition_chains(tags: Sequence[str], heads: list[int], relations: Sequence[str]) -> dict[int, list[int]]:
    """Returns the prepositions of each noun in their order: out, of in "out of the house"."""
    chains: dict[int, list[int]] = {}
    for c, relation in enumerate(relations):
        if relation == "case" and tags[c] != "POS" and heads[c] != c:
            chains.setdefault(heads[c], []).append(c)
        elif relation == "fixed" and relations[heads[c]] == "case":
            chains.setdefault(heads[heads[c]], []).append(c)
    return chains


def lift_prepositions(heads: list[int], labels: list[str], noun: int, chain: list[int], *, agent: bool) -> None:
    """Makes a chain of prepositions the head of its noun: "on a bench", "out of the house"."""
    first, place = chain[0], labels[noun]
    take_place(heads, labels, first, noun)
    if place == "conj" and labels[heads[first]] == "pobj":  # "on a bench and in a park"
        heads[first] = heads[heads[first]]
    elif place not in ("ROOT", "conj"):
        labels[first] = "agent" if agent else "prep"
    for above, below in pairwise(chain):
        heads[below], labels[below] = above, "prep"
    heads[noun], labels[noun] = chain[-1], "pobj"


def take_place(heads: list[int], labels: list[str], new: int, old: int) -> None:
    """Gives `new` the head and the label of `old`."""
    heads[new] = new if heads[old] == old else heads[old]
    labels[new] = labels[old]


def name_attribute(words: Sequence[str], heads: list[int], labels: list[str], verb: int) -> None:
    """Names what "there is" as the attribute of "be": "there are three people"."""
    if words[verb] in ("is", "are", "was", "were", "be", "'s", "been"):
        for k, head in enumerate(heads):
            if head == verb and labels[k] == "nsubj":
                labels[k] = "attr"
