"""The table of contents as a file: `moments.yaml`, read, or refused with the line that is wrong and what to do.

Belongs here: the text of that file and what must hold of it. Not here: what a moment is for (`moments`).
"""

import datetime as dt
import difflib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

import yaml

from data_contracts.yaml_text import read_yaml

FILE = "features/moments.yaml"
PARTS: dict[str, type] = {
    **{"label_nl": str, "label_en": str, "level": str, "dates": dict},
    **{"valid_days": int, "horizon_nl": str, "targets": list, "features": list},
}
RULES = ("yearly", "in_year")
FOLDERS = {"targets": "labels", "features": "tables"}


class MomentError(Exception):
    """An unknown moment, or one whose description is wrong."""


def entries() -> dict[str, Mapping[str, Any]]:
    """What the file says of each moment, in its order.

    Raises
    ------
    MomentError
        For the first thing that is wrong: the line, what, and what to do.
    """
    text = text_of_contents()
    for path, problem in _problems(_document(text)):
        raise MomentError(f"{FILE}, line {line_of(text, path)}: {problem}")
    found: dict[str, Mapping[str, Any]] = read_yaml(text)["moments"]
    return found


def text_of_contents() -> str:
    """The file as text."""
    return (files("features") / "moments.yaml").read_text(encoding="utf-8")


def no_such_moment(name: str, known: Sequence[str]) -> MomentError:
    """The refusal of a moment that is not in the file, with the one that may have been meant."""
    near = difflib.get_close_matches(name, known, 1)
    meant = f" Did you mean `{near[0]}`?" if near else ""
    return MomentError(
        f"Unknown moment `{name}`.{meant} {FILE} has: {', '.join(known)}. Choose one, or describe it there."
    )


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line on which a part of a YAML text begins; of what is not there, that of what should hold it.

    Examples
    --------
    >>> line_of("moments:\\n  one:\\n    features: [a,\\n      b]", ["moments", "one", "features", 1])
    4
    """
    node, line = yaml.compose(text, Loader=yaml.SafeLoader), 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pairs = [(key, value) for key, value in node.value if key.value == step]
            if not pairs:
                break
            key, node = pairs[0]
            line = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode):
            node = node.value[int(step)]
            line = node.start_mark.line + 1
    return line


def _document(text: str) -> Any:
    try:
        return read_yaml(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise MomentError(f"{FILE}, line {line}: cannot be read: {error.problem}. Mend the YAML.") from None


def _problems(document: Any) -> Iterator[tuple[list[str | int], str]]:
    """Where and what, for all that is wrong."""
    if not isinstance(document, dict) or not isinstance(document.get("moments"), dict):
        yield [], "the file says nothing under `moments:`. Describe at least one moment there."
        return
    for name, entry in document["moments"].items():
        at: list[str | int] = ["moments", name]
        if wrong := _unreadable(entry):
            yield at, f"moment `{name}` cannot be read: {wrong}. Compare it with another."
            continue
        yield from ((["moments", name, *path], problem) for path, problem in _of_entry(name, entry))


def _unreadable(entry: Any) -> str:
    if not isinstance(entry, dict):
        return "it is no list of parts"
    lacks = [part for part in PARTS if part not in entry]
    if lacks:
        return f"it lacks {', '.join(lacks)}"
    wrong = [part for part, kind in PARTS.items() if not isinstance(entry[part], kind)]
    return f"{', '.join(wrong)} is of another kind" if wrong else ""


def _of_entry(name: str, entry: Mapping[str, Any]) -> Iterator[tuple[list[str | int], str]]:
    if not _is_there("cohorts", name):
        yield [], f"moment `{name}` has no cohort. Write features/cohorts/{name}.sql, or take the moment out."
    if len(entry["dates"]) != 1 or not entry["dates"].keys() <= {*RULES}:
        yield ["dates"], f"moment `{name}` needs one date rule, `yearly` or `in_year`, with a list of days."
    for rule, days in entry["dates"].items():
        for i, day in enumerate(days):
            if not _is_day(day):
                yield (
                    ["dates", rule, i],
                    f'`{day}` is no day of every year. Write month and day between quotes, as "02-01".',
                )
    for part, folder in FOLDERS.items():
        if not entry[part]:
            yield [part], f"moment `{name}` has no {part}. Name at least one file of features/{folder}."
        for i, table in enumerate(entry[part]):
            if not _is_there(folder, table):
                advice = f"Write features/{folder}/{table}.sql with its contract and spec, or take the name out"
                yield [part, i], f"moment `{name}` asks for `{table}`, which is not in features/{folder}. {advice}."


def _is_there(folder: str, name: str) -> bool:
    return (files("features") / folder / f"{name}.sql").is_file()


def _is_day(day: Any) -> bool:
    try:
        return bool(dt.date.fromisoformat(f"2023-{day}"))
    except ValueError:
        return False
