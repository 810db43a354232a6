"""ERN: DDEX release notifications 3.8 to 4.3.2 to ``model.Statement`` and back, and batch manifests.

One walk reads every version. Versions differ in where they write a fact, hardly ever in the fact: a P line stands in a
territory block (3.x), in the recording (4.1, 4.2) or in an edition of it (4.3). So a recording is read as a list of
*sections* (itself, its editions, its territory blocks), each with the scope its values hold for, and the same small
functions read each section. Names of elements that mean the same are listed side by side where they are read. Nothing
depends on the order of elements. Older 3.x messages go through the same walk, best effort; ``format.version`` tells.

The words come out neutral, so that two versions of one message give nearly equal statements:

* A display title has no ``kind``. ``DisplayTitleText`` and ``ReferenceTitle`` are kept only where they say more.
* "Worldwide" as the scope of a text is the empty scope. In deals, territories stay as written.
* Party references become credits that carry the party's name and ids; an unknown reference gives an empty name.
* Decimal numbers get one unit each, the one in the field's name. Dates and durations keep their lexical form.

Reading takes what it reads, so what is left is what nobody read; ``Statement.unread`` keeps it with its path. What is
said by one plain value (a flag, a text, a date) keeps the name of its element. See ``reading`` and ``facets``.

Safety is in ``parser``: no document type, no entities, no network, no encodings that hide markup, bounded size, depth
and attributes.

The writer speaks 4.3.2 and 3.8.2. What it wrote it reads back: ``write_message`` refuses where the version has no place
for a fact, ``write_what_fits`` tells which facts it left out. Each writer module says what its version lacks.

>>> statement = read_message(
...     b'<n:NewReleaseMessage xmlns:n="http://ddex.net/xml/ern/432"><MessageHeader>'
...     b"<MessageId>M1</MessageId></MessageHeader></n:NewReleaseMessage>"
... )
>>> statement.format.version, statement.header.message_id
('4.3.2', 'M1')
"""

from antiphon.formats.ern.acknowledgement import (
    Acknowledgement,
    Generation,
    MessageStatus,
    ProposedAction,
    ReleaseStatus,
    write_acknowledgement,
)
from antiphon.formats.ern.acknowledgement_reader import read_acknowledgement
from antiphon.formats.ern.manifest import Manifest, ManifestEntry, read_manifest, write_manifest
from antiphon.formats.ern.reader import read_message
from antiphon.formats.ern.writer import WrittenMessage, write_message, write_what_fits

__all__ = [
    "Acknowledgement",
    "Generation",
    "Manifest",
    "ManifestEntry",
    "MessageStatus",
    "ProposedAction",
    "ReleaseStatus",
    "WrittenMessage",
    "read_acknowledgement",
    "read_manifest",
    "read_message",
    "write_acknowledgement",
    "write_manifest",
    "write_message",
    "write_what_fits",
]
