"""Territories: what a deal names. A market, where a listener is, is always one assigned code of these."""

from typing import NewType

Territory = NewType("Territory", str)
"""An assigned ISO 3166-1 alpha-2 code, or XK; upper case. Made by ``parse_territory`` alone."""

WORLDWIDE = "Worldwide"
"""The word ERN uses for every territory."""

_ASSIGNED = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT "
    "BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH "
    "ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT "
    "HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS "
    "LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI "
    "NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG "
    "SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG "
    "UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "
    "XK"
)

TERRITORIES: tuple[Territory, ...] = tuple(Territory(code) for code in _ASSIGNED.split())
"""All 250 territories a deal can be evaluated for: ISO 3166-1 of 2026 and Kosovo's XK. The order is part of the
document format (a territory bitset numbers them), so new codes go to the end."""

_MEMBERS = frozenset(TERRITORIES)

SUCCESSORS = {"UK": "GB", "TP": "TL", "BU": "MM", "ZR": "CD", "FX": "FR", "DD": "DE"}
"""Codes that are not assigned but have one clear meaning. Source: ISO 3166-3; UK is reserved, and senders use it."""


class UnknownTerritory(ValueError):
    """The code names no territory that a deal can be evaluated for. The provider's fault."""


def parse_territory(text: str) -> Territory:
    """Return the territory a code names; case and white space around it do not matter.

    Sub-codes ("ES-CN") count as their country. Raises: UnknownTerritory.
    """
    code = text.strip().upper()
    code = SUCCESSORS.get(code, code.partition("-")[0])
    if code not in _MEMBERS:
        raise UnknownTerritory(text)
    return Territory(code)
