"""The state that the grammar's rules share while one caption is read."""

from __future__ import annotations

from schemas.records import Attribute, SceneGraph, Span, TextObject, TextRelation
from transforms.tokens import TokenTable


class Draft:
    """An object that rules still add attributes and a quantity to."""

    __slots__ = ("attributes", "head", "quantity", "span")

    def __init__(self, head: str, span: Span) -> None:
        self.head = head
        self.span = span
        self.attributes: list[Attribute] = []
        self.quantity: str | None = None

    def describe(self, value: str, span: Span, *, negated: bool = False) -> None:
        """Adds an attribute once."""
        for a in self.attributes:
            if a.value == value:
                return
        self.attributes.append(Attribute(value, negated, span))

    def said(self) -> tuple[Attribute, ...]:
        """Returns the attributes in the order of their words."""
        if len(self.attributes) > 1:
            self.attributes.sort(key=span_of)
        return tuple(self.attributes)


class Reading:
    """A caption's tokens and tree, the objects named so far, and the relations found so far."""

    __slots__ = ("heads", "kids", "labels", "objects", "relations", "spans", "stands_for", "tags", "words")

    def __init__(self, table: TokenTable) -> None:
        self.words, self.tags, self.labels, self.heads = table.words, table.tags, table.labels, table.heads
        self.spans = table.spans
        kids: list[list[int]] = [[] for _ in table.words]
        for i, head in enumerate(table.heads):
            if head != i:
                kids[head].append(i)
        self.kids = kids
        self.objects: list[Draft] = []
        self.stands_for: dict[int, list[int]] = {}  # token -> the objects it names, stands for, or is a quantity of
        self.relations: dict[tuple[int, str, int], TextRelation] = {}

    def kid(self, token: int, *labels: str) -> int:
        """Returns the first dependent of `token` with one of the labels, -1 where there is none."""
        for k in self.kids[token]:
            if self.labels[k] in labels:
                return k
        return -1

    def name(self, head: str, span: Span) -> int:
        """Returns the id of a new object; its last token, and no other, stands for it."""
        self.objects.append(Draft(head, span))
        self.stands_for[span[1] - 1] = [len(self.objects) - 1]
        return len(self.objects) - 1

    def things(self, token: int) -> list[int]:
        """Returns the objects that a nominal and the nominals coordinated with it stand for."""
        found = self.stands_for.get(token, [])
        for k in self.kids[token]:
            if k > token and self.labels[k] in ("conj", "appos") and k in self.stands_for:
                found = found + self.things(k)
        return found

    def first_conjunct(self, token: int) -> int:
        """Returns the nominal that a coordination starts with: the man for the woman of "a man and a woman"."""
        while self.labels[token] == "conj" and self.heads[token] < token and self.heads[token] in self.stands_for:
            token = self.heads[token]
        return token

    def holders(self, token: int, at: int) -> list[int]:
        """Returns what a phrase at token `at` describes, where it hangs on the nominal `token`.

        "a man and a woman holding hands": both hold, since the phrase follows the whole coordination of the subject;
        "a hat and a shirt with stripes": only the shirt; "a man running and a woman sitting": only the woman.
        """
        top = self.first_conjunct(token)
        if top != token and self.labels[top] not in ("ROOT", "nsubj", "nsubjpass"):
            return self.stands_for.get(token, [])
        for k in self.kids[top]:
            label = self.labels[k]
            if (k > at and label == "conj") or (k < token and label in ("acl", "relcl")):
                return self.stands_for.get(token, [])
        return self.things(top)

    def relate(
        self,
        subjects: list[int],
        predicate: str,
        objects: list[int],
        span: Span,
        *,
        negated: bool = False,
        absent: bool = False,
    ) -> None:
        """Adds a relation from each subject to each object, once, and to itself only for "dogs chasing each other".

        What is said to be absent ("no chairs") is in no positive relation, but for the one that tells the absence.
        """
        for s in subjects:
            for o in objects:
                key = s, predicate, o
                if key in self.relations or (s == o and (len(objects) > 1 or not self.is_reciprocal(span[1]))):
                    continue
                no = not absent and (self.objects[o].quantity == "no" or self.objects[s].quantity == "no")
                self.relations[key] = TextRelation(s, predicate, o, negated or no, span)

    def is_reciprocal(self, token: int) -> bool:
        """Tells whether "each other" starts at a token."""
        return token < len(self.words) and self.words[token] in ("each", "eachother")

    def graph(self) -> SceneGraph:
        """Returns what was read as an immutable record, relations in the order of their words."""
        objects = [TextObject(i, d.head, d.said(), d.quantity, d.span) for i, d in enumerate(self.objects)]
        relations = list(self.relations.values())
        if len(relations) > 1:
            relations.sort(key=place_of)
        return SceneGraph(self.spans, tuple(objects), tuple(relations))


def span_of(attribute: Attribute) -> Span:
    """Returns what orders attributes: their words."""
    return attribute.span


def place_of(relation: TextRelation) -> tuple[Span, int, int]:
    """Returns what orders relations: their words, then their subject and object."""
    return relation.span, relation.subject, relation.object
