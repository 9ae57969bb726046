"""The relations between words that labelling asks for, ready for look-up in bulk."""

from __future__ import annotations

from multigrain.labelling.relations import Ids, Mask, Relation
from schemas.phrase_rules import PhraseRules


class PhraseWords:
    def __init__(self, rules: PhraseRules) -> None:
        heads, attributes, predicates = len(rules.heads), len(rules.attributes), len(rules.predicates)
        self.rules = rules
        self.head_true_by = Relation(rules.head_true_by, heads)
        self.company = Relation(rules.company, heads)
        self.attribute_true_by = Relation(rules.attribute_true_by, attributes)
        self.attribute_near = Relation(rules.attribute_near, attributes)
        self.attribute_conflict = Relation(rules.attribute_conflict, attributes)
        self.predicate_true_by = Relation(rules.predicate_true_by, predicates)
        self.predicate_near = Relation(rules.predicate_near, predicates)
        self.predicate_inverse = Relation(rules.predicate_inverse, predicates)
        self.code = {reason: i for i, reason in enumerate(rules.reasons)}
        self.head_near = Relation(rules.head_near, heads)
        self._head_rival = Relation(rules.head_rival, heads)

    def alike(self, asked: Ids, said: Ids) -> Mask:
        """Returns which of the asked heads (rows) may name what the distinct said ones (columns) name."""
        rules = self.rules
        one_end = rules.last_word[asked][:, None] == rules.last_word[said]
        one_spelling = rules.unspaced[asked][:, None] == rules.unspaced[said]
        looks = (one_end | one_spelling) & ~self._head_rival.block(asked, said)
        found: Mask = self.head_near.block(asked, said) | looks | (asked[:, None] == said)
        return found

    def heads_alike(self, asked: int, said: int) -> bool:
        """Returns `alike` for one pair."""
        rules = self.rules
        if asked == said or self.head_near.holds(asked, said):
            return True
        looks = rules.last_word[asked] == rules.last_word[said] or rules.unspaced[asked] == rules.unspaced[said]
        return bool(looks) and not self._head_rival.holds(asked, said)

    def predicates_exclude(self, asked: Ids, said: Ids, *, living: bool) -> Mask:
        """Returns which of the asked predicates (rows) no thing can be in beside the said ones (columns)."""
        table = self.rules.excludes_living if living else self.rules.excludes
        kind = self.rules.predicate_kind
        found: Mask = table[kind[asked][:, None], kind[said]]
        return found
