"""Decisions in words, the same on the command line and in the console."""

from antiphon.model.decisions import Decision, Geoblock, Merge, Override, Split, Takedown, Transfer


def say_decision(decision: Decision) -> str:
    """Return what a decision does to what, in one line: "takedown track 4x… in NO, SE"."""
    target = f"{decision.kind} {decision.target_kind} {decision.target_id}"
    match decision.effect:
        case Takedown(territories=territories) | Geoblock(territories=territories):
            return f"{target} in {', '.join(territories)}" if territories else f"{target} everywhere"
        case Override(field=field, value=value):
            return f"{target}: {field} is {value}"
        case Merge(into_id=into_id):
            return f"{target} into {into_id}"
        case Split(into_id=into_id, anchors=anchors):
            moved = ", ".join(f"{name.provider} {name.anchor}" for name in anchors)
            return f"{target}: {moved} means {into_id}"
        case Transfer(to_provider=to_provider):
            return f"{target} to {to_provider}"
        case _:
            return target


def say_state(decision: Decision, at: str) -> str:
    """Return whether a decision holds at an instant, and until when or since when not."""
    if decision.is_undone:
        return f"undone by {decision.undone_by} at {say_time(decision.undone_at)}"
    if not decision.until:
        return "in force"
    until = say_time(decision.until)
    return f"in force until {until}" if decision.is_in_force(at) else f"ended at {until}"


def say_time(at: str) -> str:
    """Return an instant of the record for people, to the second: "2026-12-24 10:00:00 UTC"."""
    return f"{at[:19].replace('T', ' ')} UTC"
