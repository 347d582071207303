"""What the commands report: status, evaluations, answers to a query.

Belongs here: plain objects in the form of the command line's JSON. Not here: tables for a terminal (`tables`).
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from features.moments import moment as known_moment
from pipelines.run import last_run
from warehouse.audit import record
from warehouse.connection import DatabaseError, NotAQueryError, answer
from warehouse.home import Home
from warehouse.landing import Delivery, deliveries, remap
from warehouse.publication import Publication, PublicationError, current, document
from warehouse.set_aside import SetAside, by_table, lines_of, set_aside
from warehouse.set_aside import export as write_lines


def status(home: Home) -> dict[str, Any]:
    """Deliveries, quarantine, publication, last run and gate."""
    aside = set_aside(home)
    published = _current(home)
    return {
        "deliveries": [
            {"id": d.id, "system": d.system, "files": [_account(d, f, aside) for f in d.files]}
            for d in deliveries(home)
        ],
        "quarantine": by_table(aside),
        "publication": _about(published) if published else None,
        "last_run": last_run(home),
        "gate": document(published, "gate.json") if published else [],
    }


def quarantined(
    home: Home, table: str | None = None, *, export: Path | None = None, retry: bool = False
) -> dict[str, Any]:
    """What is set aside, after mapping again where asked, and the files that it was exported to."""
    before = len(set_aside(home, table))
    if retry:
        for delivery in deliveries(home):
            remap(home, delivery)
    found = set_aside(home, table)
    if export:
        record(home, "export", what="quarantine", rows=len(found))
    files = write_lines(home, found, export) if export else []
    return {
        "quarantine": by_table(found),
        "rows": [asdict(row) for row in found],
        "before": before,
        "exported": [str(path) for path in files],
    }


def _account(delivery: Delivery, file: dict[str, Any], aside: Sequence[SetAside]) -> dict[str, Any]:
    """Lines in = accepted + quarantined + duplicates, where other tables than its own have spoken too."""
    quarantined = lines_of(aside, delivery.id, file["name"])
    return file | {"accepted": file["lines_in"] - file["duplicates"] - quarantined, "quarantined": quarantined}


def evaluations(home: Home, moment: str | None = None) -> dict[str, Any]:
    """What the current publication says of the models; of one moment where asked."""
    found: dict[str, list[dict[str, Any]]] = document(current(home), "evaluations.json")
    if moment is None:
        return found
    name = known_moment(moment).name
    return {part: [r for r in records if r["moment"] == name] for part, records in found.items()}


def ask(home: Home, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows of one query on the current publication.

    Raises
    ------
    PublicationError
        Where nothing is published, or the query cannot run there.
    """
    published = current(home)
    record(home, "query", publication=published.id)  # not the query: it may name a pupil
    with published.open() as db:
        try:
            return answer(db, query)
        except NotAQueryError as error:
            raise PublicationError(str(error)) from None
        except DatabaseError as error:
            first = str(error).splitlines()[0]
            raise PublicationError(f"The query cannot run: {first}. Tables: {', '.join(_tables(db))}.") from None


def _tables(db: Any) -> list[str]:
    return [row[0] for row in db.execute("select table_name from information_schema.tables order by 1").fetchall()]


def _current(home: Home) -> Publication | None:
    try:
        return current(home)
    except PublicationError:
        return None


def _about(published: Publication) -> dict[str, Any]:
    kept = ("id", "as_of", "data_until", "tables", "code")
    made_at = published.made_at.isoformat(timespec="seconds")
    return {"made_at": made_at} | {key: published.manifest[key] for key in kept if key in published.manifest}
