"""Deliver: to the installation on this machine, or to one far away."""

import time
from pathlib import Path
from typing import Any

import click
import msgspec

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option
from antiphon.cli.printing import print_finding
from antiphon.cli.sending import Remote
from antiphon.intake.acceptance import accept_path
from antiphon.intake.archives import open_delivery
from antiphon.intake.completion import mark_whole
from antiphon.intake.queue import open_queue
from antiphon.model.findings import Finding


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--provider", default="", help="Who delivers: the id of a provider. With --to, the client says it.")
@click.option("--to", "url", default="", help="Address of an installation far away, such as https://music.example.")
@click.option("--client-id", default="", envvar="ANTIPHON_CLIENT_ID", show_envvar=True, help="Who calls, with --to.")
@click.option(
    "--client-secret", default="", envvar="ANTIPHON_CLIENT_SECRET", show_envvar=True, help="Its secret, with --to."
)
@click.option("--follow", is_flag=True, help="With --to: wait for what becomes of it, and print what was found.")
@data_option
def deliver(
    path: Path, provider: str, url: str, client_id: str, client_secret: str, data: Path, *, follow: bool
) -> None:
    """Deliver a batch, a release folder, an archive of one of them (ZIP, TAR, TAR.GZ), or one message.

    When this returns, everything named is safe on disk and queued. The installation's worker goes on from there:
    `antiphon delivery ID` follows it. With --to a broken line costs little: the same command goes on.
    """
    if url:
        if not client_id or not client_secret:
            raise click.UsageError("--to needs ANTIPHON_CLIENT_ID and ANTIPHON_CLIENT_SECRET")
        _deliver_far(Remote(url, client_id, client_secret, _pause), path, follow=follow)
        return
    if not provider:
        raise click.UsageError("say who delivers: --provider, or --to for an installation far away")
    parts = open_installation(data)
    queue = open_queue(parts.engine)
    try:
        with open_delivery(path, parts.places.scratch) as folder:
            # An archive that can be read has come whole, which a folder must say with a marker.
            whole = folder if folder == path else mark_whole(folder)
            outcome = accept_path(parts.engine, parts.blobs, queue, provider, whole, read_clock())
    finally:
        queue.close()
    for receipt in outcome.receipts:
        _print_receipt(receipt.delivery_id, receipt.name, is_duplicate=receipt.is_duplicate)
    _end(outcome.problems)


def _deliver_far(remote: Remote, path: Path, *, follow: bool) -> None:
    def tell(file: str, here: int, size_bytes: int) -> None:
        if here < size_bytes:
            click.echo(f"{here / max(size_bytes, 1):>4.0%}  {file}", err=True)

    answer = remote.deliver(path, tell)
    for one in answer["deliveries"]:
        _print_receipt(one["id"], one["name"], is_duplicate=one["is_duplicate"])
    stopping = [_read_finding(problem) for problem in answer["problems"]]
    for one in answer["deliveries"] if follow else ():
        report = remote.follow(one["id"])
        click.echo(f"{report['stage']}  {one['id']}  {one['name']}")
        for shown in report["findings"]:
            finding = _read_finding(shown)
            print_finding(finding)
            click.echo(f"       = finding: {finding.id}")
            stopping += [finding] if finding.severity.stops else []
    _end(tuple(_read_finding(problem) for problem in answer["problems"]), is_stopped=bool(stopping))


def _pause(pause_s: float, why: str) -> None:
    if why:
        click.echo(f"{why}; trying again in {pause_s:.0f} s", err=True)
    time.sleep(pause_s)


def _print_receipt(delivery_id: str, name: str, *, is_duplicate: bool) -> None:
    click.echo(f"{'already delivered' if is_duplicate else 'accepted'}  {delivery_id}  {name}")


def _read_finding(shown: dict[str, Any]) -> Finding:
    return msgspec.convert(shown, Finding)


def _end(problems: tuple[Finding, ...], *, is_stopped: bool = False) -> None:
    """Print what there is no delivery of, and end with 1 where there is some, or something was stopped."""
    for problem in problems:
        print_finding(problem)
    if problems or is_stopped:
        raise SystemExit(1)
