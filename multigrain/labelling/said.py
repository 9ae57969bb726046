"""What the captions of a batch of images say and deny, indexed so that many phrases are judged by it at once.

Legend: B images, M mentions (a head that is said of an image), T things, K facts and O captions of the images; each
kind in the order of the images. H heads in all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from multigrain.labelling.relations import Ids, Mask, Owners, spread
from multigrain.labelling.table import PhraseTable
from multigrain.labelling.words import PhraseWords


@dataclass(frozen=True, eq=False)
class Said:
    mentions: Owners  # by image
    head: Ids  # (M,)
    several: Mask  # (M,) counted as more than one, named twice, or described as no single thing can be
    things: Owners  # by image
    thing: Ids  # (T,) which thing of the data set
    mention_of_thing: Ids  # (T,)
    facts: Owners  # by image
    fact: Ids  # (K, 3)
    subject_mention: Ids  # (K,)
    object_mention: Ids  # (K,)
    doings: tuple[Ids, Ids]  # (mention, attribute): what a subject does, as an attribute
    denied_heads: Mask  # (H, B)
    denied_facts: tuple[Ids, Ids]  # (image, content)
    captions: Owners  # by image
    caption: Ids  # (O,) which caption of the data set

    @property
    def images(self) -> int:
        return self.mentions.count


def gather_said(images: Ids, table: PhraseTable, words: PhraseWords) -> Said:
    """Returns what the captions of the images say; `images` are rows of the data set."""
    rules, n, h = words.rules, len(images), len(words.rules.heads)
    image_of_caption, captions = spread(table.captions[images], np.diff(table.captions)[images])
    caption, content = table.phrases.of(captions)
    image = image_of_caption[caption]
    is_thing = content < len(table.head)
    heads = table.head[content[is_thing]]
    mention_keys = np.unique(image[is_thing] * h + heads)
    mentioned, head = mention_keys // h, mention_keys % h

    def mention_of(owner: Ids, heads: Ids) -> Ids:
        return np.searchsorted(mention_keys, owner * h + heads)

    thing_image, thing = _distinct(image[is_thing], content[is_thing], len(table.head))
    mention_of_thing = mention_of(thing_image, table.head[thing])
    fact_image, fact = _distinct(image[~is_thing], content[~is_thing] - len(table.head), len(table.facts))
    facts = table.facts[fact]
    subjects = mention_of(fact_image, facts[:, 0])
    several = np.zeros(len(head), np.bool_)
    several[mention_of_thing[rules.kind_several[rules.quantity_kind[table.quantity[thing]]]]] = True
    named, times = np.unique(caption[is_thing] * h + heads, return_counts=True)
    twice = named[times > 1]
    several[mention_of(image_of_caption[twice // h], twice % h)] = True
    several[_disagreeing(thing, mention_of_thing, table, words)] = True
    mentions = Owners(mentioned, n)
    persons = rules.person[head]
    crowded = mentions.any(persons & (several | (head == rules.people)))
    named_person = rules.person[named % h]
    in_caption = np.bincount((named // h)[named_person], minlength=len(captions))
    crowded[image_of_caption[in_caption > 1]] = True
    # One of several persons is in red, and another, whose clothes nobody mentions, may be in blue.
    several |= rules.worn[head] & crowded[mentioned]
    denied = np.zeros((h, n), np.bool_)
    owner, denied_head = table.denied_heads.of(images)
    denied[denied_head, owner] = True
    return Said(
        mentions,
        head,
        several,
        Owners(thing_image, n),
        thing,
        mention_of_thing,
        Owners(fact_image, n),
        facts,
        subjects,
        mention_of(fact_image, facts[:, 2]),
        (subjects, rules.doing[facts[:, 1]].astype(np.int64)),
        denied,
        table.denied_facts.of(images),
        Owners(image_of_caption, n),
        captions,
    )


def _disagreeing(thing: Ids, mention: Ids, table: PhraseTable, words: PhraseWords) -> Ids:
    """Returns the mentions of which no single thing can be all that is said: a tall woman and a short woman are two."""
    which, value = table.sets.of(table.attributes[thing])
    told = words.rules.attribute_family[value] >= 0
    owner, value = _distinct(mention[which[told]], value[told], len(words.rules.attributes))
    starts = np.searchsorted(owner, owner)
    left, right = spread(starts, np.searchsorted(owner, owner, side="right") - starts)
    distinct, place = np.unique(value, return_inverse=True)
    rivals = words.attribute_conflict.block(distinct, distinct)[place[left], place[right]]
    return owner[left[rivals]]


def _distinct(owner: Ids, values: Ids, size: int) -> tuple[Ids, Ids]:
    keys = np.unique(owner * size + values)
    return keys // max(size, 1), keys % max(size, 1)
