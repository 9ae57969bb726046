"""What stands in the places of a phrase."""

from tests.hand_graphs import content, graph
from transforms.slots import FILLERS, MINIMUM, PLACE_KINDS, SlotCounts, Slots, read_slots

RIDE = graph("man", "horse", facts=[(0, "ride", 1)])
RIDE_TOO = graph("woman", "horse", facts=[(0, "ride", 1)])


def counted(images: list[list]) -> Slots:
    counts = SlotCounts()
    assert list(counts.counted([content(item) for item in image] for image in images)) == [
        [content(item) for item in image] for image in images
    ]
    return counts.slots()


def test_slots_hold_what_enough_images_say() -> None:
    slots = counted(
        [[RIDE]] * (MINIMUM + 1) + [[RIDE_TOO]] * MINIMUM + [[graph("dog", "horse", facts=[(0, "ride", 1)])]]
    )
    assert slots.of("subjects", "ride", "horse") == ("man", "woman")
    assert slots.of("objects", "man", "ride") == ()  # nothing else is ever ridden


def test_slots_count_an_image_once() -> None:
    assert counted([[RIDE] * 5, [RIDE_TOO] * 5]).of("subjects", "ride", "horse") == ()


def test_slots_keep_the_commonest_attributes() -> None:
    images = [[graph(f"c{i:02} car")] for i in range(FILLERS + 5) for _ in range(MINIMUM + i)]
    found = counted(images).of("attributes", "car")
    assert found == tuple(f"c{i:02}" for i in reversed(range(5, FILLERS + 5)))


def test_read_slots_returns_what_was_written() -> None:
    slots = counted([[RIDE, graph("red car")]] * MINIMUM + [[RIDE_TOO, graph("blue car")]] * MINIMUM)
    assert read_slots({kind: list(slots.rows(kind)) for kind in PLACE_KINDS}) == slots
