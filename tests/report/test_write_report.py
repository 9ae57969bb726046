import re
from pathlib import Path

import pytest

from pipeline.__main__ import OK, WRONG, main
from report.data_set import ReportError
from report.write_report import flat, write_report
from schemas.records import DeadLetter
from schemas.verify import verify
from tests.report.folders import Folder, MadeImage, write_data_set


def test_write_report_gives_the_same_bytes_again(tmp_path: Path) -> None:
    out = write_data_set(tmp_path / "out", Folder([MadeImage("a"), MadeImage("b")]))
    first = write_report(out).read_bytes()
    assert write_report(out).read_bytes() == first
    assert list(verify(out)) == []  # the page is no foreign file


def test_write_report_names_what_was_rejected_and_how_to_retry(tmp_path: Path) -> None:
    letters = [DeadLetter("ExtractRegions", "b", "truncated_image", "photo.png: cut off")]
    out = write_data_set(tmp_path / "it's out", Folder([MadeImage("a"), MadeImage("b", failed=True)], letters=letters))
    text = write_report(out).read_text()
    assert "truncated image" in text
    assert "photo.png: cut off" in text
    assert re.search(r"python -m pipeline retry &#39;/.*it&#39;&#34;&#39;&#34;&#39;s out&#39;</code>", text)


def test_write_report_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    text = write_report(write_data_set(tmp_path / "out", Folder([MadeImage("a")]))).read_text()
    markup = re.sub(r"<script.*?</script>|<style.*?</style>", "", text, flags=re.DOTALL)
    assert not re.search(r"\s(src|srcset|href|action|data|poster)=[\"'](?!#)", markup)
    assert "@import" not in text
    assert "url(" not in text


def test_write_report_refuses_what_is_not_complete(tmp_path: Path) -> None:
    out = write_data_set(tmp_path / "out", Folder([MadeImage("a")]))
    (out / "_SUCCESS").unlink()
    with pytest.raises(ReportError, match="_SUCCESS"):
        write_report(out)
    assert not (out / "report.html").exists()


@pytest.mark.parametrize("name", ["graphs-00000-of-00001.parquet", "labels-00000-of-00001.parquet",
                                  "features-00000-of-00001.h5", "corpus.json", "run.json"])  # fmt: skip
def test_write_report_names_a_damaged_file(tmp_path: Path, name: str) -> None:
    out = write_data_set(tmp_path / "out", Folder([MadeImage("a")]), n_shards=1)
    (out / name).write_bytes((out / name).read_bytes()[:7])
    with pytest.raises(ReportError, match=name):
        write_report(out)


def test_report_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = write_data_set(tmp_path / "out", Folder([MadeImage("a")]))
    assert main(["report", str(out)]) == OK
    assert capsys.readouterr().out.strip() == str(out / "report.html")
    assert main(["report", str(tmp_path)]) == WRONG
    assert "manifest.json" in capsys.readouterr().err


def test_flat_names_nested_values() -> None:
    assert flat({"b": {"c": [1], "a": None}, "a": "text"}) == [("a", "text"), ("b.a", "null"), ("b.c", "[1]")]
