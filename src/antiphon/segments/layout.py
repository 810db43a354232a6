"""The layout of a document, byte by byte. All numbers are little-endian; offsets count from the document's start.

========  ===========================================================================================
header    form (magic and format version), kind, tag, item count, starts of the next three tables
items     per item: body start and stop, start and count of its holes, group
holes     per hole: offset, kind, start of the rights row that fills it (0: none)
rights    per set of rights: start of the map of each (tier, use) (0: never anywhere), start and stop of the subjects
maps      per distinct map: the number of each territory's timeline, then those timelines
subjects  entity ids in ASCII, one blank between them
bodies    JSON, 0x00 where the public base URL goes
========  ===========================================================================================

Why maps and not a list of intervals: a deal that starts on a date comes to about 40 intervals per tier and use, one
for each midnight on earth. Read as a list they cost a scan, and 2 KB per tier. Turned by territory they cost one byte
to look up, and tiers with the same terms share one map.
"""

from struct import Struct

from antiphon.model.availability import Tier, Use

FORM = b"AD\x00\x01"
"""Magic and format version. Another version is another format: a node that meets it stops."""

HEADER = Struct("<4sB16sIIIII")
"""form, kind, tag (hexadecimal), item count, starts of items, holes, rights, maps."""
TAG_START = 5
TAG_STOP = 21

ITEM = Struct("<IIIHB")
HOLE = Struct("<IBI")
RIGHTS = Struct("<8I")
MAPS_BYTES = 24
SUBJECTS_AT = 6
SUBJECTS_STOP = 7
SUBJECTS = Struct("<24xII")
"""A rights row starts with where its maps are, by code, in 24 bytes; then where its subjects start and stop: these are
the places of the two numbers in ``RIGHTS``, and the form that reads them alone."""

MAP_TERRITORIES = 256
"""One byte per territory, numbered as in ``TERRITORIES`` (250 of them, growing at the end): the number of its timeline,
0 for never. A territory has one timeline, so the numbers always fit a byte."""
MAP_ROWS_AT = MAP_TERRITORIES + 1
"""The byte before says how many timelines there are; the first row of timeline n is row n - 1."""
SPAN = Struct("<qqI")
"""One half-open span of a timeline: start and end in seconds since the epoch, and where in the map the timeline's next
span is (0: it was the last)."""

UNBOUNDED_START = -(1 << 63)
UNBOUNDED_END = (1 << 63) - 1
"""What a span without a start or an end has in its place: no clock reaches them."""

MAX_ITEMS = 1_000_000
MAX_HOLES_PER_ITEM = 0xFFFF
MAX_DOCUMENT_BYTES = 256 << 20
"""Limits of one document. The largest real one is the album list of "Various Artists": some 100,000 albums."""

CODES: dict[tuple[Tier, Use], int] = {
    (Tier.FREE, Use.STREAM): 0,
    (Tier.PREMIUM, Use.STREAM): 1,
    (Tier.FREE, Use.OFFLINE): 2,
    (Tier.PREMIUM, Use.OFFLINE): 3,
    (Tier.FREE, Use.DOWNLOAD): 4,
    (Tier.PREMIUM, Use.DOWNLOAD): 5,
}
"""Where the map of each (tier, use) is among the numbers of a rights row."""

STREAM_CODES: dict[Tier, int] = {tier: CODES[tier, Use.STREAM] for tier in Tier}
OTHER_STREAM_CODES: dict[Tier, int] = {
    Tier.FREE: STREAM_CODES[Tier.PREMIUM],
    Tier.PREMIUM: STREAM_CODES[Tier.FREE],
}
