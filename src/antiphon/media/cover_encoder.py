"""A cover decoded whole and encoded anew, so that no byte of the sender's is ever served.

Runs in a child only. Three decoders are named here and no others are entered; the size is judged by the header.
"""

from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps

from antiphon.media.jobs import UNACCEPTED, DecodedCover, EncodedCover, UnusableFile
from antiphon.media.limits import COVER_PIXELS_MAX
from antiphon.model.media import ImageFacts

FORMATS = ("JPEG", "PNG", "TIFF")
"""Formats that are decoded. Source: delivery-rules C1."""

JPEG_QUALITY = 88
"""Of Pillow's 1 to 95: no visible loss at the sizes served, a third of the bytes of 95."""

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
"""The colours covers are served in, as an ICC profile."""

BACKDROP = "white"
"""What shows through a transparent cover."""


def encode_covers(source: BinaryIO, sizes_px: tuple[int, ...]) -> DecodedCover:
    """Return the image in each size (longest side), upright, sRGB, largest first, never enlarged; equal sizes once.

    Raises: UnusableFile (the provider's fault); any other error is an image that does not decode.
    """
    Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit only warns at first; ours follows and is final.
    with Image.open(source, formats=FORMATS) as image:
        facts = ImageFacts(format=image.format or "", mode=image.mode, width_px=image.width, height_px=image.height)
        _check_size(facts)
        largest = _decode_upright(image, max(sizes_px))
    sides = sorted({min(size, max(largest.size)) for size in sizes_px}, reverse=True)
    return DecodedCover(facts=facts, covers=tuple(_encode(largest, side) for side in sides))


def _check_size(facts: ImageFacts) -> None:
    pixels = facts.width_px * facts.height_px
    if not 0 < pixels <= COVER_PIXELS_MAX:
        raise UnusableFile(
            UNACCEPTED,
            got=f"{facts.width_px} x {facts.height_px} pixels",
            expected=f"at most {COVER_PIXELS_MAX} pixels",
            fix="deliver the cover in 3000 x 3000 pixels",
        )


def _decode_upright(image: Image.Image, side: int) -> Image.Image:
    """Return the image within ``side`` x ``side``, as its EXIF orientation means it to be seen, in sRGB."""
    if image.mode in ("1", "P", "PA"):
        image = image.convert("RGBA")  # indexes cannot be averaged
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return _to_srgb(ImageOps.exif_transpose(image), image.info.get("icc_profile"))


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if "A" in image.mode:
        opaque = Image.new("RGBA", image.size, BACKDROP)
        opaque.alpha_composite(image.convert("RGBA"))
        image = opaque.convert("RGB")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, BytesIO(SRGB), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None  # A broken profile costs exact colours, not the cover.
        if converted is not None:
            return converted
    return image.convert("RGB")


def _encode(image: Image.Image, side: int) -> EncodedCover:
    sized = image.copy()
    sized.thumbnail((side, side), Image.Resampling.LANCZOS)
    sized.info.clear()  # Pillow would write the sender's comments and profiles back.
    encoded = BytesIO()
    sized.save(encoded, "JPEG", quality=JPEG_QUALITY, progressive=True, optimize=True)
    return EncodedCover(width_px=sized.width, height_px=sized.height, data=encoded.getvalue())
