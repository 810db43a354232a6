"""Sketches of recordings: of one that a message describes, and of one the catalogue has."""

from antiphon.identity.credits import display_artists
from antiphon.identity.likeness import RecordingSketch
from antiphon.identity.titles import split_words, take_apart
from antiphon.model.entities import Recording
from antiphon.model.resources import Resource

SONG = "song"
"""The scheme under which the catalogue keeps song keys beside identifiers."""


def sketch_resource(resource: Resource) -> RecordingSketch:
    """Return what a message says of a recording."""
    title = resource.titles[0] if resource.titles else None
    advisories = {advisory.value for advisory in resource.advisories}
    return RecordingSketch(
        title=title.value if title is not None else "",
        version=title.subtitle if title is not None else "",
        artists=tuple(credit.name for credit in display_artists(resource)),
        duration_ms=resource.duration_ms,
        is_explicit="Explicit" in advisories if advisories else None,
    )


def sketch_recording(recording: Recording) -> RecordingSketch:
    """Return what the catalogue says of a recording."""
    return RecordingSketch(
        title=recording.title,
        artists=tuple(credit.name for credit in recording.artists),
        duration_ms=recording.duration_ms or None,
        is_explicit=recording.is_explicit,
    )


def song_key(sketch: RecordingSketch) -> str:
    """Return what recordings must share to be worth comparing: the first artist and the title, less every difference
    of spelling that means nothing; empty: too little is said.
    """
    title = take_apart(sketch.title, sketch.version).words
    artist = split_words(sketch.artists[0]) if sketch.artists else ()
    return f"{' '.join(artist)}|{' '.join(title)}" if artist and title else ""
