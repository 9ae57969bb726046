"""Every kind of picture to upright RGB, and every kind of bad file to its reason."""

from __future__ import annotations

import io
import os
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tests.hostile import HostileImage, encode, hostile_images, picture, png
from transforms.images import IMAGE_REASONS, ImageError, decode_image, read_image

SHARED = Path(__file__).parents[3] / "shared" / "data"
COLOURS = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [90, 60, 30]]], np.uint8)
TURNS = {  # orientation -> what makes the stored picture upright
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: np.swapaxes(a, 0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.swapaxes(np.rot90(a, 2), 0, 1),
    8: np.rot90,
}


def decoded(image: Image.Image, image_format: str = "PNG", **options: object) -> NDArray[np.uint8]:
    return decode_image(encode(image, image_format, **options))


@pytest.mark.parametrize("hostile", hostile_images(), ids=lambda hostile: hostile.name)
def test_decode_image_says_why_it_refuses(hostile: HostileImage) -> None:
    with pytest.raises(ImageError) as caught:
        decode_image(hostile.data, name=hostile.name)
    assert (caught.value.reason, caught.value.detail.partition(":")[0]) == (hostile.reason, hostile.name)
    assert " at 0x" not in caught.value.detail


def test_hostile_images_cover_every_reason_of_decoding() -> None:
    assert {hostile.reason for hostile in hostile_images()} == set(IMAGE_REASONS[IMAGE_REASONS.index("empty_file") :])


@pytest.mark.parametrize("image_format", ["PNG", "BMP", "TIFF", "PPM", "WEBP"])
def test_decode_image_keeps_every_pixel_of_lossless_formats(image_format: str) -> None:
    image = picture()
    pixels = decoded(image, image_format, **({"lossless": True} if image_format == "WEBP" else {}))
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert pixels.flags.writeable
    np.testing.assert_array_equal(pixels, np.asarray(image))


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize(
    ("image_format", "options"),
    [
        ("PNG", {}),
        ("JPEG", {"quality": 100, "subsampling": 0}),
        ("WEBP", {"lossless": True}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
    ],
)
def test_decode_image_turns_upright(orientation: int, image_format: str, options: dict[str, object]) -> None:
    exif = Image.Exif()
    exif[0x112] = orientation
    stored = Image.fromarray(np.kron(COLOURS, np.ones((16, 24, 1), np.uint8)))
    pixels = decoded(stored, image_format, exif=exif, **options)
    expected = TURNS[orientation](np.asarray(stored))
    assert pixels.shape == expected.shape
    assert np.abs(pixels.astype(int) - expected).max() <= (12 if image_format == "JPEG" else 0)


@pytest.mark.parametrize("exif", [b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0", b"\xff" * 40])
def test_decode_image_ignores_damaged_exif(exif: bytes) -> None:
    assert decoded(picture(), "JPEG", exif=exif).shape == (48, 64, 3)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_decode_image_ignores_an_impossible_orientation(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x112] = orientation
    np.testing.assert_array_equal(decoded(picture(), exif=exif), np.asarray(picture()))


def test_decode_image_repeats_grey() -> None:
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    np.testing.assert_array_equal(decoded(Image.fromarray(grey)), np.stack([grey] * 3, axis=2))


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_decode_image_reads_black_and_white(mode: str) -> None:
    bits = np.array([[0, 255], [255, 0]], np.uint8)
    np.testing.assert_array_equal(decoded(Image.fromarray(bits).convert(mode))[:, :, 1], bits)


@pytest.mark.parametrize("image_format", ["PNG", "TIFF", "PPM"])
def test_decode_image_scales_16_bit_grey_by_its_range(image_format: str) -> None:
    grey = np.array([[0, 128, 129, 256], [257, 32768, 65406, 65535]], np.uint16)
    expected = np.rint(grey / 257).astype(np.uint8)
    np.testing.assert_array_equal(decoded(Image.fromarray(grey), image_format)[:, :, 0], expected)


def test_decode_image_scales_big_endian_16_bit_grey() -> None:
    image = Image.frombytes("I;16B", (2, 1), struct.pack(">HH", 257, 65535))
    assert decoded(image, "TIFF")[0, :, 0].tolist() == [1, 255]


def test_decode_image_scales_16_bit_colour() -> None:
    row = b"\0" + struct.pack(">6H", 0, 32768, 65535, 65535, 0, 257)
    file = bytearray(png(2, 1, (b"IDAT", zlib.compress(row))))
    file[24] = 16  # bits per sample
    file[29:33] = struct.pack(">I", zlib.crc32(file[12:29]))
    assert decode_image(bytes(file)).tolist() == [[[0, 128, 255], [255, 0, 1]]]


@pytest.mark.parametrize("image_format", ["JPEG", "TIFF"])
def test_decode_image_reads_cmyk_with_the_right_sign(image_format: str) -> None:
    # Photoshop's JPEG files store CMYK inverted; 100% cyan is a colour without red in both.
    cmyk = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    assert np.abs(decoded(cmyk, image_format)[8, 8].astype(int) - [0, 255, 255]).max() <= 2


def test_decode_image_lays_transparency_on_white() -> None:
    rgba = np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [255, 0, 0, 128]]], np.uint8)
    assert decoded(Image.fromarray(rgba)).tolist() == [[[255, 0, 0], [255, 255, 255], [255, 127, 127]]]


def test_decode_image_lays_transparent_grey_on_white() -> None:
    grey = Image.merge("LA", [Image.new("L", (1, 1), 100), Image.new("L", (1, 1), 0)])
    assert decoded(grey).tolist() == [[[255, 255, 255]]]


@pytest.mark.parametrize("image_format", ["PNG", "GIF"])
def test_decode_image_lays_a_transparent_palette_entry_on_white(image_format: str) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([200, 0, 0, 0, 200, 0])
    image.putpixel((1, 0), 1)
    assert decoded(image, image_format, transparency=0).tolist() == [[[255, 255, 255], [0, 200, 0]]]


def test_decode_image_lays_a_transparent_palette_with_alphas_on_white() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([200, 0, 0, 0, 200, 0])
    image.putpixel((1, 0), 1)
    assert decoded(image, transparency=b"\0\xff").tolist() == [[[255, 255, 255], [0, 200, 0]]]


def test_decode_image_lays_a_transparent_colour_on_white() -> None:
    image = Image.new("RGB", (2, 1), (1, 2, 3))
    image.putpixel((1, 0), (4, 5, 6))
    assert decoded(image, transparency=(1, 2, 3)).tolist() == [[[255, 255, 255], [4, 5, 6]]]


def test_decode_image_lays_a_transparent_16_bit_grey_on_white() -> None:
    grey = np.array([[1000, 257]], np.uint16)
    assert decoded(Image.fromarray(grey), transparency=1000)[0, :, 0].tolist() == [255, 1]


@pytest.mark.parametrize("image_format", ["GIF", "PNG", "WEBP", "TIFF"])
def test_decode_image_takes_the_first_frame(image_format: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime")]
    options = {"lossless": True} if image_format == "WEBP" else {}
    pixels = decoded(frames[0], image_format, save_all=True, append_images=frames[1:], **options)
    assert pixels[4, 4].tolist() == [255, 0, 0]


def test_decode_image_takes_the_first_picture_of_a_multi_picture_jpeg() -> None:
    red, lime = (Image.new("RGB", (8, 8), colour) for colour in ("red", "lime"))
    assert decoded(red, "MPO", save_all=True, append_images=[lime])[4, 4, 0] > 250


@pytest.mark.parametrize("size", [(1, 1), (5000, 3), (1, 70)])
def test_decode_image_reads_degenerate_sizes(size: tuple[int, int]) -> None:
    assert decoded(Image.new("RGB", size)).shape == (size[1], size[0], 3)


def test_decode_image_allows_exactly_max_pixels() -> None:
    data = encode(Image.new("RGB", (10, 10)), "PNG")
    assert decode_image(data, max_pixels=100).shape == (10, 10, 3)
    with pytest.raises(ImageError, match=r"a\.png: 10 x 10, at most 99 pixels allowed"):
        decode_image(data, name="a.png", max_pixels=99)


def test_decode_image_ignores_what_follows_the_picture() -> None:
    data = encode(picture(), "JPEG")
    np.testing.assert_array_equal(decode_image(data + b"\0trailing"), decode_image(data))


def test_decode_image_gives_the_same_in_threads() -> None:
    exif = Image.Exif()
    exif[0x112] = 6
    files = [
        encode(picture(200 + i, 150), kind, exif=exif) for i in range(6) for kind in ("JPEG", "PNG", "WEBP", "TIFF")
    ]
    expected = [decode_image(data).tobytes() for data in files]
    with ThreadPoolExecutor(8) as pool:
        assert [pixels.tobytes() for pixels in pool.map(decode_image, files)] == expected


FILES = [
    encode(picture(), "JPEG"),
    encode(picture(), "JPEG", progressive=True),
    encode(picture(), "PNG"),
    encode(picture(), "GIF"),
    encode(picture(), "BMP"),
    encode(picture(), "TIFF"),
    encode(picture(), "WEBP"),
    encode(picture(), "PPM"),
]


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's on damaged tags
@settings(max_examples=300, deadline=None)
@given(
    data=st.sampled_from(FILES),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    kept=st.floats(0, 1),
)
def test_decode_image_survives_any_damage(data: bytes, flips: list[tuple[float, int]], kept: float) -> None:
    damaged = bytearray(data[: int(kept * len(data))])
    for where, value in flips:
        if damaged:
            damaged[int(where * len(damaged))] = value
    try:
        pixels = decode_image(bytes(damaged))
    except ImageError as error:
        assert error.reason in IMAGE_REASONS  # noqa: PT017
    else:
        assert pixels.shape[2] == 3


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of real photos is not here")
def test_decode_image_decodes_real_photos() -> None:
    folder = SHARED / "coco_photos" / "images"
    names = sorted(os.listdir(folder))
    assert len(names) == 128
    for name in names:
        data = read_image(str(folder), name)
        with Image.open(io.BytesIO(data)) as image:
            expected = np.asarray(image.convert("RGB"))
        np.testing.assert_array_equal(decode_image(data, name=name), expected)
