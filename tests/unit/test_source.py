"""What a source system promises: its fingerprint changes with everything that can change what a delivery becomes."""

from dataclasses import replace

import pytest

from data_contracts import codelist, contract
from data_contracts.codelists import Code
from warehouse.source import SourceSystem, source_system


@pytest.fixture
def system() -> SourceSystem:
    """The project's own form."""
    return source_system("aanboord")


def test_a_corrected_code_list_is_another_mapping(system: SourceSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what was set aside for a code is mapped again once the list has it; a list that is not used changes nothing."""
    before = system.fingerprint
    for name, is_used in (("absence_code", True), ("need", True), ("absence_letter", False)):
        corrected = replace(
            codelist(name), codes=(*codelist(name).codes, Code("Q", "nieuw", "new", "", None, None, ""))
        )
        with monkeypatch.context() as patch:
            patch.setattr(
                "warehouse.source.codelist", lambda asked, new=corrected: new if asked == new.name else codelist(asked)
            )
            assert (system.fingerprint != before) == is_used, name
    assert system.fingerprint == before


def test_a_corrected_contract_key_or_mapping_is_another_mapping(
    system: SourceSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A limit, the name space of a key, a line of SQL."""
    before = system.fingerprint
    stricter = replace(contract("pupils"), most_set_aside_rate=0.0)
    with monkeypatch.context() as patch:
        patch.setattr("warehouse.source.contract", lambda asked: stricter if asked == "pupils" else contract(asked))
        assert system.fingerprint != before
    assert replace(system, keys={"pupil": "insz"}).fingerprint != before
    assert replace(system, mappings=system.mappings | {"pupils": "select 1"}).fingerprint != before
