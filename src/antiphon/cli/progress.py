"""How far long work is: how much is done, how fast it goes, and how long it will take, on standard error."""

from time import monotonic

import click

INTERVAL_S = 5.0
"""Between two lines, so that what is kept of them can be read."""


class Progress:
    """Tells how far some work is, now and then."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._started_s = self._told_s = monotonic()

    def report(self, done: int, total: int) -> None:
        """Take in how much is done, and say so if nothing was said for a while."""
        now_s = monotonic()
        if now_s - self._told_s < INTERVAL_S or not done:
            return
        self._told_s = now_s
        rate = done / (now_s - self._started_s)
        left_s = (total - done) / rate
        click.echo(f"{done:,} of {total:,} {self._what}  {rate:,.0f} /s  {say_duration(left_s)} left", err=True)

    def finish(self, result: str) -> None:
        """Say what became of it, and how long it took."""
        click.echo(f"{result}, in {say_duration(monotonic() - self._started_s)}", err=True)


def say_duration(duration_s: float) -> str:
    """Return a duration in words: "1 min 5 s"."""
    minutes, seconds = divmod(round(duration_s), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
