"""`aanboord simulate`: other cuts and other models, as a table that a researcher can read, and nothing is changed by it."""

import json

import pytest
from conftest import Runner

from warehouse.home import Home

MOMENT = "in_year_secondary"  # of the small home it has the most to find


@pytest.fixture(scope="module")
def found(small_home: Home, aanboord: Runner) -> dict[str, list[dict[str, object]]]:
    asked = ("simulate", MOMENT, "--by", "sex", "--by", "oki", "--leave-out", "age_years", "--home", small_home.root)
    before = (small_home.publications / "current").readlink()
    done = aanboord(*asked, "--json")
    assert done.returncode == 0, done.stderr
    assert (small_home.publications / "current").readlink() == before
    return json.loads(done.stdout)


def test_each_attribute_has_every_policy_with_what_is_found_of_each_group(found) -> None:
    told = {(one["attribute"], one["policy"]): one for one in found["simulations"]}
    assert set(told) == {(a, p) for a in ("sex", "oki") for p in ("one_cut", "equal_recall", "equal_share")}
    best = told["sex", "one_cut"]
    assert set(best["recall"]) == {"F", "M"} and 0 < best["found"] <= 1
    spread = {
        p: abs(told["sex", p]["recall"]["F"] - told["sex", p]["recall"]["M"]) for p in ("one_cut", "equal_recall")
    }
    assert spread["equal_recall"] <= spread["one_cut"] + 0.05  # whole pupils: a group's share moves in steps


def test_a_column_that_is_left_out_has_its_cost_and_the_gaps_with_and_without_it(found) -> None:
    (one,) = found["left_out"]
    assert one["column"] == "age_years" and set(one["cost"]["auc"]) == {"value", "low", "high"}
    assert {"sex: F", "sex: M"} <= set(one["gaps"]) and set(one["gaps"]["sex: F"]) == {"with", "without"}


def test_it_is_told_as_tables_and_what_does_not_exist_is_refused(small_home: Home, aanboord: Runner) -> None:
    done = aanboord("simulate", MOMENT, "--by", "sex", "--home", small_home.root)
    assert done.returncode == 0 and "found of all" in done.stdout and "found: F" in done.stdout
    for option, name in (("--by", "shoe_size"), ("--leave-out", "shoe_size")):
        done = aanboord("simulate", MOMENT, option, name, "--home", small_home.root)
        assert done.returncode == 1 and "shoe_size" in done.stderr and "There are:" in done.stderr
