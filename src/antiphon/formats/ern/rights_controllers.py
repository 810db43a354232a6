"""Rights controllers: who controls which share of a recording, or of the work in it. Source: formats 2.1."""

from collections.abc import Sequence

from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import parse_integer, source_line, take_attribute
from antiphon.formats.ern.parties import PartyBook
from antiphon.formats.ern.reading import Reading
from antiphon.formats.ern.sections import Section, read_scoped
from antiphon.model.claims import DelegatedRights, RightsController, Scope
from antiphon.model.periods import Moment

_IN_WORK = "WorkRightsController"
_TAGS = ("RightsController", "ResourceRightsController", _IN_WORK)
_STARTS = ("StartDateTime", "StartDate")
_ENDS = ("EndDateTime", "EndDate")


def read_rights_controllers(
    sections: Sequence[Section], parties: PartyBook, reading: Reading
) -> tuple[RightsController, ...]:
    """Return the controllers of rights in the recording, then those of rights in the work, in message order."""

    def read_controller(element: Element, section: Scope) -> RightsController:
        content = reading.open(element)
        party = parties.read_party(content)
        return RightsController(
            name=party.name,
            ids=party.ids,
            names=party.names,
            roles=reading.roles(content, "RightsControlType", "RightsControllerRole"),
            kind=content.take_text("RightsControllerType"),
            share_percentage=content.take_text("RightSharePercentage"),
            is_share_unknown=content.take_flag("RightShareUnknown") or False,
            territories=content.take_texts("TerritoryOfRegistration", "Territory"),
            start=reading.moment(content, *_STARTS),
            end=reading.moment(content, *_ENDS),
            sequence=parse_integer(take_attribute(element, "SequenceNumber")),
            in_work=element.tag == _IN_WORK,
            delegated=tuple(_read_delegated(rights, reading) for rights in content.take("DelegatedUsageRights")),
            scope=section,
            line=source_line(element),
        )

    return read_scoped(sections, _TAGS, read_controller)


def _read_delegated(element: Element, reading: Reading) -> DelegatedRights:
    content = reading.open(element)
    start: Moment | None = None
    end: Moment | None = None
    period = content.take_first("PeriodOfRightsDelegation")
    if period is not None:
        bounds = reading.open(period)
        start, end = reading.moment(bounds, *_STARTS), reading.moment(bounds, *_ENDS)
    return DelegatedRights(
        use_types=reading.roles(content, "UseType"),
        territories=content.take_texts("TerritoryOfRightsDelegation"),
        start=start,
        end=end,
    )
