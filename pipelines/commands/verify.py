"""`aanboord verify`: whether everything that is kept is still what it was when it was written."""

from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, messages, opened, print_json
from pipelines.refusals import RefusedError


def verify(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Compare publications, landed files, models and the audit chain with their hashes."""
    from pipelines.verify import problems

    with messages.status("Comparing hashes"):
        found = problems(opened(home))
    if as_json:
        print_json({"ok": not found, "problems": found})
    elif not found:
        Console().print("All that is kept is as it was written.")
    if found:
        raise RefusedError("\n".join(found))
