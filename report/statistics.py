"""What a data set amounts to: counts over all images, and what makes single images worth a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from report.data_set import Boxes, Row
from report.names import object_name
from report.words import Naming
from schemas.records import DeadLetter, ImageGraphs

SCORE_BINS = 20  # of object scores, over [0, 1]
SURE = 0.5  # object score from which a region is taken to be what it is called
LONG = 60  # words from which a caption is longer than people write
MANY_IMAGES = 3  # images that one caption text describes


@dataclass(frozen=True, slots=True)
class Place:
    """Where an image lies, and what it says that may be found nowhere else."""

    image_id: str
    shard: int
    row: int
    heads: tuple[str, ...]  # each object that its captions name, once
    texts: tuple[str, ...]  # its captions, lower case
    odd: tuple[str, ...]  # why somebody should look at it


@dataclass
class Statistics:
    """Counts over a whole data set."""

    images: int = 0
    captions: int = 0
    splits: Counter[str] = field(default_factory=Counter)
    boxes: Counter[int] = field(default_factory=Counter)  # images by number of boxes
    scores: Counter[int] = field(default_factory=Counter)  # boxes by bin of their object score
    seen: Counter[str] = field(default_factory=Counter)  # boxes by name of their object
    words: Counter[int] = field(default_factory=Counter)  # captions by number of words
    objects: Counter[int] = field(default_factory=Counter)  # graphs by number of objects
    relations: Counter[int] = field(default_factory=Counter)  # graphs by number of relations
    heads: Counter[str] = field(default_factory=Counter)  # mentions
    attributes: Counter[str] = field(default_factory=Counter)
    predicates: Counter[str] = field(default_factory=Counter)
    region_predicates: Counter[str] = field(default_factory=Counter)  # between regions
    notes: Counter[str] = field(default_factory=Counter)  # graphs that are not to be trusted, by why
    labels: Counter[tuple[str, str]] = field(default_factory=Counter)  # phrases by (label, reason)
    head_images: Counter[str] = field(default_factory=Counter)  # images that name the head
    text_images: Counter[str] = field(default_factory=Counter)  # images that a caption describes word for word
    places: list[Place] = field(default_factory=list)

    def rare_words(self, place: Place) -> list[str]:
        """Returns the objects that the captions of no other image name."""
        return [head for head in place.heads if self.head_images[head] == 1]

    def odd(self, place: Place) -> list[str]:
        """Returns why somebody should look at an image, the same text on many images included."""
        shared = [text for text in place.texts if self.text_images[text] >= MANY_IMAGES]
        return [*place.odd, *(f"{self.text_images[text]:,} images have the caption {text!r}" for text in shared[:1])]


def collect(rows: Iterable[tuple[int, int, Row]], object_names: Sequence[str], naming: Naming) -> Statistics:
    """Returns the counts over (shard, row, content) of all images."""
    total = Statistics()
    for shard, row, content in rows:
        _count_captions(total, content.image)
        _count_boxes(total, content.seen, object_names)
        total.region_predicates.update(relation.predicate for relation in content.relations)
        total.labels.update(("negative", f"made: {item.reason}") for item in content.labels.hard_phrases)
        for candidate in content.labels.candidates:
            total.labels.update((item.label, item.reason) for item in candidate.labels)
        heads = tuple(sorted({o.head for graph in content.image.graphs for o in graph.objects}))
        texts = tuple(sorted({caption.text.lower() for caption in content.image.captions}))
        total.head_images.update(heads)
        total.text_images.update(texts)
        odd = (*odd_captions(content.image), *odd_regions(content, naming))
        total.places.append(Place(content.image.image_id, shard, row, heads, texts, odd))
    return total


def _count_captions(total: Statistics, image: ImageGraphs) -> None:
    total.images += 1
    total.captions += len(image.captions)
    total.splits[image.split] += 1
    total.words.update(len(caption.text.split()) for caption in image.captions)
    for graph in image.graphs:
        total.objects[len(graph.objects)] += 1
        total.relations[len(graph.relations)] += 1
        total.heads.update(o.head for o in graph.objects)
        total.attributes.update(a.value for o in graph.objects for a in o.attributes)
        total.predicates.update(r.predicate for r in graph.relations)
        if graph.note:
            total.notes[graph.note] += 1


def _count_boxes(total: Statistics, seen: Boxes, names: Sequence[str]) -> None:
    total.boxes[len(seen.boxes)] += 1
    total.scores.update(min(int(score * SCORE_BINS), SCORE_BINS - 1) for score in seen.object_scores.tolist())
    total.seen.update(name for i in seen.object_ids.tolist() if (name := object_name(names, i)))


def odd_captions(image: ImageGraphs) -> list[str]:
    """Returns what is strange about an image's captions, a sentence each."""
    found = []
    for number, (caption, graph) in enumerate(zip(image.captions, image.graphs, strict=True), 1):
        words = len(caption.text.split())
        if graph.note:
            found.append(f"caption {number}: {graph.note.replace('_', ' ')}")
        elif not graph.objects:
            found.append(f"caption {number} names no object")
        if words > LONG:
            found.append(f"caption {number} has {words:,} words")
    return found


def odd_regions(content: Row, naming: Naming) -> list[str]:
    """Returns what is strange about an image's regions beside its captions, a sentence each."""
    scores, ids = content.seen.object_scores, content.seen.object_ids
    sure = set(ids[(scores >= SURE) & (ids >= 0)].tolist())
    heads = {o.head for graph in content.image.graphs for o in graph.objects}
    if (ids >= 0).any() and not sure:
        return [f"no region scores {SURE} or more"]
    if sure and heads and not any(naming.object_ids(head) & sure for head in heads):
        return ["no caption names anything that the detector is sure of"]
    return []


def rejected_images(letters: Iterable[DeadLetter]) -> dict[str, DeadLetter]:
    """Returns the first dead letter of each record that has one, by record id."""
    found: dict[str, DeadLetter] = {}
    for letter in letters:
        found.setdefault(letter.record_id, letter)
    return found
