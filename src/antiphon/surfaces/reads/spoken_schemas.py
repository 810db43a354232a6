"""The shapes of shows, episodes, audiobooks and chapters, and of categories."""

from antiphon.surfaces.reads.schemas import (
    COPYRIGHTS,
    DATE_MEMBERS,
    FLAG,
    IMAGES,
    MARKETS,
    RESTRICTIONS,
    TEXT,
    URL,
    WHOLE,
    Schema,
    entity_members,
    list_of,
    page_of,
    ref,
    shape,
)

_NAMES = list_of(shape("A person.", {"name": TEXT}))

_SPOKEN: dict[str, Schema] = {
    "description": TEXT,
    "html_description": TEXT,
    "explicit": FLAG,
    "images": IMAGES,
    "languages": list_of(TEXT),
}
_PART: dict[str, Schema] = {
    **_SPOKEN,
    "audio_preview_url": {"type": "null"},
    "duration_ms": WHOLE,
    **DATE_MEMBERS,
    "is_playable": FLAG,
    "restrictions": RESTRICTIONS,
}
_WHOLE: dict[str, Schema] = {
    **_SPOKEN,
    "available_markets": MARKETS,
    "copyrights": COPYRIGHTS,
    "media_type": {"type": "string", "const": "audio"},
    "publisher": TEXT,
}
_EPISODE: dict[str, Schema] = {
    **entity_members("episode"),
    **_PART,
    "is_externally_hosted": FLAG,
    "language": TEXT,
}
_EPISODE_OPTIONAL = ("restrictions", "language")
_CHAPTER: dict[str, Schema] = {
    **entity_members("episode"),
    **_PART,
    "chapter_number": WHOLE,
    "available_markets": MARKETS,
}
_CHAPTER_OPTIONAL = ("restrictions", "available_markets")
_SHOW: dict[str, Schema] = {
    **entity_members("show"),
    **_WHOLE,
    "is_externally_hosted": FLAG,
    "total_episodes": WHOLE,
}
_AUDIOBOOK: dict[str, Schema] = {
    **entity_members("audiobook"),
    **_WHOLE,
    "authors": _NAMES,
    "edition": TEXT,
    "narrators": _NAMES,
    "total_chapters": WHOLE,
}

SPOKEN_SCHEMAS: dict[str, Schema] = {
    "SimpleShow": shape("A show. With a market, available_markets is that one if any of it plays there.", _SHOW),
    "Show": shape("A show with the first page of its episodes.", {**_SHOW, "episodes": ref("SimpleEpisodePage")}),
    "SimpleEpisode": shape(
        "An episode inside its show. Without a market it is not playable.", _EPISODE, _EPISODE_OPTIONAL
    ),
    "Episode": shape("An episode with its show.", {**_EPISODE, "show": ref("SimpleShow")}, _EPISODE_OPTIONAL),
    "SimpleAudiobook": shape("An audiobook, with available_markets as of a show.", _AUDIOBOOK),
    "Audiobook": shape(
        "An audiobook with the first page of its chapters.", {**_AUDIOBOOK, "chapters": ref("SimpleChapterPage")}
    ),
    "SimpleChapter": shape(
        "A chapter inside its audiobook. Without a market it is not playable, and says where it would be.",
        _CHAPTER,
        _CHAPTER_OPTIONAL,
    ),
    "Chapter": shape(
        "A chapter with its audiobook.", {**_CHAPTER, "audiobook": ref("SimpleAudiobook")}, _CHAPTER_OPTIONAL
    ),
    "Category": shape("A genre.", {"href": URL, "icons": IMAGES, "id": TEXT, "name": TEXT}),
    "SimpleEpisodePage": page_of("SimpleEpisode"),
    "SimpleChapterPage": page_of("SimpleChapter"),
    "SimpleShowPage": page_of("SimpleShow"),
    "SimpleAudiobookPage": page_of("SimpleAudiobook"),
    "CategoryPage": page_of("Category"),
}
