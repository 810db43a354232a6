"""The loop of a process that has no port: do what there is to do, wait a moment, until told to stop."""

from collections.abc import Callable
from threading import Event

from antiphon.model.errors import Transient
from antiphon.telemetry import definitions, log_event

FAULT_PAUSE_S = 1.0
"""How long a loop waits after an error that may pass, so that it does not spin on a store that is down."""


def repeat(step: Callable[[], bool], stop: Event, *, poll_s: float) -> None:
    """Do a step again and again until ``stop`` is set, with a wait after one that says it found nothing to do.

    A store or a record that does not answer is tried again. Raises: what else the step raises.
    """
    while not stop.is_set():
        try:
            if not step():
                stop.wait(poll_s)
        except Transient as error:
            log_event(definitions.STORE_UNAVAILABLE, error=str(error))
            stop.wait(FAULT_PAUSE_S)
