"""What could stand in a caption instead of what stands there, with the edits that put it into the sentence.

Whether it is false is not asked here. The words come from what the corpus says in such places, and where an edit would
break the sentence (a plural for a singular, "a water", "his" of a woman) none is proposed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from schemas.claims import Content, Fact, Thing
from schemas.records import Replaced, SceneGraph, Span, TextObject
from transforms.absence import Absence
from transforms.conflicts import attribute_conflict, family_of, inverse_predicates, symmetric
from transforms.grammar_words import NUMBERS
from transforms.hypernyms import KINDS, kinds_of, vague, words_of
from transforms.lemmas import PLURAL_ONLY, verb_lemma
from transforms.people import COLLECTIVES, living, person, worn
from transforms.phrases import CaptionContent, thing_span
from transforms.slots import Slots
from transforms.wording import MASS, article, grammatical_number, inflected, plural, verb_form

Edit = tuple[Span, str]  # (character span, the words instead)
OF_A_KIND = 12  # heads kept of a kind, the most mentioned
WORDS = {number: word for word, number in NUMBERS.items() if word != "dozen"}
COUNTS = ("2", "3", "4", "5", "6")
# Predicates that may hold both ways round, though the one does not say the other.
MUTUAL = words_of("watch, look at, stare at, gaze at, smile at, follow, lean on, chat with")
VERBLESS = words_of(
    "to, on, in, at, left, right, near, by, above, below, over, under, behind, beside, with, of, from, around, along",
    "across, through, into, past, next, close, inside, outside, against, between, for",
)
GENDERED = frozenset(["he", "him", "his", "himself", "she", "her", "hers", "herself"])


class Replacement(NamedTuple):
    kind: Replaced
    content: Content  # what is then claimed
    characters: Span  # of the phrase, before the edits
    edits: tuple[Edit, ...]


class Replacements:
    """Proposes replacements by the words that a corpus says in each place."""

    def __init__(self, slots: Slots, absence: Absence) -> None:
        self._slots = slots
        kinds: defaultdict[str, list[str]] = defaultdict(list)
        for head in sorted(absence.mentions, key=lambda head: (-absence.mentions[head], head)):
            for kind in sorted(kinds_of(head)):
                if len(kinds[kind]) < OF_A_KIND and not vague(head) and head != kind:
                    kinds[kind].append(head)
        self._kinds = dict(kinds)

    def of(self, kind: Replaced, sentence: Sentence, content: CaptionContent) -> Iterator[Replacement]:
        """Yields what may be replaced in a caption by way of one kind of replacement."""
        graph = sentence.graph
        if kind in ("predicate", "roles"):
            for phrase, fact in zip(content.phrases, content.contents, strict=True):
                if isinstance(fact, Fact):
                    propose = self._predicates if kind == "predicate" else self._roles
                    yield from propose(sentence, phrase.relation, fact, graph.characters(phrase.span))
            return
        heads = [item.head for item in graph.objects]
        for phrase, thing in zip(content.phrases, content.contents, strict=True):
            item = graph.objects[phrase.objects[0]]
            # A thing that is named twice, or by a pronoun only, cannot be replaced in one place.
            if isinstance(thing, Thing) and heads.count(item.head) == 1 and item.span[0] < item.span[1]:
                where = graph.characters(phrase.span)
                if kind == "object":
                    yield from self._heads(sentence, content, item, thing, where)
                elif kind == "attribute":
                    yield from self._attributes(sentence, item, thing, where)
                else:
                    yield from _counts(sentence, item, thing, where)

    def _heads(
        self, sentence: Sentence, content: CaptionContent, item: TextObject, thing: Thing, where: Span
    ) -> Iterator[Replacement]:
        number = grammatical_number(sentence.word(item.span[1] - 1), thing.head)
        if number is None or vague(thing.head) or (person(thing.head) and sentence.gendered):
            return
        if sentence.word(item.span[1]).startswith(("'", "\u2019")):  # "the woman's hat"
            return
        before = sentence.word(item.span[0] - 1).lower()
        for head in self._instead(content, thing):
            listed = head in PLURAL_ONLY or head in COLLECTIVES
            if head == thing.head or vague(head) or head in KINDS or (listed and (number == "one" or thing.quantity)):
                continue
            if (head in MASS or thing.head in MASS) and not (head in MASS and thing.head in MASS):
                continue
            if worn(head) != worn(thing.head):
                continue
            # What is said of the one must make sense of the other.
            if thing.lacking or not thing.attributes <= set(self._slots.of("attributes", head)):
                continue
            words = plural(head) if number == "many" and head not in PLURAL_ONLY else head
            edits = sentence.put(item.span, words, before)
            yield Replacement("object", thing._replace(head=head), where, edits)

    def _instead(self, content: CaptionContent, thing: Thing) -> list[str]:
        """Returns the heads that are said in the places where the thing stands, and others of its kind."""
        found: dict[str, None] = {}
        for fact in content.contents:
            if isinstance(fact, Fact):
                if fact.subject == thing.head:
                    found.update(dict.fromkeys(self._slots.of("subjects", fact.predicate, fact.object)))
                if fact.object == thing.head:
                    found.update(dict.fromkeys(self._slots.of("objects", fact.subject, fact.predicate)))
        for kind in sorted(kinds_of(thing.head)):
            found.update(dict.fromkeys(self._kinds.get(kind, ())))
        return list(found)

    def _attributes(self, sentence: Sentence, item: TextObject, thing: Thing, where: Span) -> Iterator[Replacement]:
        for attribute in item.attributes:
            value, at = attribute.value, attribute.span
            others = thing.attributes - {value}
            # Of "black and white" neither can be replaced alone.
            mixed = any(family_of(other) == family_of(value) for other in others)
            if attribute.negated or mixed or at[1] - at[0] != 1 or sentence.word(at[0]).lower() != value:
                continue
            for new in self._slots.of("attributes", thing.head):
                if attribute_conflict(value, new) and new not in others:
                    edits = sentence.put(at, new, sentence.word(at[0] - 1).lower())
                    yield Replacement("attribute", thing._replace(attributes=others | {new}), where, edits)

    def _predicates(self, sentence: Sentence, index: int, fact: Fact, where: Span) -> Iterator[Replacement]:
        relation = sentence.graph.relations[index]
        words = [sentence.word(i).lower() for i in range(*relation.span)]
        said = fact.predicate.split()
        if not words or words[1:] != said[1:] or not sentence.straight(index):
            return
        if any(word == old for word, old in [(words[0], said[0])]):
            form = "VBP"
        elif verb_lemma(words[0]) == said[0] and verb_form(words[0]):
            form = verb_form(words[0]) or ""
        else:
            return
        for new in self._slots.of("predicates", fact.subject, fact.object):
            first, *rest = new.split()
            verb = first not in VERBLESS
            if new == fact.predicate or new == "have" or verb == (said[0] in VERBLESS):
                continue
            text = " ".join([inflected(first, form) if verb and form != "VBP" else first, *rest])
            edits = ((sentence.graph.characters(relation.span), text),)
            yield Replacement("predicate", fact._replace(predicate=new), where, edits)

    def _roles(self, sentence: Sentence, index: int, fact: Fact, _: Span) -> Iterator[Replacement]:
        relation = sentence.graph.relations[index]
        ends = [sentence.graph.objects[i] for i in (relation.subject, relation.object)]
        # Of two that are not alive only such relations can be turned round that are said from either side.
        turns = living(fact.subject) and living(fact.object)
        turns |= bool(inverse_predicates(fact.predicate)) and not fact.predicate.endswith("on")
        both = symmetric(fact.predicate) or fact.predicate in MUTUAL or fact.predicate in ("have", "with")
        if both or not turns or not sentence.straight(index):
            return
        numbers = {grammatical_number(sentence.word(end.span[1] - 1), end.head) for end in ends}
        if len(numbers) > 1 or None in numbers or living(fact.subject) != living(fact.object):
            return
        if any(end.quantity or end.head in MASS for end in ends) or (sentence.gendered and any(map(person, fact))):
            return
        spans = [thing_span(end) for end in ends]
        places = [sentence.graph.characters(span) for span in spans]
        words = [sentence.text[start:end] for start, end in places]
        words[0] = words[0][:1].lower() + words[0][1:]
        edits = [
            edit
            for span, other in zip(spans, reversed(words), strict=True)
            for edit in sentence.put(span, other, sentence.word(span[0] - 1).lower())
        ]
        where = places[0][0], places[1][1]
        yield Replacement("roles", Fact(fact.object, fact.predicate, fact.subject), where, tuple(edits))


def _counts(sentence: Sentence, item: TextObject, thing: Thing, where: Span) -> Iterator[Replacement]:
    first = thing_span(item)[0]
    for at in range(first - 1, max(first - 4, -1), -1):
        word = sentence.word(at).lower()
        if thing.quantity in COUNTS and NUMBERS.get(word, word) == thing.quantity:
            span = sentence.graph.characters((at, at + 1))
            for number in COUNTS:
                if number != thing.quantity:
                    words = number if word.isdecimal() else _like(sentence.word(at), WORDS[number])
                    yield Replacement(
                        "quantity", thing._replace(quantity=number), (span[0], where[1]), ((span, words),)
                    )
            return


class Sentence:
    """A caption's words, and what can be put in their place."""

    def __init__(self, text: str, graph: SceneGraph) -> None:
        self.text = text
        self.graph = graph
        self.words = [text[start:end] for start, end in graph.tokens]
        self.gendered = not GENDERED.isdisjoint(map(str.lower, self.words))

    def word(self, token: int) -> str:
        """Returns the text of a token, "" before the first and after the last."""
        return self.words[token] if 0 <= token < len(self.words) else ""

    def put(self, span: Span, words: str, before: str) -> tuple[Edit, ...]:
        """Returns the edits that put words in place of a token span, and its article, if that is `before`, right."""
        start, end = self.graph.characters(span)
        put = ((start, end), _like(self.text[start:end], words))
        if before not in ("a", "an") or article(words) == before:
            return (put,)
        at = self.graph.tokens[span[0] - 1]
        return ((at, _like(self.text[slice(*at)], article(words))), put)

    def straight(self, index: int) -> bool:
        """Whether subject, relation and object stand in this order, and apart."""
        relation = self.graph.relations[index]
        subject, object_ = (thing_span(self.graph.objects[i]) for i in (relation.subject, relation.object))
        spans = (subject, relation.span, object_)
        return all(a < b for a, b in spans) and subject[1] <= relation.span[0] and relation.span[1] <= object_[0]


def _like(old: str, words: str) -> str:
    return words[:1].upper() + words[1:] if old[:1].isupper() else words
