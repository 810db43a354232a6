"""What a provider's agreement changes about the rules: how much they weigh, and the terms some of them measure by."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

import msgspec

from antiphon.model.findings import Severity


class MomentForm(StrEnum):
    """In which form a provider gives the times of its deals."""

    ANY = "any"
    LOCAL = "local"
    """Dates, and times without a zone: they begin at local time in each territory."""
    INSTANT = "instant"
    """Times with a zone: they begin everywhere at once."""


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is agreed with a provider from a day on (UTC), until later terms replace it as a whole.

    ``versions``: the ERN versions it may send, each standing for its minor ones too ("4.3" for 4.3.1 and 4.3.2); empty:
    all that can be read. ``takes_purges``: whether a PurgeReleaseMessage is acted on. ``moment_form``: the form its
    deals' times must have. Lead times are days before the first deal starts; those of deliveries are business days.
    ``extra_updates_per_day``: messages about known releases that are taken in a day (UTC) without an agreed window.
    ``is_in_production``: its tests were passed; until then only test messages go on.
    """

    effective_from: date = date.min
    versions: tuple[str, ...] = ()
    takes_purges: bool = True
    moment_form: MomentForm = MomentForm.ANY
    new_release_lead_days: int = 5
    update_lead_days: int = 2
    pitching_lead_days: int = 7
    extra_updates_per_day: int = 5_000
    is_in_production: bool = True

    def takes_version(self, version: str) -> bool:
        """Tell whether a message of an ERN version is taken."""
        return not self.versions or any(version == taken or version.startswith(f"{taken}.") for taken in self.versions)


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rules weigh otherwise for one provider, by rule id, and its terms. ``off``: rules that are not asked.

    ``severities`` holds for every breach of its rule, also for those a rule itself takes more lightly. ``terms`` may be
    in any order; before the first of them, and without any, the terms are the usual ones.
    """

    severities: Mapping[str, Severity] = msgspec.field(default_factory=dict)
    off: frozenset[str] = frozenset()
    terms: tuple[Terms, ...] = ()

    def terms_at(self, now: datetime) -> Terms:
        """Return the terms in force."""
        begun = [terms for terms in self.terms if terms.effective_from <= now.date()]
        return max(begun, key=lambda terms: terms.effective_from, default=Terms())

    def terms_after(self, now: datetime) -> Terms | None:
        """Return the terms that come into force next; None: none are agreed."""
        coming = [terms for terms in self.terms if terms.effective_from > now.date()]
        return min(coming, key=lambda terms: terms.effective_from, default=None)
