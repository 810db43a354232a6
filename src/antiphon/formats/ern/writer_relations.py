"""Relations and rights controllers, as either family of versions writes them.

Without a place in ERN 3.8.2: related resources, rights in the work, delegated rights, more than one territory.
"""

from collections.abc import Iterable

from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import (
    Attributes,
    add_bound,
    add_element,
    add_flag,
    add_ids,
    add_period,
    add_role,
    add_text,
    add_texts,
    add_title,
    kind_attributes,
    language_attributes,
)
from antiphon.formats.ern.scopes import add_block, display_attributes, list_blocks, scope_attributes, values_of
from antiphon.formats.ern.titles import full_title
from antiphon.formats.ern.writer_parties import PartyList, add_inline_party
from antiphon.model.claims import DatedEvent, Relation, RightsController
from antiphon.model.periods import ValidityPeriod


def add_relations_4(parent: Element, relations: Iterable[Relation], parties: PartyList) -> None:
    """Append related releases and resources as ERN 4 has them."""
    for relation in relations:
        if relation.is_release:
            _add_related_release_4(parent, relation, parties)
        else:
            element = add_element(parent, "RelatedResource", scope_attributes(relation.scope))
            add_role(element, "ResourceRelationshipType", relation.role)
            add_text(element, "ResourceRelatedResourceReference", relation.reference)
            add_ids(element, "ResourceId", relation.ids)
            if relation.start or relation.end or relation.duration_text:
                timing = add_element(element, "Timing")
                add_text(timing, "StartPoint", relation.start)
                add_text(timing, "EndPoint", relation.end)
                add_text(timing, "DurationUsed", relation.duration_text)


def add_relations_3(block: Element, relations: Iterable[Relation]) -> None:
    """Append related releases as ERN 3 has them, with a summary per territory."""
    for relation in relations:
        if not relation.is_release:
            continue
        element = add_element(block, "RelatedRelease", language_attributes(relation.scope.language))
        add_ids(element, "ReleaseId", relation.ids)
        for title in relation.titles:
            add_title(element, "ReferenceTitle", title, language_attributes(title.scope.language))
        if relation.display_artist_names or relation.labels:
            for territories in list_blocks(relation.display_artist_names, relation.labels):
                summary = add_block(element, "ReleaseSummaryDetailsByTerritory", territories)
                for name in values_of(territories, relation.display_artist_names):
                    add_text(summary, "DisplayArtistName", name.value, language_attributes(name.scope.language))
                for label in values_of(territories, relation.labels):
                    add_text(summary, "LabelName", label.value, language_attributes(label.scope.language))
        add_role(element, "ReleaseRelationshipType", relation.role)
        _add_dates(element, relation.dates)


def add_rights_controllers_4(parent: Element, controllers: Iterable[RightsController], parties: PartyList) -> None:
    """Append the controllers of rights in the recording and in the work as ERN 4 has them."""
    for controller in controllers:
        tag = "WorkRightsController" if controller.in_work else "ResourceRightsController"
        element = add_element(parent, tag, _sequence_attributes(controller))
        add_text(element, "RightsControllerPartyReference", parties.find_party(controller))
        for role in controller.roles:
            add_role(element, "RightsControlType", role)
        if controller.in_work:
            add_text(element, "RightsControllerType", controller.kind)
        _add_share(element, controller)
        if controller.in_work:
            add_texts(element, "Territory", controller.territories)
            add_bound(element, "StartDate", controller.start)
            add_bound(element, "EndDate", controller.end)
        for delegated in controller.delegated:
            rights = add_element(element, "DelegatedUsageRights")
            for use_type in delegated.use_types:
                add_role(rights, "UseType", use_type)
            if delegated.start or delegated.end:
                period = ValidityPeriod(start=delegated.start, end=delegated.end)
                add_period(rights, "PeriodOfRightsDelegation", period)
            add_texts(rights, "TerritoryOfRightsDelegation", delegated.territories)


def add_rights_controllers_3(block: Element, controllers: Iterable[RightsController]) -> None:
    """Append the controllers of rights in the recording as ERN 3 has them, parties inline."""
    for controller in controllers:
        if controller.in_work:
            continue
        element = add_element(block, "RightsController", _sequence_attributes(controller))
        add_inline_party(element, controller)
        for role in controller.roles:
            add_role(element, "RightsControllerRole", role)
        _add_share(element, controller)
        add_text(element, "RightsControllerType", controller.kind)
        add_texts(element, "TerritoryOfRegistration", controller.territories)
        add_bound(element, "StartDate", controller.start)
        add_bound(element, "EndDate", controller.end)


def _add_related_release_4(parent: Element, relation: Relation, parties: PartyList) -> None:
    element = add_element(parent, "RelatedRelease", scope_attributes(relation.scope))
    add_role(element, "ReleaseRelationshipType", relation.role)
    add_ids(element, "ReleaseId", relation.ids)
    for title in relation.titles:
        if title.kind == "DisplayTitleText":
            add_text(element, "DisplayTitleText", full_title(title), display_attributes(title.scope))
    for title in relation.titles:
        if not title.kind:
            add_title(element, "DisplayTitle", title, display_attributes(title.scope))
    for title in relation.titles:
        if title.kind in {"FormalTitle", "GroupingTitle"}:
            add_title(element, title.kind, title, scope_attributes(title.scope))
    for name in relation.display_artist_names:
        add_text(element, "DisplayArtistName", name.value, display_attributes(name.scope))
    for label in relation.labels:
        attributes = display_attributes(label.scope) | kind_attributes("LabelType", label)
        add_text(element, "ReleaseLabelReference", parties.find_label(label.value), attributes)
    _add_dates(element, relation.dates)


def _add_dates(element: Element, dates: Iterable[DatedEvent]) -> None:
    for event in dates:
        approximate: Attributes = {"IsApproximate": "true"} if event.is_approximate else {}
        add_text(element, event.name, event.date.text, approximate | scope_attributes(event.scope))


def _add_share(element: Element, controller: RightsController) -> None:
    if controller.is_share_unknown:
        add_flag(element, "RightShareUnknown", controller.is_share_unknown)
    add_text(element, "RightSharePercentage", controller.share_percentage)


def _sequence_attributes(controller: RightsController) -> Attributes:
    return {} if controller.sequence is None else {"SequenceNumber": str(controller.sequence)}
