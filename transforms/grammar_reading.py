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
        if all(value != a.value for a in self.attributes):
            self.attributes.append(Attribute(value, negated, span))


class Reading:
    """A caption's tokens and tree, the objects named so far, and the relations found so far."""

    __slots__ = ("heads", "kids", "labels", "objects", "relations", "spans", "stands_for", "tags", "words")

    def __init__(self, table: TokenTable) -> None:
        self.words, self.tags, self.labels, self.heads = table.words, table.tags, table.labels, table.heads
        self.spans = table.spans
        self.kids: list[list[int]] = [[] for _ in table.words]
        for i, head in enumerate(table.heads):
            if head != i:
                self.kids[head].append(i)
        self.objects: list[Draft] = []
        self.stands_for: dict[int, list[int]] = {}  # token -> the objects it names, stands for, or is a quantity of
        self.relations: dict[tuple[int, str, int], TextRelation] = {}

    def kid(self, token: int, *labels: str) -> int:
        """Returns the first child of `token` with one of the labels, -1 where there is none."""
        for k in self.kids[token]:
            if self.labels[k] in labels:
                return k
        return -1

    def things(self, token: int) -> list[int]:
        """Returns the objects that a nominal and the nominals coordinated with it stand for."""
        found = list(self.stands_for.get(token, ()))
        for k in self.kids[token]:
            if self.labels[k] in ("conj", "appos") and k in self.stands_for:
                found += self.things(k)
        return found

    def holders(self, token: int, at: int) -> list[int]:
        """Returns what a phrase at token `at` describes, where it hangs on the nominal `token`.

        "a man and a woman holding hands": both hold, since the phrase follows the whole coordination of the subject;
        "a hat and a shirt with stripes": only the shirt.
        """
        top = token
        while self.labels[top] == "conj" and self.heads[top] in self.stands_for:
            top = self.heads[top]
        if top != token and self.labels[top] not in ("ROOT", "nsubj", "nsubjpass"):
            return self.stands_for.get(token, [])
        if any(self.labels[k] == "conj" and k > at for k in self.kids[top]):
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
        """Adds a relation from each subject to each object; nothing twice, and
        nothing to itself but by "each other".

        A relation with what is said to be absent ("no chairs") is negated, unless it tells the absence itself (`absent`).
        """
        for s in subjects:
            for o in objects:
                no = not absent and "no" in (self.objects[o].quantity, self.objects[s].quantity)
                if (s != o or self.words[span[1] : span[1] + 2] == ["each", "other"]) and (
                    s,
                    predicate,
                    o,
                ) not in self.relations:
                    self.relations[s, predicate, o] = TextRelation(s, predicate, o, negated or no, span)

    def graph(self) -> SceneGraph:
        """Returns what was read as an immutable record, relations in the order of their words."""
        objects = (TextObject(i, d.head, tuple(d.attributes), d.quantity, d.span) for i, d in enumerate(self.objects))
        relations = sorted(self.relations.values(), key=lambda r: (r.span, r.subject, r.object))
        return SceneGraph(self.spans, tuple(objects), tuple(relations))
