"""A provider is told the same at home and by the service: the same findings, with the same ids."""

from pathlib import Path

from antiphon.formats.ern import Manifest, ManifestEntry, write_manifest
from antiphon.intake.linting import lint_path
from tests.intake.deliveries import a_small_statement, write_batch
from tests.intake.installation import Installation, now

ONLY_THE_SERVICE_KNOWS = {"D12"}
"""Rules about what was delivered before, of which a linter knows nothing."""


def test_a_broken_batch_has_the_same_findings_with_the_same_ids_in_both_places(site: Installation) -> None:
    batch = write_batch(site.inbox, "20260105090000000", *map(a_small_statement, (1, 2, 3)))
    first, second, third = sorted(path for path in batch.iterdir() if path.is_dir())
    change(first, b"QZANT2600101", b"QZ-ANT-26-00101")
    change(first, b"Harbour Light No. 1", b"Harbour  Light feat. Nobody")
    (first / "resources" / "02.flac").write_bytes(b"another")
    change(second, b">Worldwide</TerritoryCode>", b">UK</TerritoryCode>")
    (second / "resources" / "01.flac").unlink()
    message = third / f"{third.name}.xml"
    message.write_bytes(message.read_bytes()[:3000])
    entries = tuple(ManifestEntry(path=f"{path.name}/{path.name}.xml") for path in (first, second, third))
    manifest = write_manifest(Manifest(messages=entries, declared_count=5))
    (batch / f"BatchComplete_{batch.name}.xml").write_bytes(manifest)

    at_home = {message.path: message for message in lint_path(batch, now()) if message.check}
    delivered = dict(zip((first, second, third), site.deliver(batch), strict=True))

    for folder, delivery_id in delivered.items():
        linted = {finding.id: finding.rule for finding in at_home[folder / f"{folder.name}.xml"].findings}
        served = {finding.id: finding.rule for finding in site.findings(delivery_id)}
        assert linted
        assert {id_: rule for id_, rule in linted.items() if id_ not in served} == {}
        assert {rule for id_, rule in served.items() if id_ not in linted} <= ONLY_THE_SERVICE_KNOWS
    assert {"I1", "A8", "D6"} <= {finding.rule for finding in site.findings(delivered[first])}


def change(folder: Path, old: bytes, new: bytes) -> None:
    message = folder / f"{folder.name}.xml"
    assert old in message.read_bytes()
    message.write_bytes(message.read_bytes().replace(old, new, 1))
