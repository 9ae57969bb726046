import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.__main__ import OK, WRONG, main
from report.data_set import DataSet, ReportError
from report.show import near_ids, printable, show
from schemas.records import DeadLetter
from tests.report.folders import Folder, MadeImage, Texts, write_data_set


def shown(tmp_path: Path, image_id: str, *images: MadeImage, letters: list[DeadLetter] | None = None) -> list[str]:
    out = write_data_set(tmp_path / "out", Folder(images, str(tmp_path), letters=letters or []))
    return show(DataSet(out), image_id).splitlines()


def test_show_prints_regions_graphs_and_labels(tmp_path: Path) -> None:
    (tmp_path / "photo.png").touch()
    lines = shown(
        tmp_path, "a", MadeImage("a", candidate_of="b"), MadeImage("b", Texts(head="anvil", caption="Anvils."))
    )
    assert lines[1] == f"photo  {tmp_path}/photo.png"
    assert lines[2] == "size   80 x 60 pixels"
    assert [line.split() for line in lines if line.startswith("  0")] == [
        ["0", "man", "0.94", "brown", "10.0", "5.0", "40.0", "50.0"]
    ]
    assert "     man 0 ride horse 1  0.50" in lines
    start = lines.index("a#0  Two tall men ride a horse.")
    assert lines[start + 1 : start + 7] == [
        "   man 0",
        "   ├─ 2",
        "   ├─ tall",
        "   └─ ride -> horse 1",
        "   horse 1",
        "   + 2 tall man; horse; man ride horse",
    ]
    start = lines.index("beside b#0  Anvils.")
    assert lines[start + 2] == "   - negative  horse  (absent_head, 0.50)"


def test_show_says_why_an_image_was_rejected(tmp_path: Path) -> None:
    letter = DeadLetter("ExtractRegions", "a", "truncated_image", "photo.png: cut off")
    lines = shown(tmp_path, "a", MadeImage("a", failed=True), letters=[letter])
    assert "rejected  a: ExtractRegions: truncated_image: photo.png: cut off" in lines
    assert f"photo  {tmp_path}/photo.png (not there)" in lines
    assert "no regions" in lines


def test_show_names_similar_ids(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"no image 'photo_13\.jpg'; similar ids: photo_13, photo_12"):
        shown(tmp_path, "photo_13.jpg", MadeImage("photo_12"), MadeImage("photo_13"), MadeImage("dog"))


def test_near_ids_are_none_where_nothing_is_alike() -> None:
    assert near_ids("xyz", ["photo_1", "photo_2"]) == []


def test_show_lets_no_text_command_the_terminal(tmp_path: Path) -> None:
    caption = "red \x1b[31m \x9b2J \u202e bell \x07 \r end"
    lines = shown(tmp_path, "a", MadeImage("a", Texts(caption=caption, head="\x1b]0;title\x07")))
    assert all(line.isprintable() for line in lines)
    assert "a#0  red \\x1b[31m \\x9b2J \\u202e bell \\x07 \\r end" in lines


def test_printable_keeps_what_can_be_read() -> None:
    assert printable("Straße 🚲 ├─") == "Straße 🚲 ├─"
    assert printable("a\ud83d") == "a\\ud83d"


def test_show_command_ends_well_and_refuses_unknown_ids(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = write_data_set(tmp_path / "out", Folder([MadeImage("a")]))
    assert main(["show", str(out), "a"]) == OK
    assert capsys.readouterr().out.startswith("a  (train; shard ")
    assert main(["show", str(out), "b"]) == WRONG
    assert "no image 'b'" in capsys.readouterr().err


def test_show_command_may_be_cut_off(tmp_path: Path) -> None:
    out = write_data_set(tmp_path / "out", Folder([MadeImage("a", Texts(caption="word " * 40_000))]))
    command = [sys.executable, "-m", "pipeline", "show", str(out), "a"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
