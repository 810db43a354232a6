"""Audio and image files to facts and renditions, at arm's length.

A delivered file is the most dangerous thing we open: decoders are old C that reads what strangers wrote. So no decoder
ever runs in the service. Each file gets a child process of its own, which may use so much CPU and memory (``limits``),
may open nothing (``confinement``), knows no secret, enters only the decoders of the few formats labels deliver
(``transcoder``, ``cover_encoder``), and answers in plain values (``jobs``). Whatever happens there, one of two things
comes out:

- ``ResourceMedia``: the file decoded to its very end. Duration is counted in decoded samples and loudness is measured,
  never taken from tags; what is served is encoded by us, or is the FLAC as delivered.
- ``Rejected``: ``ResourceCorrupt`` (it does not decode, ends early, crashes its decoder or takes more than its limits)
  or ``ResourceNotMeetingSpecifications`` (a container, codec or size that is not taken).

Only what is no fault of the file's, a killed child or a full disk, is ``Transient``. Whether the facts are good enough
(16 bits, stereo, square) is for ``rules`` to say.

Audio is decoded once: the same pass measures it and encodes Opus. The processes are forked from one that has the
decoders loaded (``nursery``, ``children``), which starts with the first file and ends with the service:

    media = render_audio(Path("resources/01.flac"), blobs, scratch)
    media.audio.duration_ms, media.audio.loudness_lufs, [r.profile for r in media.renditions]
    -> (180000, -14.2, ["opus", "flac"])
"""

from antiphon.media.audio import render_audio
from antiphon.media.children import ChildLost, close_nursery
from antiphon.media.covers import COVER_SIZES_PX, render_cover

__all__ = ["COVER_SIZES_PX", "ChildLost", "close_nursery", "render_audio", "render_cover"]
