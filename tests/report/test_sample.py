from report.sample import choose
from report.statistics import Place, Statistics
from schemas.records import DeadLetter


def statistics(count: int, *, odd: int = 0) -> Statistics:
    total = Statistics()
    for i in range(count):
        heads = ("man",)
        total.head_images.update(heads)
        total.places.append(Place(f"image {i}", 0, i, heads, (f"text {i}",), ("strange",) if i < odd else ()))
    return total


LETTER = DeadLetter("ExtractRegions", "image 7", "truncated_image", "photo.png: cut")


def test_choose_takes_all_where_they_are_few() -> None:
    chosen = choose(statistics(30), {"image 7": LETTER}, limit=30)
    assert {one.place.image_id for one in chosen} == {f"image {i}" for i in range(30)}
    assert [one.place.image_id for one in chosen if "rejected" in one.why] == ["image 7"]


def test_choose_does_not_depend_on_the_order() -> None:
    total = statistics(100)
    first = [one.place.image_id for one in choose(total, {}, limit=10)]
    total.places.reverse()
    assert [one.place.image_id for one in choose(total, {}, limit=10)] == first
    assert len(first) == 10


def test_choose_keeps_what_was_rejected_and_no_more_than_a_share_of_a_kind() -> None:
    chosen = choose(statistics(100, odd=50), {"image 77": LETTER}, limit=20)
    kinds = [kind for one in chosen for kind in one.why]
    assert len(chosen) == 20
    assert kinds.count("rejected") == 1
    assert 5 <= kinds.count("suspicious") < 20


def test_choose_of_a_smaller_page_is_part_of_a_larger_one() -> None:
    total = statistics(100)
    few, many = ({one.place.image_id for one in choose(total, {}, limit=n)} for n in (10, 20))
    assert few < many
