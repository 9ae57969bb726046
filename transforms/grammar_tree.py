"""Moves in the tree of a token table, for the repairs."""

from __future__ import annotations

from transforms.tokens import TokenTable


def kids(t: TokenTable, token: int, *labels: str) -> list[int]:
    """Returns the dependents of a token, those with one of the labels if any is given."""
    return [k for k, h in enumerate(t.heads) if h == token != k and (not labels or t.labels[k] in labels)]


def take_place(t: TokenTable, new: int, old: int) -> None:
    """Gives `new` the head and the label of `old`."""
    t.labels[new] = t.labels[old]
    t.heads[new] = new if t.heads[old] == old else t.heads[old]


def promote(t: TokenTable, n: int, head: int, *, before: int) -> None:
    """Gives noun n the place of the word that it was taken to modify, and that word's dependents before it."""
    move_kids(t, head, n, before=before)
    take_place(t, n, head)


def move_kids(t: TokenTable, old: int, new: int, *, before: int) -> None:
    """Hangs the dependents of `old` that stand before a token on `new`; those of that token itself too."""
    for k in range(before):
        if k != new and (t.heads[k] == old or t.heads[k] == before):
            t.heads[k] = new
