"""Hostile images and annotation files, made by code, each with the verdict that is right."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zlib
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image


@dataclass(frozen=True)
class HostileImage:
    name: str
    data: bytes
    reason: str  # of the ImageError


@dataclass(frozen=True)
class HostileFile:
    name: str
    data: bytes
    error: str = ""  # pattern of the AnnotationFileError's message; "" where the file can be read
    accepted: int = 0  # captions that come out
    reasons: Counter[str] = field(default_factory=Counter)  # of the dead letters


def picture(height: int = 48, width: int = 64) -> Image.Image:
    """Returns an RGB picture whose quarters are red, green, blue and a mix, with noise that keeps codecs busy."""
    pixels = np.random.default_rng(0).integers(0, 30, (height, width, 3), dtype=np.uint8)
    pixels[: height // 2, : width // 2, 0] += 200
    pixels[: height // 2, width // 2 :, 1] += 200
    pixels[height // 2 :, : width // 2, 2] += 200
    return Image.fromarray(pixels)


def encode(image: Image.Image, image_format: str, **options: object) -> bytes:
    """Returns the bytes of the image file."""
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def png(width: int, height: int, *chunks: tuple[bytes, bytes], color_type: int = 2) -> bytes:
    """Returns a PNG file whose header announces 8 bits and that size, followed by the chunks as they are."""
    header = struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0)
    file = b"\x89PNG\r\n\x1a\n"
    for kind, data in ((b"IHDR", header), *chunks, (b"IEND", b"")):
        file += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return file


def hostile_images() -> list[HostileImage]:
    """Returns one image for each way of being wrong that we know."""
    good = picture()
    jpeg, progressive = encode(good, "JPEG"), encode(good, "JPEG", progressive=True)
    bmp, gif, tiff = encode(good, "BMP"), encode(good, "GIF"), encode(good, "TIFF", compression="tiff_lzw")
    webp, ppm, whole_png = encode(good, "WEBP"), encode(good, "PPM"), encode(good, "PNG")
    damaged_png = bytearray(whole_png)
    damaged_png[len(damaged_png) // 2] ^= 0xFF
    huge_jpeg, start_of_frame = bytearray(jpeg), jpeg.index(b"\xff\xc0")
    huge_jpeg[start_of_frame + 5 : start_of_frame + 9] = struct.pack(">HH", 65500, 65500)
    huge_gif = bytearray(gif)
    huge_gif[6:10] = struct.pack("<HH", 65535, 65535)
    large_png = png(9000, 9000)  # 81 million pixels: Pillow itself would not even warn
    text_bomb = (b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200 * 2**20), 1))
    no_rows = encode(good, "BMP")[:22] + struct.pack("<i", 0) + encode(good, "BMP")[26:]
    wide_integers = Image.fromarray(np.full((4, 4), 100_000, np.int32))
    return [
        HostileImage("empty.jpg", b"", "empty_file"),
        HostileImage("text.jpg", b"this is not a photo\n", "not_an_image"),
        HostileImage("not_found.jpg", b"<!DOCTYPE html><html><body>404 Not Found</body></html>", "not_an_image"),
        HostileImage("zeros.png", bytes(1000), "not_an_image"),
        HostileImage("archive.png", b"PK\x03\x04" + bytes(100), "not_an_image"),
        HostileImage("pickle.png", b"\x80\x04\x95\x1e\0\0\0\0\0\0\0\x8c\x05posix\x94", "not_an_image"),
        HostileImage("one_byte.jpg", b"\xff", "not_an_image"),
        HostileImage("sound.webp", b"RIFF\x24\0\0\0WAVEfmt " + bytes(28), "not_an_image"),
        HostileImage("signature_only.png", whole_png[:8], "truncated_image"),
        HostileImage("header_only.jpg", jpeg[:200], "truncated_image"),
        HostileImage("half.jpg", jpeg[: len(jpeg) // 2], "truncated_image"),
        HostileImage("almost.jpg", jpeg[:-40], "truncated_image"),
        HostileImage("half_progressive.jpg", progressive[: len(progressive) // 2], "truncated_image"),
        HostileImage("half.png", whole_png[: len(whole_png) // 2], "truncated_image"),
        HostileImage("half.gif", gif[: len(gif) // 2], "truncated_image"),
        HostileImage("half.bmp", bmp[: len(bmp) // 2], "truncated_image"),
        HostileImage("half.tif", tiff[: len(tiff) // 2], "truncated_image"),
        HostileImage("half.webp", webp[: len(webp) // 2], "truncated_image"),
        HostileImage("half.ppm", ppm[: len(ppm) // 2], "truncated_image"),
        HostileImage("flipped_byte.png", bytes(damaged_png), "corrupt_image"),
        HostileImage("no_pixels.png", png(8, 8), "corrupt_image"),
        HostileImage("no_size.png", png(0, 0, (b"IDAT", zlib.compress(b""))), "corrupt_image"),
        HostileImage("no_rows.bmp", no_rows, "corrupt_image"),
        HostileImage("text_bomb.png", png(8, 8, text_bomb), "corrupt_image"),
        HostileImage(
            "garbage.webp", b"RIFF" + struct.pack("<I", 100) + b"WEBPVP8 " + bytes(range(92)), "corrupt_image"
        ),
        HostileImage("bomb.png", png(60_000, 60_000), "too_many_pixels"),
        HostileImage("large.png", large_png, "too_many_pixels"),
        HostileImage("bomb.jpg", bytes(huge_jpeg), "too_many_pixels"),
        HostileImage("bomb.gif", bytes(huge_gif), "too_many_pixels"),
        HostileImage("bomb.bmp", bmp[:18] + struct.pack("<ii", 50_000, 50_000) + bmp[26:], "too_many_pixels"),
        HostileImage("bomb.ppm", b"P6 40000 40000 255\n", "too_many_pixels"),
        HostileImage("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported_format"),
        HostileImage("script.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "unsupported_format"),
        HostileImage("document.pdf", b"%PDF-1.7\n", "unsupported_format"),
        HostileImage("phone.heic", b"\0\0\0\x18ftypheic" + bytes(40), "unsupported_format"),
        HostileImage("layers.psd", b"8BPS\0\1" + bytes(40), "unsupported_format"),
        HostileImage("scan.jp2", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40), "unsupported_format"),
        HostileImage("float.tif", encode(Image.fromarray(np.ones((4, 4), np.float32)), "TIFF"), "unsupported_mode"),
        HostileImage("wide.tif", encode(wide_integers, "TIFF"), "unsupported_mode"),
        HostileImage("lab.tif", encode(Image.new("LAB", (4, 4)), "TIFF"), "unsupported_mode"),
    ]


def parquet_bytes(columns: dict[str, object]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def hostile_files() -> list[HostileFile]:
    """Returns one annotation file for each way of being wrong that we know."""
    return [*_broken_files(), *_files_with_bad_entries()]


def _broken_files() -> list[HostileFile]:
    good = json.dumps({"images": [{"filename": f"{i}.jpg", "sentences": ["a dog"]} for i in range(9)]}).encode()
    parquet = parquet_bytes({"filename": ["a.jpg"], "caption": ["a dog"]})
    lines = gzip.compress("".join(f'{{"filename": "{i}.jpg", "caption": "a dog"}}\n' for i in range(999)).encode())
    instances = {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [{"image_id": 1, "bbox": [0, 0, 9, 9]}]}
    return [
        HostileFile("empty.json", b"", "empty.json: empty file"),
        HostileFile("empty.csv", b"", "empty.csv: empty file"),
        HostileFile("empty.jsonl", b"", "empty.jsonl: no caption can be read; the first problem: no entries"),
        HostileFile("prose.json", b"Not JSON at all", "line 1 column 1: '{' expected, found 'Not JSON at all'"),
        HostileFile("cut.json", good[:200], r"cut.json: line 1 column \d+: "),
        HostileFile("comma.json", b'{\n "images": [\n  {"filename": "a.jpg",}\n ]\n}', "line 3 column 24: "),
        HostileFile("tail.json", good + b"\n{}", "line 2 column 1: the end of the file expected, found '{}'"),
        HostileFile("list.json", b"[1, 2]", "line 1 column 1: '{' expected"),
        HostileFile("two.json", b'{"a":\n 1}\n{"a": 2}', "line 3 column 1: the end of the file expected"),
        HostileFile("rows.json", b'{"questions": [1], "images": []}', "neither Karpathy .* nor COCO"),
        HostileFile("object.json", b'{"images": {"a.jpg": ["a dog"]}}', "'images' is not an array"),
        HostileFile("deep.json", b'{"images": ' + b"[" * 100_000, "line 1 column 13: .*recursion"),
        HostileFile("digits.json", b'{"images": [' + b"9" * 9_999 + b"]}", "line 1 column 13: .*digits"),
        HostileFile(
            "latin.json", '{"images": [{"filename": "é.jpg"}]}'.encode("latin-1"), r"line 1: b'\\xe9.*not UTF-8"
        ),
        HostileFile("no_captions.json", json.dumps(instances).encode(), r"annotations\[0\]: none of caption"),
        HostileFile(
            "latin.csv", "filename,caption\na.jpg,café\n".encode("latin-1"), r"latin.csv:2: byte 10: .*not UTF-8"
        ),
        HostileFile("wide.csv", "filename,caption\na.jpg,a dog\n".encode("utf-16"), "wide.csv: UTF-16; UTF-8 expected"),
        HostileFile(
            "twice.csv", b"filename,caption,caption\na.jpg,a dog,b\n", "twice.csv:1: the column 'caption' is there"
        ),
        HostileFile(
            "no_header.csv", b"a.jpg,a dog\nb.jpg,a cat\n", r"no_header.csv:1: no image column .*\['a.jpg', 'a dog'\]"
        ),
        HostileFile("pipes.csv", b"image_name| comment\na.jpg| a dog\n", "pipes.csv:1: no image column"),
        HostileFile("no_caption_column.tsv", b"filename\ttitle\na.jpg\ta dog\n", "no caption column"),
        HostileFile("long_line.jsonl", b'{"caption": "' + b"a" * 17_000_000, "long_line.jsonl:1: a line of more than"),
        HostileFile("cut.jsonl.gz", lines[: len(lines) // 2], "cut.jsonl.gz: damaged gzip stream"),
        HostileFile(
            "flipped.jsonl.gz", lines[:200] + b"\0\0\0\0" + lines[204:], "flipped.jsonl.gz: damaged gzip stream"
        ),
        HostileFile("cut.parquet", parquet[:-30], "cut.parquet: not a readable Parquet file"),
        HostileFile("text.parquet", b"filename,caption\n", "text.parquet: not a readable Parquet file"),
        HostileFile("columns.parquet", parquet_bytes({"url": ["a"], "caption": ["b"]}), "no image column .*'url'"),
        HostileFile("photo.token", encode(picture(), "JPEG"), "photo.token:1: byte 1: .*not UTF-8"),
    ]


def _files_with_bad_entries() -> list[HostileFile]:
    def jsonl(*rows: object) -> bytes:
        return b"".join(
            json.dumps(row).encode() + b"\n" for row in (*rows, {"filename": "good.jpg", "caption": "a dog"})
        )

    def row(reason: str, **fields: object) -> HostileFile:
        entry = {"filename": "a.jpg", "caption": "a cat"} | fields
        return HostileFile(f"{reason}_{'_'.join(fields)}.jsonl", jsonl(entry), "", 1, Counter({reason: 1}))

    karpathy = {
        "images": [
            {"filename": "a.jpg", "split": "restval", "sentences": [{"raw": "a dog", "sentid": 0}, {"tokens": ["a"]}]},
            {"filename": "b.jpg", "split": "train", "sentences": []},
            {"split": "train", "sentences": [{"raw": "one"}, {"raw": "two"}, {"raw": "three"}]},
            {"filename": "c.jpg", "split": "exam", "sentences": [{"raw": "a cat"}]},
            "d.jpg",
        ]
    }
    coco = {
        "images": [
            {"id": 1, "file_name": "a.jpg"},
            {"id": 2, "file_name": "../../etc/passwd"},
            {"id": 3, "file_name": "no_captions.jpg"},
            {"id": 4, "file_name": "one.jpg"},
            {"id": 4, "file_name": "two.jpg"},
            {"id": True, "file_name": "e.jpg"},
            {"file_name": "f.jpg"},
        ],
        "annotations": [
            {"id": 10, "image_id": 1, "caption": "a dog"},
            {"id": 11, "image_id": 1, "caption": float("nan")},
            {"id": 12, "image_id": 2, "caption": "a secret"},
            {"id": 13, "image_id": 99, "caption": "nobody's"},
            {"id": 14, "image_id": 4, "caption": "one or two"},
            {"id": "1#5", "image_id": 1, "caption": "a hash"},
        ],
    }
    swallowed = b'filename,caption\na.jpg,a dog\nb.jpg,"never closed\nc.jpg,a cat\nd.jpg,"quoted"\ne.jpg,last\n'
    nulls = {"filename": ["a.jpg", None, "c.jpg"], "caption": ["a dog", "a cat", None], "image_id": [1.0, None, None]}
    return [
        row("missing_field", caption=None),
        row("missing_field", filename=None),
        row("missing_field", filename="  "),
        row("wrong_type", caption=7),
        row("wrong_type", caption=float("nan")),
        row("wrong_type", filename=["a.jpg"]),
        row("wrong_type", image_id=float("nan")),
        row("wrong_type", image_id=True),
        row("wrong_type", caption_id={"id": 1}),
        row("wrong_type", split=1),
        row("wrong_type", caption=None, sentences="a cat"),
        row("no_captions", caption=None, sentences=[]),
        row("empty_caption", caption=""),
        row("empty_caption", caption=" \t\u3000"),
        row("too_long", caption="long " * 2_001),
        row("too_long", filename="a" * 1_001),
        row("forbidden_character", caption="a \0 cat"),
        row("forbidden_character", caption="half a \ud83d smile"),
        row("forbidden_character", filename="a\n.jpg"),
        row("forbidden_character", image_id="\udc00"),
        row("forbidden_character", caption_id="1#2"),
        row("unknown_split", split="exam"),
        row("path_outside_images", filename="../a.jpg"),
        row("path_outside_images", filename="/etc/passwd"),
        row("path_outside_images", filename="b/../../a.jpg"),
        row("path_outside_images", filename="..\\a.jpg"),
        row("path_outside_images", filename="C:\\a.jpg"),
        row("path_outside_images", filename="file:///etc/passwd"),
        row("path_outside_images", filepath="..", image="a.jpg"),
        HostileFile("not_objects.jsonl", jsonl(1, None, ["a.jpg", "a dog"]), "", 1, Counter(wrong_type=3)),
        HostileFile("cut_line.jsonl", jsonl()[:-1] + b'\n{"filename": "b.j', "", 1, Counter(bad_row=1)),
        HostileFile("deep_line.jsonl", jsonl() + b"[" * 100_000, "", 1, Counter(bad_row=1)),
        HostileFile(
            "karpathy.json",
            json.dumps(karpathy).encode(),
            "",
            1,
            Counter(missing_field=4, no_captions=1, unknown_split=1, wrong_type=1),
        ),
        HostileFile(
            "coco.json",
            json.dumps(coco).encode(),
            "",
            1,
            Counter(
                wrong_type=2,
                path_outside_images=1,
                no_captions=1,
                conflicting_image=1,
                unknown_image=1,
                missing_field=1,
                forbidden_character=1,
            ),
        ),
        HostileFile(
            "lines.token",
            b"a.jpg#0\ta dog\nb.jpg\ta cat\nc.jpg#1 a cow\n\n#1\tno name\n",
            "",
            1,
            Counter(bad_row=2, missing_field=1),
        ),
        HostileFile(
            "commas.csv", b"filename,caption\na.jpg,a dog, a cat\nb.jpg\nc.jpg,a cow\n", "", 1, Counter(bad_row=2)
        ),
        HostileFile("swallowed.csv", swallowed, "", 2, Counter(bad_row=3)),
        HostileFile(
            "huge_field.csv",
            b'filename,caption\na.jpg,"' + b"word\n" * 30_000 + b"b.jpg,a dog\n",
            "",
            1,
            Counter(bad_row=30_000),
        ),
        HostileFile(
            "nulls.parquet",
            parquet_bytes(nulls),
            "no caption can be read; the first problem: nulls.parquet:1: image_id is 1.0",
        ),
    ]
