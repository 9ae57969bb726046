"""From an image path to upright RGB pixels, or one `ImageError` that says why not.

Legend: H, W height and width in pixels of the upright image (EXIF orientation applied).
"""

from __future__ import annotations

import io
import os
import struct
from pathlib import PurePath
from typing import Literal, get_args

import numpy as np
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from transforms.image_paths import path_problem
from transforms.patience import patiently

ImageReason = Literal[
    "missing_image",  # no regular file of that name in the image folder
    "unreadable_image",  # there, but this user may not read it
    "path_outside_images",  # absolute, with "..", no possible name, or a symbolic link that leaves the folder
    "too_many_bytes",
    "empty_file",
    "not_an_image",  # no signature of an image format
    "unsupported_format",  # an image, but of a format that is not decoded here (HEIF, PSD, EPS, ...)
    "too_many_pixels",  # judged by the header, before any pixel is decoded
    "truncated_image",  # the file ends before its pixels do
    "corrupt_image",  # the decoder gave up for any other reason
    "unsupported_mode",  # decoded, but its values have no known black and white (float, 32 bit, CIELAB)
]
IMAGE_REASONS: tuple[ImageReason, ...] = get_args(ImageReason)

MAX_BYTES = 256 * 2**20
# Below the size from which Pillow itself warns, so it never warns of an image that is accepted.
MAX_PIXELS = 80_000_000

_DECODED = {  # signature -> the only Pillow plugin that may then open the file
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
} | {b"P" + digit + space: "PPM" for digit in (b"1", b"2", b"3", b"4", b"5", b"6") for space in (b"\n", b" ", b"\r")}
_REFUSED = {
    b"8BPS": "Photoshop",
    b"%!PS": "PostScript",
    b"\xc5\xd0\xd3\xc6": "PostScript",
    b"%PDF": "PDF",
    b"<svg": "SVG",
    b"<?xml": "XML or SVG",
    b"\0\0\1\0": "icon",
    b"\0\0\0\x0cjP": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000",
    b"\0\0\0\x0cJXL": "JPEG XL",
    b"\xff\x0a": "JPEG XL",
    b"\x76\x2f\x31\x01": "OpenEXR",
}
_UPRIGHT: dict[object, Image.Transpose] = {  # by EXIF orientation
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = {
    Image.Transpose.TRANSPOSE,
    Image.Transpose.ROTATE_270,
    Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_90,
}
_MODES = {"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV"}


class ImageError(Exception):
    """An image that cannot be used: `reason` is one of `IMAGE_REASONS`, `detail` names the file and the values.

    Files are named relative to the image folder: what becomes of an image does not depend on where the folder lies.
    """

    def __init__(self, reason: ImageReason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def read_image(root: str, uri: str, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Returns the bytes of the image file `uri` of the folder `root`, not decoded.

    Args:
        root: the image folder: a local path, or a URI of any file system that Beam knows (gs://, s3://, hdfs://).
        uri: path relative to `root`; it must stay inside, symbolic links included where the folder is local.
        max_bytes: a larger file is refused without being read to its end.

    Raises:
        ImageError: missing_image, unreadable_image, path_outside_images, too_many_bytes. Other faults of the file
            system are not the image's and pass through, so that the runner can retry.
    """
    if problem := path_problem(uri):
        raise ImageError("path_outside_images", f"{uri!r}: {problem}")
    path = FileSystems.join(root, uri)
    if FileSystems.get_scheme(root) is None:
        path = _resolve(root, uri)
        data = _read(path, uri, max_bytes + 1)
    else:
        data = patiently(lambda: _read(path, uri, max_bytes + 1))
    if len(data) > max_bytes:
        raise ImageError("too_many_bytes", f"{uri}: more than the {max_bytes} bytes allowed")
    return data


def decode_image(data: bytes, *, name: str = "", max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Returns the upright picture as (H, W, 3) uint8 RGB, C-contiguous and writable.

    Of an animation or a file of several pages the first is taken. Transparency lies on white. 16-bit grey is divided
    by 257 and rounded. Colour profiles are not applied. Safe to call from several threads.

    Args:
        data: BMP, GIF, JPEG, PNG, PPM, TIFF or WebP; told by content, never by name.
        name: how error messages call the image.
        max_pixels: a header that announces more is refused before anything is decoded. Pillow refuses more than
            178,956,970 on its own.

    Raises:
        ImageError: what is wrong, as a reason of `IMAGE_REASONS` from empty_file on, and a detail.
    """
    if not data:
        raise ImageError("empty_file", f"{name}: 0 bytes")
    image_format = _sniff(data, name)
    # Pillow and its codecs raise a dozen kinds of exceptions on damaged files (OSError, SyntaxError, ValueError,
    # struct.error, zlib.error, ...) and promise no list; all of them come from this one file's bytes.
    try:
        with Image.open(io.BytesIO(data), formats=[image_format]) as image:
            width, height = image.size
            if width * height > max_pixels:
                raise ImageError("too_many_pixels", f"{name}: {width} x {height}, at most {max_pixels} pixels allowed")
            image.load()
            picture = _to_rgb(image, name)
            turn = _UPRIGHT.get(_orientation(image))
            pixels = np.array(picture if turn is None else picture.transpose(turn))  # (H, W, 3)
    except ImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError("too_many_pixels", f"{name}: {error}") from error
    except Exception as error:
        # Pillow's own words here would be an address in memory, another in every run.
        what = "damaged header" if isinstance(error, UnidentifiedImageError) else f"{type(error).__name__}: {error}"
        cut = "truncated" in what.lower() or _ends_early(data, image_format)
        detail = f"{name}: {image_format} of {len(data)} bytes: {what}"
        raise ImageError("truncated_image" if cut else "corrupt_image", detail) from error
    if pixels.size == 0:
        raise ImageError("corrupt_image", f"{name}: {image_format} of {width} x {height} pixels")
    return pixels


def upright_size(data: bytes, *, name: str = "") -> tuple[int, int]:
    """Returns (height, width) of the picture that decode_image would return, from the file's header alone.

    Raises ImageError where the header already tells that there is none: empty_file, not_an_image, unsupported_format,
    too_many_pixels, corrupt_image. Damage further on goes unnoticed.
    """
    if not data:
        raise ImageError("empty_file", f"{name}: 0 bytes")
    image_format = _sniff(data, name)
    try:
        with Image.open(io.BytesIO(data), formats=[image_format]) as image:
            turned = _UPRIGHT.get(_orientation(image)) in _SIDEWAYS
            width, height = image.size[::-1] if turned else image.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError("too_many_pixels", f"{name}: {error}") from error
    except Exception as error:  # as above
        raise ImageError("corrupt_image", f"{name}: {image_format} of {len(data)} bytes: damaged header") from error
    if not width * height:
        raise ImageError("corrupt_image", f"{name}: {image_format} of {width} x {height} pixels")
    return height, width


def _resolve(root: str, uri: str) -> str:
    """Returns the real path of a local image, which is a regular file below the real path of `root`."""
    folder, path = os.path.realpath(root), os.path.realpath(os.path.join(root, uri))
    if not PurePath(path).is_relative_to(folder):
        raise ImageError("path_outside_images", f"{uri}: a symbolic link leads out of the image folder")
    if not os.path.isfile(path):
        raise ImageError("missing_image", f"{uri}: {'not a regular' if os.path.exists(path) else 'no such'} file")
    return path


def _read(path: str, uri: str, size: int) -> bytes:
    try:
        with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as file:
            return _read_at_most(file, size)
    except PermissionError as error:
        raise ImageError("unreadable_image", f"{uri}: {error.strerror}") from error
    except Exception:
        # Every file system has its own exception for a missing file, so it is asked.
        if FileSystems.exists(path):
            raise
        raise ImageError("missing_image", f"{uri}: no such file") from None


def _read_at_most(file: io.BufferedIOBase, size: int) -> bytes:
    """Returns the first `size` bytes of a file, or all; piece by piece, as one large read would reserve it at once."""
    pieces: list[bytes] = []
    while size > 0 and (piece := file.read(min(size, 2**20))):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _sniff(data: bytes, name: str) -> str:
    """Returns the name of the Pillow plugin that decodes `data`, told by the file's signature."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    for signature, image_format in _DECODED.items():
        if data.startswith(signature):
            return image_format
    refused = next((kind for signature, kind in _REFUSED.items() if data.startswith(signature)), None)
    if data[4:8] == b"ftyp":
        refused = "HEIF or AVIF"
    if refused:
        raise ImageError("unsupported_format", f"{name}: {refused}; BMP, GIF, JPEG, PNG, PPM, TIFF or WebP expected")
    raise ImageError("not_an_image", f"{name}: {len(data)} bytes that begin with {data[:12]!r}")


def _to_rgb(image: Image.Image, name: str) -> Image.Image:
    """Returns a loaded image in mode RGB, transparency laid on white."""
    if image.mode.startswith("I"):
        return Image.fromarray(_eight_bits(image, name)).convert("RGB")
    if image.mode not in _MODES:
        raise ImageError("unsupported_mode", f"{name}: {image.format} of Pillow's mode {image.mode}")
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")  # convert copies either way
    layer = image.convert("RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer)
    return paper


def _eight_bits(image: Image.Image, name: str) -> NDArray[np.uint8]:
    """Returns 16-bit grey as 8-bit grey (H, W), the transparent value as white."""
    grey = np.asarray(image).astype(np.int64)
    # Pillow's mode I has room for 32 bits: it holds the 16 of a PGM, but also integers of unknown range.
    if grey.size and not 0 <= grey.min() <= grey.max() <= 65535:
        raise ImageError(
            "unsupported_mode", f"{name}: {image.format} with values {grey.min()} to {grey.max()}, 0 to 65535 expected"
        )
    eight = ((grey + 128) // 257).astype(np.uint8)
    eight[grey == image.info.get("transparency", -1)] = 255
    return eight


def _orientation(image: Image.Image) -> object:
    """Returns the EXIF orientation of a loaded image, 1 (upright) where the EXIF block is damaged.

    Viewers show such photos as they are stored, and so do we. Pillow turns TIFF by itself and then forgets the tag.
    """
    try:
        return image.getexif().get(ExifTags.Base.Orientation, 1)
    except (SyntaxError, ValueError, TypeError, KeyError, OSError, struct.error):
        return 1


def _ends_early(data: bytes, image_format: str) -> bool:
    """Returns whether a file that did not decode lacks its end, where its format has a way to tell."""
    if image_format == "WEBP":
        return len(data) < 8 + int.from_bytes(data[4:8], "little")
    if image_format == "TIFF":  # the offset of the directory, which many writers put last
        return len(data) < 10 or len(data) < int.from_bytes(data[4:8], "little" if data[:1] == b"I" else "big")
    ends = {"JPEG": b"\xff\xd9", "PNG": b"IEND\xaeB`\x82", "GIF": b";"}
    return image_format in ends and not data.endswith(ends[image_format])
