import base64
import io
from pathlib import Path

from PIL import Image

from report.thumbnails import FEW, LARGE, SMALL, thumbnails


def size_of(uri: str) -> tuple[int, int]:
    return Image.open(io.BytesIO(base64.b64decode(uri.removeprefix("data:image/webp;base64,")))).size


def test_thumbnails_are_upright_and_keep_their_shape(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6  # lies on its side
    Image.new("RGB", (1000, 500)).save(tmp_path / "a.jpg", exif=exif)
    assert [size_of(uri) for uri in thumbnails(str(tmp_path), ["a.jpg"])] == [(LARGE // 2, LARGE)]


def test_thumbnails_of_many_photos_are_smaller(tmp_path: Path) -> None:
    Image.new("RGB", (600, 600)).save(tmp_path / "a.png")
    found = thumbnails(str(tmp_path), ["a.png", *["gone.png"] * FEW])
    assert size_of(found[0]) == (SMALL, SMALL)


def test_thumbnails_do_without_photos_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no photo")
    (tmp_path / "link.png").symlink_to("/etc/passwd")
    assert thumbnails(str(tmp_path), ["gone.png", "text.png", "link.png", "../text.png", ""]) == [""] * 5
    assert thumbnails(str(tmp_path / "gone"), ["a.png"]) == [""]
