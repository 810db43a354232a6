"""What the shell has to say of its own processes, as log lines."""

import sys
from collections.abc import Callable


def make_event_log(form: str, *, only_faults: bool = False) -> Callable[[str, str, str], None]:
    """placeholder"""

    def on_event(event: str, process: str, detail: str) -> None:
        if only_faults and event == "process_started":
            return
        print(event, process, detail, file=sys.stderr)  # noqa: T201

    return on_event
