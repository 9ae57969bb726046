from pathlib import Path

import pytest

from transforms.storage import TEMPORARY, DamagedFileError, deleting, fetch_file, names_in, publish_text, remove, spool


def test_fetch_file_gives_what_was_published(tmp_path: Path) -> None:
    entry = publish_text("words", str(tmp_path), "name.txt")
    fetch_file(str(tmp_path), entry, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "words"
    assert entry.bytes == 5


def test_fetch_file_refuses_a_damaged_file(tmp_path: Path) -> None:
    entry = publish_text("words", str(tmp_path), "name.txt")
    (tmp_path / "name.txt").write_text("swords"[:5])
    with pytest.raises(DamagedFileError, match=r"name\.txt is damaged"):
        fetch_file(str(tmp_path), entry, tmp_path / "copy")


def test_spool_lies_in_a_local_output_folder_and_goes(tmp_path: Path) -> None:
    with spool(str(tmp_path)) as folder:
        (folder / "half").write_text("x")
        assert [name.startswith(TEMPORARY) for name in names_in(str(tmp_path))] == [True]
    assert names_in(str(tmp_path)) == []


def test_remove_takes_files_and_folders_and_what_is_gone(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inner").write_text("x")
    (tmp_path / "file[1]*").write_text("x")
    remove(str(tmp_path), ["folder", "file[1]*", "gone"])
    assert names_in(str(tmp_path)) == []


def test_deleting_takes_a_file_that_is_gone_for_deleted(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")

    def delete_and_lose_the_answer() -> None:
        (tmp_path / "a").unlink()
        raise KeyError("a")

    deleting(str(tmp_path / "a"), delete_and_lose_the_answer)
    assert not (tmp_path / "a").exists()


def test_deleting_raises_where_the_file_stays(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")

    def do_nothing() -> None:
        raise KeyError("a")

    with pytest.raises(KeyError):
        deleting(str(tmp_path / "a"), do_nothing)
