"""Covers: what is refused and why, and what is served of the others."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from antiphon.blobs import BlobStore
from antiphon.media import COVER_SIZES_PX, render_cover
from antiphon.media.limits import COVER_FILE_BYTES_MAX
from antiphon.model.errors import Rejected
from antiphon.model.media import ResourceMedia

RED, BLUE, WHITE = (220, 20, 20), (20, 20, 220), (255, 255, 255)

Render = Callable[[bytes], ResourceMedia]


@pytest.fixture
def render(blobs: BlobStore, tmp_path: Path) -> Render:
    def render_bytes(data: bytes) -> ResourceMedia:
        (tmp_path / "cover.jpg").write_bytes(data)
        return render_cover(tmp_path / "cover.jpg", blobs)

    return render_bytes


def red_left_blue_right(mode: str = "RGB", size: tuple[int, int] = (800, 800)) -> Image.Image:
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def encode(image: Image.Image, form: str, **options: Any) -> bytes:
    encoded = BytesIO()
    image.save(encoded, form, **options)
    return encoded.getvalue()


def png_of(width: int, height: int, *, is_whole: bool = False) -> bytes:
    """Return an RGBA PNG of this size, all zeros; unless it is whole, it holds next to nothing of them."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = zlib.compress(bytes((4 * width + 1) * height if is_whole else 100_000), 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def served(blobs: BlobStore, media: ResourceMedia, index: int = 0) -> Image.Image:
    return Image.open(BytesIO(blobs.get(media.covers[index].blob)))


def is_near(found: object, expected: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(a - b) < 30 for a, b in zip(found, expected, strict=True))


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (8_001, 8_000), (2**31 - 1, 1), (1, 2**31 - 1)])
def test_a_pixel_flood_is_refused_by_its_header(render: Render, width: int, height: int) -> None:
    with pytest.raises(Rejected, match=f"{width} x {height} pixels") as refused:
        render(png_of(width, height))
    assert refused.value.code == "ResourceNotMeetingSpecifications"
    assert refused.value.place.file == "cover.jpg"


NOT_COVERS = {
    "empty": b"",
    "noise": bytes(range(256)) * 10,
    "vector": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "markup": b"<!DOCTYPE html><script>alert(1)</script>",
    "gif": encode(red_left_blue_right("P"), "GIF"),
    "webp": encode(red_left_blue_right(), "WEBP"),
    "bmp": encode(red_left_blue_right(), "BMP"),
    "pdf": b"%PDF-1.7\n",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "half a jpeg": encode(red_left_blue_right(), "JPEG")[:3000],
    "half a png": encode(red_left_blue_right(), "PNG")[:1500],
    "an empty promise": png_of(4000, 4000),
}


@pytest.mark.parametrize("kind", NOT_COVERS)
def test_what_is_no_whole_jpeg_png_or_tiff_is_corrupt(render: Render, kind: str) -> None:
    with pytest.raises(Rejected) as refused:
        render(NOT_COVERS[kind])
    assert refused.value.code == "ResourceCorrupt"


def test_a_file_above_the_size_limit_is_refused_unopened(blobs: BlobStore, tmp_path: Path) -> None:
    with (tmp_path / "cover.png").open("wb") as sparse:
        sparse.truncate(COVER_FILE_BYTES_MAX + 1)
    with pytest.raises(Rejected, match=str(COVER_FILE_BYTES_MAX)):
        render_cover(tmp_path / "cover.png", blobs)


def test_nothing_of_the_senders_bytes_is_served(render: Render, blobs: BlobStore) -> None:
    exif = Image.Exif()
    exif[0x010E] = "<script>description</script>"
    payload = b"<script>alert(1)</script>"
    data = encode(red_left_blue_right(), "JPEG", exif=exif, comment=payload) + payload
    for cover in render(data).covers:
        assert b"script" not in blobs.get(cover.blob)
        assert b"Exif" not in blobs.get(cover.blob)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_a_cover_is_served_in_three_sizes_as_progressive_jpeg(render: Render, blobs: BlobStore, form: str) -> None:
    data = encode(red_left_blue_right(size=(3000, 3000)), form)
    media = render(data)
    assert media.image is not None
    assert (media.image.format, media.image.mode) == (form, "RGB")
    assert (media.image.width_px, media.image.height_px) == (3000, 3000)
    assert [(cover.width_px, cover.height_px) for cover in media.covers] == [(side, side) for side in COVER_SIZES_PX]
    assert blobs.get(media.source) == data
    for index, side in enumerate(COVER_SIZES_PX):
        image = served(blobs, media, index)
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (side, side))
        assert image.info["progressive"]
        assert is_near(image.getpixel((side // 4, side // 2)), RED)
        assert is_near(image.getpixel((side * 3 // 4, side // 2)), BLUE)


@pytest.mark.parametrize(
    ("mode", "form"),
    [("L", "JPEG"), ("CMYK", "JPEG"), ("P", "PNG"), ("1", "PNG"), ("LA", "PNG"), ("CMYK", "TIFF"), ("RGBA", "TIFF")],
)
def test_every_mode_of_the_formats_becomes_rgb(render: Render, blobs: BlobStore, mode: str, form: str) -> None:
    media = render(encode(red_left_blue_right(mode), form))
    assert media.image is not None
    assert media.image.mode == mode
    assert served(blobs, media).mode == "RGB"


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_deflate", "jpeg", "packbits"])
def test_compressed_tiff_is_read(render: Render, blobs: BlobStore, compression: str) -> None:
    media = render(encode(red_left_blue_right(), "TIFF", compression=compression))
    assert is_near(served(blobs, media).getpixel((100, 100)), RED)


def test_what_is_transparent_is_white(render: Render, blobs: BlobStore) -> None:
    media = render(encode(Image.new("RGBA", (700, 700), (0, 0, 0, 0)), "PNG"))
    assert is_near(served(blobs, media).getpixel((10, 10)), WHITE)


def test_a_cover_lying_on_its_side_is_served_upright(render: Render, blobs: BlobStore) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn me a quarter to the right": what is left in the file is meant to be on top
    image = served(blobs, render(encode(red_left_blue_right(size=(1000, 500)), "JPEG", exif=exif)))
    assert image.size == (320, 640)
    assert is_near(image.getpixel((160, 100)), RED)
    assert is_near(image.getpixel((160, 540)), BLUE)


def test_proportions_are_kept(render: Render) -> None:
    media = render(encode(red_left_blue_right(size=(1000, 800)), "PNG"))
    assert [(cover.width_px, cover.height_px) for cover in media.covers] == [(640, 512), (300, 240), (64, 51)]


@pytest.mark.parametrize(("side", "expected"), [(400, [400, 300, 64]), (300, [300, 64]), (64, [64]), (1, [1])])
def test_a_small_cover_is_never_enlarged(render: Render, side: int, expected: list[int]) -> None:
    media = render(encode(red_left_blue_right(size=(side, side)), "PNG"))
    assert [cover.width_px for cover in media.covers] == expected


def test_a_broken_colour_profile_does_not_cost_the_cover(render: Render, blobs: BlobStore) -> None:
    media = render(encode(red_left_blue_right(), "PNG", icc_profile=b"not a profile at all" * 10))
    assert is_near(served(blobs, media).getpixel((100, 100)), RED)


def test_the_same_cover_always_gives_the_same_bytes(render: Render) -> None:
    data = encode(red_left_blue_right(), "PNG")
    assert render(data) == render(data)


def test_the_largest_cover_fits_in_a_childs_memory(render: Render) -> None:
    assert len(render(png_of(8000, 8000, is_whole=True)).covers) == 3
