"""What a machine's node says of itself, told from its files alone."""

from datetime import datetime

from antiphon.replica import NotReady, Replica


def describe_node(replica: Replica, now: datetime) -> dict[str, int | float | str]:
    """Return where a node stands: its version and pin, its ages in seconds, and what keeps it there ("": nothing)."""
    try:
        freshness, trouble = replica.freshness(now), replica.trouble()
    except NotReady as error:
        return {"version": 0, "trouble": str(error)}
    return {
        "version": freshness.version,
        "pin": freshness.pin,
        "age_s": round(freshness.age_s, 3),
        "level_age_s": round(freshness.level_age_s, 3),
        "trouble": trouble,
    }


def check_node(replica: Replica, now: datetime) -> str:
    """Return what is wrong with a node; empty: it has a version, and may grant playback. Trouble alone is not wrong."""
    try:
        freshness = replica.freshness(now)
    except NotReady as error:
        return str(error)
    if freshness.version == 0:
        return "it has no version yet"
    return "" if freshness.lease_left_s > 0 else "its lease has ended: the store was not read for too long"


def describe_readiness(checks: dict[str, str], replica: Replica, now: datetime) -> tuple[int, dict[str, object]]:
    """Return the status and the body of an answer about readiness. ``checks``: what is wrong with each part, or ""."""
    is_ready = not any(checks.values())
    said = {name: problem or "ready" for name, problem in checks.items()}
    status = "ready" if is_ready else "not ready"
    return 200 if is_ready else 503, {"status": status, "checks": said, "node": describe_node(replica, now)}
