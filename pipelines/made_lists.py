"""The lists that were made, in the home: one record each, by centre and number.

Belongs here: keeping and finding records, and what is open on them. Not here: what a record holds (`delivery.records`). The folder is
closed to other users; a record holds pseudonyms and no names.
"""

import json
from collections.abc import Iterator

from delivery import DeliveryError
from delivery.files import write_whole
from delivery.records import ListRecord, record_from
from warehouse.home import Home

FOLDER = ".made"


def keep(home: Home, record: ListRecord) -> None:
    """Keep the record of a list; one that was made before in another language keeps those seals too."""
    path = home.lists / FOLDER / record.clb_id / f"{record.list_id}.json"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    values = record.as_json()
    if path.exists():
        before = json.loads(path.read_text(encoding="utf-8"))
        if before["list_hash"] == record.list_hash:
            values["seals"] = {**before["seals"], **values["seals"]}
    write_whole(path, json.dumps(values, sort_keys=True).encode())


def find(home: Home, list_id: str) -> ListRecord:
    """The record of a list by its number.

    Raises
    ------
    DeliveryError
        Where no such list was made here.
    """
    found = next((record for record in records(home) if record.list_id == list_id), None)
    if found is None:
        raise DeliveryError("This list was not made here. Hand it in where it came from.")
    return found


def records(home: Home, clb_id: str | None = None) -> Iterator[ListRecord]:
    """All lists that were made, or those of one centre, ordered by day and number."""
    paths = (home.lists / FOLDER).glob(f"{clb_id or '*'}/*.json")
    found = [record_from(json.loads(path.read_text(encoding="utf-8"))) for path in paths]
    yield from sorted(found, key=lambda record: (record.made_on, record.list_id))
