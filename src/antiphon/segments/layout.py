"""The layout of a document, byte by byte. All numbers are little-endian; offsets count from the document's start.

========  ===========================================================================================
header    form (magic and format version), kind, tag, item count, count of marks, starts of the seven parts below
items     per item: body start and stop, start and count of its holes, group, run, first rights row, key
holes     per hole: offset, kind, start of the rights row that fills it and the row's key (both 0: none)
marks     per distinct subject: its CRC-32
rights    per set of rights: start of the map of each (tier, use) (0: never anywhere), start and stop of its subjects
maps      per distinct map: the number of each territory's timeline, then those timelines
subjects  entity ids in ASCII, a blank after each: those of each set of rights; sets may share some
bodies    JSON, a comma between items; 0x00 where the public base URL goes, 0x01 and up where holes are, by kind
========  ===========================================================================================

Why maps and not a list of intervals: a deal that starts on a date comes to about 40 intervals per tier and use, one
for each midnight on earth. Read as a list they cost a scan, and 2 KB per tier. Turned by territory they cost one byte
to look up, and tiers with the same terms share one map.

Why a key: rows with the same maps have the same key, also in other documents, and a catalogue has few distinct ones; so
a reader finds out once what a row comes to, and then knows it for every document that has it.

Why a run: nearly every item has the same rights in all its holes, and nearly every list the same in all its items. Such
items are filled all at once, by replacing the bytes that stand for holes, without a look at the table of holes. That
is for the others, for documents a denial names, and for check.

Why marks: a denial names one document of a hundred thousand. Whether it may be this one is told by comparing numbers
that lie beside the header; only where one fits are the subjects themselves compared.
"""

from struct import Struct

from antiphon.model.availability import Tier, Use

FORM = b"AD\x00\x03"
"""Magic and format version. Another version is another format: a node that meets it stops."""

HEADER = Struct("<4sB16sIBIIIIIII")
"""form, kind, tag (hexadecimal), counts of items and marks, starts of items, holes, marks, rights, maps, subjects and
bodies."""
TAG_START = 5
TAG_STOP = 21
RIGHTS_AT = 8
"""Where the start of the rights is among the numbers of a header."""
OUTLINE = Struct("<4sx16sIBI4xI")
"""What a reader of the header needs: form, tag, counts of items and marks, starts of items and marks."""

ITEM = Struct("<IIIHBIIQ")
ItemRow = tuple[int, int, int, int, int, int, int, int]
"""body start and stop, start and count of holes, group, run, start of a rights row, key.

``run``: how many items from this one on, itself included, can be filled at once by what the rights row comes to: all
their holes have rights with the same maps, and holes of the same kinds; 0: this one has rights of several kinds.
"""
KINDS_MASK = 0xFF
"""The bits of an item's key that say which kinds of holes it has (bit n: kind n); the others are those of the key of
its rights. An item without holes has the key 0."""
START = Struct("<4sx16sIB8xI16xII7xIIQ")
"""What a reader of a document of one item needs, all of it at the start: form, tag, counts of items and marks, start of
marks; then of the item: body start and stop, run, rights row, key."""
HOLE = Struct("<IBIQ")
KEY_BYTES = 8
"""A key is a hash of maps. 64 bits, or the 56 an item's key has: among the million distinct rows of a huge catalogue
two are alike by chance once in 140,000 catalogues."""

MAX_MARKS = 250
"""Marks of one document: those of an album of 100 tracks. Comparing more costs more than to look at what is shown."""
NO_MARKS = 255
"""The count of marks of a document with more subjects than that: a denial may always name one."""
MARKS = tuple(Struct(f"<{count}I") for count in range(MAX_MARKS + 1))
"""Marks, by their count."""

RIGHTS = Struct("<8I")
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
