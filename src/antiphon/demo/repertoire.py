"""The demo's catalogue: five invented artists, two labels, six releases, twenty-five tracks, fourteen minutes.

Between them they hold one of each case a catalogue must get right: a recording on two releases of two providers,
versions of a recording, a track withheld in one territory, a track that starts next week, an explicit title, a name
with diacritics, a title in another script, and a title too long for any column. Every name, number and note is
invented.
"""

from antiphon.demo.plan import (
    Artist,
    ParentalWarning,
    Provider,
    Recipe,
    Recording,
    Release,
    ReleaseKind,
    Repertoire,
    Style,
    Track,
    ean_check_digit,
)

LANTERN = Provider(key="lantern", dpid="PADPIDA20260417013", name="Lanternfish Distribution", ern_version="4.3.2")
KIOSK = Provider(key="kiosk", dpid="PADPIDA20260417021", name="Kiosk & Daughters Digital", ern_version="3.8.2")

HARBOUR_LABEL = "Harbour Lantern Recordings"
KIOSK_LABEL = "Ninth Kiosk"

MAELYS = Artist(key="ordane", name="Maëlys Ordane", isni="0000000526041713", style=Style.MALLETS)
CARTRIDGE = Artist(key="cartridge", name="Cartridge Orchard", isni="0000000526041721", style=Style.CHIPTUNE)
WREN = Artist(key="wren", name="Wren & Tallow", isni="000000052604173X", style=Style.STRINGS)
FATHOM = Artist(key="fathom", name="Fathom Almanac", isni="0000000526041748", style=Style.AMBIENT)
KALTLICHT = Artist(key="kaltlicht", name="Kaltlicht Depot", isni="0000000526041756", style=Style.TECHNO)

VARIOUS_ARTISTS = "Various Artists"

COMPOSERS = {
    MAELYS.key: ("Maëlys Ordane",),
    CARTRIDGE.key: ("Juno Akerby",),
    WREN.key: ("Isaura Wren", "Piet Tallow"),
    FATHOM.key: ("Odile Marrow",),
    KALTLICHT.key: ("Ansgar Velt",),
}

GENRES = {
    Style.MALLETS: "Classical",
    Style.CHIPTUNE: "Electronic",
    Style.STRINGS: "Folk",
    Style.AMBIENT: "Ambient",
    Style.TECHNO: "Techno",
}

LINE_YEAR = 2026
"""Year of every P and C line: that of the recordings' codes."""

NEXT_WEEK_DAYS = 7


def plan_repertoire() -> Repertoire:
    """Return the catalogue the demo delivers: the same plan on every day and machine."""
    low_tide = _record(MAELYS, "QZANT2600004", "Low Tide, Slow Clock", 34, _recipe(604, 62, "dorian", 92, "duet"))
    return Repertoire(
        releases=(
            _plan_album(low_tide),
            _plan_ep(),
            _plan_folk_single(),
            _plan_ambient_single(),
            _plan_techno_single(),
            _plan_compilation(low_tide),
        )
    )


def _plan_album(low_tide: Recording) -> Release:
    long_title = "The House Remembers Everyone Who Ever Hummed While Washing the Dishes by the Open Window"
    eleven_steps = _record(MAELYS, "QZANT2600007", "Eleven Steps Down", 31, _recipe(607, 59, "dorian", 112, "duet"))
    recordings = (
        _record(MAELYS, "QZANT2600001", "Salt on the Sill", 36, _recipe(601, 60, "lydian", 76, "piano")),
        _record(
            MAELYS, "QZANT2600002", "Marimba for an Empty Staircase", 32, _recipe(602, 57, "minor", 126, "marimba")
        ),
        _record(
            MAELYS, "QZANT2600003", "Letters Kept in Flour", 36, _recipe(603, 64, "minor", 84, "piano", beats_per_bar=3)
        ),
        low_tide,
        _record(MAELYS, "QZANT2600005", long_title, 38, _recipe(605, 55, "mixolydian", 116, "marimba")),
        _record(
            MAELYS,
            "QZANT2600006",
            "朝の窓",
            33,
            _recipe(606, 65, "major", 88, "duet", beats_per_bar=3),
            title_language="ja",
        ),
        eleven_steps,
        _record(MAELYS, "QZANT2600008", "Rooms Facing the Sea", 40, _recipe(608, 61, "major", 72, "piano")),
    )
    return Release(
        icpn=_icpn("200026041001"),
        catalogue_number="HLR 041",
        title="Rooms Facing the Sea",
        artist_name=MAELYS.name,
        kind=ReleaseKind.ALBUM,
        label=HARBOUR_LABEL,
        genre=GENRES[MAELYS.style],
        c_line_year=LINE_YEAR,
        c_line_owner=HARBOUR_LABEL,
        released_in_days=-120,
        provider=LANTERN,
        cover="rooms",
        tracks=tuple(
            Track(sequence=place, recording=recording, withheld_in=("SE",) if recording is eleven_steps else ())
            for place, recording in enumerate(recordings, start=1)
        ),
    )


def _plan_ep() -> Release:
    weather = _recipe(702, 60, "mixolydian", 136)
    next_week = _record(CARTRIDGE, "QZ9KL2600005", "Continue? 9, 8, 7", 30, _recipe(705, 57, "dorian", 148))
    recordings = (
        _record(CARTRIDGE, "QZ9KL2600001", "Insert Coin, Receive Sun", 30, _recipe(701, 60, "major", 132)),
        _record(CARTRIDGE, "QZ9KL2600002", "Damn Fine Weather", 29, weather, parental_warning=ParentalWarning.EXPLICIT),
        _record(CARTRIDGE, "QZ9KL2600003", "Bicycle Boss Battle", 32, _recipe(703, 58, "minor", 152)),
        _record(CARTRIDGE, "QZ9KL2600004", "Polygon Lullaby", 33, _recipe(704, 63, "lydian", 96, "night")),
        next_week,
    )
    return Release(
        icpn=_icpn("200026090002"),
        catalogue_number="9K-017",
        title="Save Point Summer",
        artist_name=CARTRIDGE.name,
        kind=ReleaseKind.EP,
        label=KIOSK_LABEL,
        genre=GENRES[CARTRIDGE.style],
        c_line_year=LINE_YEAR,
        c_line_owner=KIOSK_LABEL,
        released_in_days=0,
        provider=KIOSK,
        cover="summer",
        tracks=tuple(
            Track(
                sequence=place, recording=recording, starts_in_days=NEXT_WEEK_DAYS if recording is next_week else None
            )
            for place, recording in enumerate(recordings, start=1)
        ),
    )


def _plan_folk_single() -> Release:
    original = _recipe(801, 55, "dorian", 108)
    acoustic = _recipe(801, 55, "dorian", 88, "acoustic")
    return _plan_single(
        artist=WREN,
        icpn=_icpn("200026041003"),
        catalogue_number="HLR 042",
        label=HARBOUR_LABEL,
        released_in_days=-30,
        provider=LANTERN,
        cover="ferry",
        recordings=(
            _record(WREN, "QZANT2600011", "The Ferry Keeper", 35, original),
            _record(WREN, "QZANT2600012", "The Ferry Keeper", 31, acoustic, version_title="Acoustic Version"),
        ),
    )


def _plan_ambient_single() -> Release:
    return _plan_single(
        artist=FATHOM,
        icpn=_icpn("200026041004"),
        catalogue_number="HLR 039",
        label=HARBOUR_LABEL,
        released_in_days=-210,
        provider=LANTERN,
        cover="isobar",
        recordings=(
            _record(FATHOM, "QZANT2600021", "Isobar", 44, _recipe(901, 57, "lydian", 66)),
            _record(FATHOM, "QZANT2600022", "Lantern Depth", 40, _recipe(902, 50, "minor", 70, "glass")),
        ),
    )


def _plan_techno_single() -> Release:
    night = _recipe(951, 53, "minor", 104, "night")
    return _plan_single(
        artist=KALTLICHT,
        icpn=_icpn("200026090005"),
        catalogue_number="9K-015",
        label=KIOSK_LABEL,
        released_in_days=-14,
        provider=KIOSK,
        cover="nebelhorn",
        recordings=(
            _record(KALTLICHT, "QZ9KL2600011", "Nebelhorn", 40, _recipe(951, 53, "minor", 116), title_language="de"),
            _record(KALTLICHT, "QZ9KL2600012", "Nebelhorn", 42, night, version_title="Night Mix", title_language="de"),
        ),
    )


def _plan_compilation(low_tide: Recording) -> Release:
    recordings = (
        _record(FATHOM, "QZ9KL2600021", "Forecast for No One", 40, _recipe(903, 60, "dorian", 64)),
        _record(WREN, "QZ9KL2600022", "Hazel Switch", 32, _recipe(802, 57, "mixolydian", 120)),
        low_tide,
        _record(KALTLICHT, "QZ9KL2600023", "Leerfahrt", 36, _recipe(952, 57, "dorian", 112), title_language="de"),
        _record(CARTRIDGE, "QZ9KL2600024", "Firefly.exe", 29, _recipe(706, 62, "major", 140)),
        _record(FATHOM, "QZ9KL2600025", "Snow over the Transmitter", 38, _recipe(904, 55, "major", 68, "glass")),
    )
    return Release(
        icpn=_icpn("200026090006"),
        catalogue_number="9K-016",
        title="Warm Hands, Quiet Machines",
        artist_name=VARIOUS_ARTISTS,
        kind=ReleaseKind.COMPILATION,
        label=KIOSK_LABEL,
        genre="Electronic",
        c_line_year=LINE_YEAR,
        c_line_owner=KIOSK_LABEL,
        released_in_days=-60,
        provider=KIOSK,
        cover="hands",
        tracks=tuple(Track(sequence=place, recording=recording) for place, recording in enumerate(recordings, start=1)),
    )


def _plan_single(
    *,
    artist: Artist,
    icpn: str,
    catalogue_number: str,
    label: str,
    released_in_days: int,
    provider: Provider,
    cover: str,
    recordings: tuple[Recording, ...],
) -> Release:
    return Release(
        icpn=icpn,
        catalogue_number=catalogue_number,
        title=recordings[0].title,
        artist_name=artist.name,
        kind=ReleaseKind.SINGLE,
        label=label,
        genre=GENRES[artist.style],
        c_line_year=LINE_YEAR,
        c_line_owner=label,
        released_in_days=released_in_days,
        provider=provider,
        cover=cover,
        tracks=tuple(Track(sequence=place, recording=recording) for place, recording in enumerate(recordings, start=1)),
    )


def _recipe(
    seed: int, tonic: int, mode: str, tempo_bpm: int, arrangement: str = "full", beats_per_bar: int = 4
) -> Recipe:
    return Recipe(
        seed=seed,
        tonic=tonic,
        mode=mode,
        tempo_bpm=tempo_bpm,
        beats_per_bar=beats_per_bar,
        arrangement=arrangement,
    )


def _record(
    artist: Artist,
    isrc: str,
    title: str,
    duration_s: int,
    recipe: Recipe,
    *,
    version_title: str | None = None,
    title_language: str = "en",
    parental_warning: ParentalWarning = ParentalWarning.NOT_EXPLICIT,
) -> Recording:
    return Recording(
        isrc=isrc,
        title=title,
        version_title=version_title,
        artist=artist,
        composers=COMPOSERS[artist.key],
        genre=GENRES[artist.style],
        duration_ms=duration_s * 1_000,
        p_line_year=LINE_YEAR,
        p_line_owner=HARBOUR_LABEL if isrc.startswith("QZANT") else KIOSK_LABEL,
        recipe=recipe,
        title_language=title_language,
        parental_warning=parental_warning,
    )


def _icpn(first_twelve: str) -> str:
    return first_twelve + ean_check_digit(first_twelve)
