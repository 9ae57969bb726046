"""What WordNet adds to the table of heads: rows of no images, for the heads that a corpus names.

    python -m transforms.wordnet_rows DIR     counts, and examples, for the heads of the tables that ship

The first sense of a word is its commonest, and captions tell of ordinary things: where the first senses of two heads
are one synset they are `same`, where one is a kind of the other it `implies` it. Any other sense only gives `maybe`,
and so does the first of several that WordNet never counted: the turtle that comes first is a sweater.
"""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from transforms.compatibility import Compatibility, Relation, Row, never_same
from transforms.hypernyms import generals, vague
from transforms.knowledge_tables import shipped_knowledge
from transforms.rivals import rivals
from transforms.wordnet import Synset, WordNet, read_wordnet

STEPS = 4  # up from a sense, at most: dog, canine, carnivore, placental, mammal
DEPTH = 6  # what lies less deep says too little of a photo: entity, object, artifact, group, structure, activity
CONVERSE: dict[Relation, Relation] = {"same": "same", "implies": "implied", "maybe": "maybe"}


def add_wordnet(compatibility: Compatibility, heads: Iterable[str], wordnet: WordNet) -> Compatibility:
    """Returns the tables with WordNet's rows for these heads. A pair that the corpus has a row of keeps it."""
    learned = {(row.left, row.right): row for row in compatibility.rows["head"]}
    added = {(row.left, row.right): row for row in wordnet_rows(heads, wordnet)}
    rows = {**added, **learned}
    return replace(compatibility, rows={**compatibility.rows, "head": tuple(rows[pair] for pair in sorted(rows))})


def wordnet_rows(heads: Iterable[str], wordnet: WordNet) -> Iterator[Row]:
    """Yields what WordNet says of pairs of these heads and the hand-written tables neither say nor exclude."""
    known = {head: wordnet.nouns[head] for head in sorted(heads) if head in wordnet.nouns and not vague(head)}
    named: defaultdict[Synset, list[str]] = defaultdict(list)
    for head, noun in known.items():
        for synset in noun.senses:
            named[synset].append(head)
    found: dict[tuple[str, str], Relation] = {}
    for head, noun in known.items():
        for synset in noun.senses:
            for above, steps in _upwards(synset, wordnet).items():
                for general in named[above]:
                    surely = synset == noun.first and above == known[general].first
                    _note(found, head, general, "maybe" if not surely else "implies" if steps else "same")
    for (left, right), relation in found.items():
        yield Row(left, right, relation, 0, 0.0, 0.0, 0.0, 0.0)


def _note(found: dict[tuple[str, str], Relation], head: str, general: str, relation: Relation) -> None:
    told = head in generals(general) or general in generals(head) or general in rivals(head)
    if head == general or told or never_same(*sorted((head, general))):
        return
    pair, relation = ((head, general), relation) if head < general else ((general, head), CONVERSE[relation])
    if found.get(pair, "maybe") == "maybe":
        found[pair] = relation


def _upwards(synset: Synset, wordnet: WordNet) -> dict[Synset, int]:
    """Returns the synset and what it is a kind of, with the steps up; without what is too far up or too general."""
    found, level = {synset: 0}, [synset]
    for steps in range(1, STEPS + 1):
        above = {general for specific in level for general in wordnet.hypernyms[specific]}
        level = sorted(general for general in above if general not in found and wordnet.depths[general] >= DEPTH)
        found.update(dict.fromkeys(level, steps))
    return found


def main() -> None:
    compatibility = shipped_knowledge().compatibility
    learned = compatibility.rows["head"]
    heads = {word for row in learned for word in (row.left, row.right)}
    heads |= {word for row in compatibility.associations for word in (row.left, row.right)}
    wordnet = read_wordnet(sys.argv[1])
    rows = [row for row in add_wordnet(compatibility, heads, wordnet).rows["head"] if not row.images]
    counts = Counter("implies" if row.relation == "implied" else row.relation for row in rows)
    print(f"{len(heads)} heads, {sum(head in wordnet.nouns for head in heads)} in WordNet; {len(learned)} rows learned")
    print(f"{len(rows)} rows added: " + ", ".join(f"{counts[kind]} {kind}" for kind in sorted(counts)))
    for kind in ("same", "implies", "maybe"):
        of_kind = [row for row in rows if CONVERSE.get(row.relation, "implied") == CONVERSE[kind]]
        for row in random.Random(0).sample(of_kind, min(40, len(of_kind))):
            left, right = (row.right, row.left) if row.relation == "implied" else (row.left, row.right)
            print(f"{kind:8} {left}, {right}")


if __name__ == "__main__":
    main()
