"""Reports as tables for a terminal.

Belongs here: rich tables made from what `reports`, `use` and `demo` return. Not here: any figure that those do not hold.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from pipelines.demo import Demo

MODELS = ("scorecard", "boosting", "logistic", "rules", "flags", "environment", "random")
MOST_LINES = 50  # of a listing on a terminal


def plain_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    return table


def files_table(files: Sequence[dict[str, Any]]) -> Table:
    """Lines in, and what became of them."""
    names = ("name", "lines_in", "accepted", "quarantined", "duplicates")
    return plain_table(
        "Files", ["file", "lines in", "accepted", "set aside", "duplicates"], [[f[n] for n in names] for f in files]
    )


def quarantine_tables(found: dict[str, Any]) -> Iterator[Table]:
    """How much was set aside by which rule, and the lines."""
    counted = Counter((row["table"], row["rule"]) for row in found["rows"])
    yield plain_table("Set aside", ["table", "rule", "rows"], [[t, r, n] for (t, r), n in sorted(counted.items())])
    shown = [[r["delivery"], r["file"], r["line"], r["table"], r["rule"]] for r in found["rows"][:MOST_LINES]]
    more = len(found["rows"]) - len(shown)
    title = f"Lines (the first {MOST_LINES}; --json or --export gives all)" if more else "Lines"
    yield plain_table(title, ["delivery", "file", "line", "table", "rule"], shown)
    if found["before"] != len(found["rows"]):
        yield plain_table("Mapped again", ["before", "now"], [[found["before"], len(found["rows"])]])
    if found["exported"]:
        yield plain_table("Exported", ["file"], [[path] for path in found["exported"]])


def lists_table(lists: Sequence[dict[str, Any]]) -> Table:
    """Where the lists are."""
    return plain_table(
        "Lists",
        ["centre", "must act", "at risk", "file"],
        [[entry["clb_id"], entry["must_act_rows"], entry["rows"], entry["file"]] for entry in lists],
    )


def rows_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    """The answer to a query."""
    return plain_table("", columns, rows)


def status_tables(found: dict[str, Any]) -> Iterator[Table]:
    """Deliveries, publication, last run and gate."""
    files = [
        [d["id"], d["system"], *(f[k] for k in ("name", "lines_in", "accepted", "quarantined", "duplicates"))]
        for d in found["deliveries"]
        for f in d["files"]
    ]
    yield plain_table(
        "Deliveries", ["delivery", "system", "file", "lines in", "accepted", "set aside", "duplicates"], files
    )
    if found["quarantine"]:
        yield plain_table("Set aside", ["table", "rows"], list(found["quarantine"].items()))
    published = found["publication"]
    about = (
        [["publication", published["id"]], ["data until", published["data_until"]]]
        if published
        else [["publication", "none yet"]]
    )
    if found["last_run"]:
        about.append(["last run", f"{found['last_run']['status']}, {found['last_run']['seconds']:.0f} s"])
    yield plain_table("State", ["", ""], about)
    if found["gate"]:
        yield plain_table(
            "Gate",
            ["check", "state", "reason"],
            [[c["check"], "green" if c["passed"] else "red", c["reason"]] for c in found["gate"]],
        )


def evaluation_tables(found: dict[str, list[dict[str, Any]]]) -> Iterator[Table]:
    """Metrics a moment and target, then refused splits, then how often the outcome followed absence."""
    for moment, target in dict.fromkeys((r["moment"], r["target"]) for r in found["evaluations"]):
        yield _metrics(
            moment, target, [r for r in found["evaluations"] if (r["moment"], r["target"]) == (moment, target)]
        )
    if found["refusals"]:
        yield plain_table(
            "Not tested",
            ["moment", "target", "split", "reason"],
            [[r["moment"], r["target"], r["split"], r["reason"]] for r in found["refusals"]],
        )
    if found["not_evaluated"]:
        yield plain_table(
            "No model",
            ["moment", "target", "reason"],
            [[r["moment"], r["target"], r["reason"]] for r in found["not_evaluated"]],
        )
    if found["outcome_by_absence"]:
        yield _outcomes(found["outcome_by_absence"])


def _metrics(moment: str, target: str, records: Sequence[dict[str, Any]]) -> Table:
    rows = [
        [
            r["split"],
            r["model"],
            r["n"],
            r["positives"],
            *(interval_text(r[m]) for m in ("auc", "average_precision", "calibration_slope")),
        ]
        for r in sorted(records, key=lambda r: (r["split"], MODELS.index(r["model"])))
    ]
    columns = ["split", "model", "n", "positives", "AUC", "average precision", "calibration slope"]
    return plain_table(f"{moment}: {target}", columns, rows)


def _outcomes(records: Sequence[dict[str, Any]]) -> Table:
    rows = [
        [
            r["moment"],
            r["target"],
            f"{r['level_code']} {r['grade']}",
            f"{r['absence_from']:.0%}-{r['absence_to']:.0%}",
            r["n"],
            "masked" if r["share"] is None else f"{r['share']:.1%}",
        ]
        for r in records
    ]
    return plain_table(
        "Outcome by absence", ["moment", "target", "class year", "absence rate", "pupils", "share positive"], rows
    )


def interval_text(metric: dict[str, Any] | None, digits: int = 3) -> str:
    if metric is None or metric["value"] is None:
        return "n.a."
    around = f" ({metric['low']:.{digits}f}-{metric['high']:.{digits}f})" if metric["low"] is not None else ""
    return f"{metric['value']:.{digits}f}{around}"


def demo_tables(made: "Demo") -> Iterator[Table]:
    """What was made, how long it took, and where the lists are."""
    yield plain_table("Made", ["table", "rows"], list(made.rows.items()))
    yield plain_table(
        "Seconds",
        ["step", "seconds"],
        [[*step] for step in ((k, f"{v:.1f}") for k, v in made.seconds.items())]
        + [["in all", f"{sum(made.seconds.values()):.1f}"]],
    )
    yield plain_table(
        "Gate",
        ["check", "state", "reason"],
        [[c["check"], "green" if c["passed"] else "red", c["reason"]] for c in made.status["gate"]],
    )
    yield lists_table(made.lists)


def bench_table(found: dict[str, Any]) -> Table:
    """What each benchmark took; a ratio is against a bare scan of the same files."""
    machine = found["machine"]
    names = ("name", "size", "seconds", "cpu_seconds", "peak_mib", "rows", "rows_per_second", "ratio_to_scan")
    rows = [
        [*(r[n] for n in names), ", ".join(f"{part} {seconds}" for part, seconds in r["parts"].items())]
        for r in found["results"]
    ]
    title = f"Benchmarks ({machine['processors']} processors, {machine['memory_gib']} GiB, load {machine['load']})"
    return plain_table(title, ["name", "size", "s", "CPU s", "peak MiB", "rows", "rows/s", "x scan", "parts (s)"], rows)


def diff_tables(found: dict[str, Any]) -> Iterator[Table]:
    """What two publications were made from, and what changed in their tables, bands and pupils."""
    changed = [
        [part, told["before"], told["after"]] for part, told in found["made_from"].items() if part != "deliveries"
    ]
    yield plain_table(f"{found['before']} → {found['after']}", ["made from", "before", "after"], changed)
    names = ("added", "gone", "changed")
    yield plain_table("Rows", ["table", *names], [[t, *(n[k] for k in names)] for t, n in found["tables"].items()])
    changes = ("new", "gone", "risen", "fallen")
    rows = [[m, *(n.get(k, 0) for k in changes)] for m, n in found["moments"].items()]
    yield plain_table("Pupils in another band", ["moment", *changes], rows)
    columns = ("moment", "pupil_id", "change", "band_before", "band_after", "moved_by", "because_nl")
    shown = [[p[c] for c in columns] for p in found["pupils"][:MOST_LINES]]
    more = f" (the first {MOST_LINES}; --json gives all)" if len(found["pupils"]) > MOST_LINES else ""
    yield plain_table(
        f"Pupils{more}", ["moment", "pupil", "change", "band before", "band now", "moved most", "in words"], shown
    )


def settings_table(listed: Sequence[dict[str, str]]) -> Table:
    """Every setting, its value, where that comes from."""
    columns = ("name", "value", "from", "description")
    return plain_table("Settings", ["setting", "value", "from", "what for"], [[s[c] for c in columns] for s in listed])


def findings_table(findings: Sequence[str]) -> Table:
    """What is not safe for real data."""
    return plain_table("Not safe for real data", ["what, and what to do"], [[finding] for finding in findings])


def audit_table(entries: Sequence[dict[str, Any]]) -> Table:
    """The newest entries of the audit chain."""
    rows = [[e["number"], e["at"], e["actor"], e["action"], _about(e["about"])] for e in entries[-MOST_LINES:]]
    return plain_table("Audit", ["number", "at (UTC)", "who", "what", "about"], rows)


def _about(about: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in about.items())
