"""The catalogue of features tells of each what an analyst and a jurist ask."""

import pytest

from data_contracts import contracts
from features.catalogue import as_html, as_markdown, askers, contents, sources
from features.moments import moments


@pytest.mark.parametrize("name", contracts("feature"))
def test_each_feature_is_told_with_its_sentence_and_its_sources(name: str) -> None:
    """In Markdown and on the page: every column, its Dutch sentence, and the delivered tables that it is made from."""
    table, text, page = contracts("feature")[name], as_markdown(contracts("feature")[name]), as_html()
    assert sources(name) and all(f"`{source}`" in text for source in sources(name))
    assert all(f"`{moment.name}`" in text for moment in askers(name))
    for column in table.columns:
        if not column.primary_key:
            assert f"| `{column.name}` | " in text and f"<code>{column.name}</code>" in page.replace("<wbr>", "")
            assert str(column.custom.get("sentence_nl", "")) in text


def test_sources_are_followed_to_what_was_delivered() -> None:
    """By way of rollups and other tables; a cohort or a setting is no source."""
    assert sources("travel") == ["transport"]
    found = sources("municipality_context")
    assert {"absences", "enrolments", "municipalities", "pupils"} <= set(found)
    assert not {"cohort", "thresholds", "member_years", "school_years"} & set(found)


def test_every_table_is_asked_at_a_moment_and_every_moment_is_in_the_contents() -> None:
    """Also the tables that only others read."""
    assert [name for name in contracts("feature") if not askers(name)] == []
    assert all(f"| `{name}` | " in contents() for name in moments())


def test_the_page_asks_nothing_of_any_other() -> None:
    """No script, no style and no picture from elsewhere; what people read on a list is marked as Dutch."""
    page = as_html()
    assert "http" not in page and "<script" not in page and '<html lang="en">' in page and '<q lang="nl">' in page
