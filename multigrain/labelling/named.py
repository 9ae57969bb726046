"""Which of the heads that are asked for are named in a batch of images, and for which silence means absence.

Legend: A heads that are asked for, M mentions of the B images.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from multigrain.labelling.relations import Ids, Mask
from multigrain.labelling.said import Said
from multigrain.labelling.words import PhraseWords


@dataclass(frozen=True, eq=False)
class Named:
    head: Ids  # (A,) ascending
    true: Mask  # (A, M) the mention makes the head true
    near: Mask  # (A, M) the mention may name the same thing, and does not make the head true
    is_true: Mask  # (A, B)
    is_near: Mask  # (A, B)
    strange: Mask  # (A, B) named by nothing, nor expected in the company of what is named
    absent: Mask  # (A, B) named by nothing, and captions seldom leave it out
    absent_elsewhere: Mask  # (A, B) the same, for a caption that tells of another scene

    @property
    def nowhere(self) -> Mask:
        return ~self.is_true & ~self.is_near


def find_named(head: Ids, said: Said, words: PhraseWords) -> Named:
    """Returns where the heads (A,), ascending, are named."""
    rules = words.rules
    distinct, mention = np.unique(said.head, return_inverse=True)
    true = words.head_true_by.block(head, distinct)[:, mention]
    # Several persons of different words are people, though none of the words alone says so.
    persons = rules.individual[said.head]
    crowd = said.mentions.sum(persons.astype(np.int64)) > 1
    true[head == rules.people] |= persons & said.several & crowd[said.mentions.owner]
    near = words.alike(head, distinct)[:, mention] & ~true
    is_true, is_near = said.mentions.any(true), said.mentions.any(near)
    nowhere = ~is_true & ~is_near
    company = said.mentions.any(words.company.block(head, distinct)[:, mention])
    expected = ~rules.familiar[head][:, None] | company
    telling, left_out = ~rules.vague[head][:, None], rules.left_out[head][:, None]
    most = np.where(expected, rules.numbers["LEFT_OUT"], rules.numbers["LEFT_OUT_UNEXPECTED"])
    return Named(
        head,
        true,
        near,
        is_true,
        is_near,
        nowhere & ~company,
        nowhere & telling & (left_out <= most),
        nowhere & telling & (left_out <= rules.numbers["LEFT_OUT_ELSEWHERE"]),
    )
