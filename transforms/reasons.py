"""Why a phrase has its label: the codes that are stored with it."""

from __future__ import annotations

from typing import Literal, get_args

Reason = Literal[
    "contained",  # positive: a caption says it, or more than it
    "compatible",  # positive: a caption says it in other words, or something that implies it
    "inverse",  # positive: a caption says it from the other side: "b right of a" for "a left of b"
    "denied",  # negative: a caption says that it is not so
    "absent_head",  # negative: no caption names such a thing, and captions seldom leave it out
    "colour_conflict",  # negative: the thing has an attribute that excludes this one
    "size_conflict",
    "material_conflict",
    "pattern_conflict",
    "state_conflict",
    "count_conflict",  # negative: there is another number of them
    "roles_swapped",  # negative: the captions say it with subject and object exchanged
    "relation_conflict",  # negative: the two are in a relation that excludes this one
    "other_subject",  # negative: a caption says this of something else, and nowhere names this subject
    "other_object",  # negative: likewise for the object
    "replaced_head",  # negative: a caption says all of it, and no more, of something else (see `contrasts`)
    "replaced_attribute",  # negative: a caption says the same with another attribute in its place
    "replaced_relation",  # negative: a caption says the same with another relation in its place
    "replaced_count",  # negative: a caption says the same with another count in its place
    "possible_head",  # unknown: a caption names what may be the same thing
    "often_unmentioned",  # unknown: no caption names such a thing, but captions often leave it out
    "attribute_unseen",  # unknown: the thing is there, the attribute is neither said nor excluded
    "count_unseen",  # unknown: the thing is there, the number is neither said nor excluded
    "relation_unseen",  # unknown: both things may be there, the relation is neither said nor excluded
]
REASONS: tuple[str, ...] = get_args(Reason)
