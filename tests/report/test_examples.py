from pathlib import Path

from report.data_set import DataSet
from report.examples import examples
from report.sample import choose
from report.statistics import collect
from report.words import Naming
from tests.report.folders import Folder, MadeImage, Texts, write_data_set


def shown(tmp_path: Path, *images: MadeImage, limit: int = 10) -> dict[str, dict[str, object]]:
    data = DataSet(write_data_set(tmp_path / "out", Folder(images)))
    naming = Naming(data.objects)
    found = examples(data, choose(collect(data, data.objects, naming), {}, limit), naming)
    return {one["id"]: one for one in found["examples"]} | {"": found}


def test_examples_hold_boxes_captions_and_labels(tmp_path: Path) -> None:
    one = shown(tmp_path, MadeImage("a"))["a"]
    assert one["size"] == [60, 80]
    assert one["boxes"][0] == [10, 5, 40, 50, 0, 0.94, "brown"]
    assert one["boxes"][1][6] == ""  # an attribute that the detector is not sure of
    (caption,) = one["captions"]
    assert caption["objects"] == [["man", "2", [["tall", False]], 0, 3], ["horse", None, [], 8, 11]]
    assert caption["relations"] == [[0, "ride", 1, False]]
    assert caption["phrases"][2] == ["man ride horse", ["man", "horse"]]
    assert one["links"] == [[0, "ride", 1, 0.5]]


def test_examples_take_candidates_from_images_that_are_not_shown(tmp_path: Path) -> None:
    images = [
        MadeImage(f"image {i}", Texts(caption=f"Caption {i}."), candidate_of=f"image {(i + 1) % 9}") for i in range(9)
    ]
    found = shown(tmp_path, *images, limit=1)
    (one,) = (one for name, one in found.items() if name)
    other = int(str(one["id"])[-1]) + 1
    (candidate,) = one["candidates"]
    assert candidate["text"] == f"Caption {other % 9}."
    assert candidate["labels"][0] == ["2 tall man", "positive", "contained", 0.5, ["man"]]


def test_examples_know_which_names_a_head_means(tmp_path: Path) -> None:
    means = shown(tmp_path, MadeImage("a", Texts(head="puppy")))[""]["means"]
    assert means == {"horse": [1], "puppy": [2]}


def test_examples_count_characters_as_scripts_do(tmp_path: Path) -> None:
    one = shown(tmp_path, MadeImage("a", Texts(caption="🚲🚲 men ride horses.")))["a"]
    assert one["captions"][0]["objects"][0][3:] == [0, 5]  # two bicycles, two units each, and a blank
