"""Formats: bytes of a standard to our typed model, and back. Nothing here opens a file, a socket or a database.

Three promises hold for every format:

* Reading is tolerant about form and strict about safety. Real senders break their schemas (about one message in eight
  does), so a reader takes facts wherever they stand, in any order, and leaves judgement to ``rules``. What could hurt
  whoever reads it (document types, entities, unbounded size or depth) is refused before it is parsed.
* What cannot be read is refused with ``model.errors.Rejected``: a stable code, the place, what was there, what was
  expected, and the next step. No other exception leaves a reader, whatever the bytes are.
* Nothing is invented. A value that is not there stays empty; a value that cannot be understood is kept as written.

``ern``   DDEX Electronic Release Notification messages and the manifest of a batch
"""
