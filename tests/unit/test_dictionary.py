"""The Dutch data dictionary says what the contracts say, and stands as it is written in `docs/dictionary`."""

from pathlib import Path

import pytest

from data_contracts import codelist, contract, contracts
from data_contracts.contract import Column, ContractError
from data_contracts.dictionary import FOLDER, as_html, as_markdown, of_column, words, write

ROOT = Path(__file__).parents[2]


def test_what_is_committed_is_what_the_contracts_give(tmp_path: Path) -> None:
    """After a change: `python -m data_contracts.dictionary`."""
    made = {path.name: path.read_text(encoding="utf-8") for path in write(tmp_path)}
    assert {p.name: p.read_text(encoding="utf-8") for p in (ROOT / FOLDER).iterdir()} == made


@pytest.mark.parametrize("name", contracts())
def test_each_table_and_column_is_told_in_dutch(name: str) -> None:
    """In Markdown and on the page: every column, its codes in force, and what to mind as often as the contract warns."""
    table, text, page = contract(name), as_markdown(contract(name)), as_html([contract(name)])
    assert len(words(name, "table")) == 1 and len(words(name, "mind")) == len(table.usage_warnings)
    for column in table.columns:
        assert f"| `{column.name}` | {of_column(table, column)} |" in text
        assert f"<code>{column.name}</code>" in page
        for code in codelist(column.codelist).official[:20] if column.codelist else []:
            assert f"| `{code}` |".replace("|", "|") in text or f"`{code}`" in text


def test_a_column_without_dutch_words_is_refused() -> None:
    """The message says where to write them."""
    with pytest.raises(ContractError, match="words_nl.csv says nothing of pupils.shoe_size"):
        of_column(contract("pupils"), Column("shoe_size", "integer", ""))


def test_the_page_asks_nothing_of_any_other() -> None:
    """No script, no style and no picture from elsewhere."""
    page = as_html(list(contracts().values()))
    assert "http" not in page and "<script" not in page and 'lang="nl"' in page
