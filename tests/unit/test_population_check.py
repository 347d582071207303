"""The comparison with published figures: counted as an independent query counts, judged as the table says.

`AANBOORD_CHECK_PUPILS=120000` holds the population to the figures at full size (some minutes); by default a small one is made.
"""

import json
import os

import duckdb
import numpy as np
import pytest
from typer.testing import CliRunner

from pipelines.commands.population import population as command
from population import PopulationError, best_auc, check, optimum, write_population
from population.calibrate import mean_distances
from population.check import Compared, Published, allowed, published, summary

PUPILS = int(os.environ.get("AANBOORD_CHECK_PUPILS", "5000"))
FULL_SIZE = 120_000

COUNTED = """
create view pupil_years as
with counted as (
    select e.*, p.birth_date, p.sex_code,
        make_date(e.school_year + 1, 2, 1)
        + [1, 0, 0, 0, 0, 0, 2][isodow(make_date(e.school_year + 1, 2, 1)) % 7 + 1] as count_date
    from enrolments e join pupils p using (pupil_id)
), absent as (
    select pupil_id, school_year, count(*) filter (absence_code = 'B') as b from absences group by all
)
select c.*, coalesce(a.b, 0) as b, c.school_year - year(c.birth_date) as age
from counted c left join absent a using (pupil_id, school_year)
where c.start_date <= c.count_date and coalesce(c.end_date, make_date(c.school_year + 1, 6, 30)) >= c.count_date
"""

BY_QUERY = """
    figure            | query
    pa30 lager        | select avg((b >= 30)::int) from pupil_years where level_code = 'primary' and school_year = {year}
    pa30 so_bso       | select avg((b >= 30)::int) from pupil_years where study_form_code = 'bso' and school_year = {year} and birth_date + interval 18 year > make_date({year} + 1, 2, 1)
    delay1plus so_aso | select avg((age - 11 - grade >= 1)::int) from pupil_years where study_form_code = 'aso' and school_year = {year}
    dual so           | select 1219000 * avg(is_dual::int) from pupil_years where school_year = {year}
    kenmerk_moeder lager | select avg(s.mother_low_education::int) from pupil_years join socio_economic s using (pupil_id, school_year) where level_code = 'primary' and school_year = {year}
    transport_over90 buo | select avg((travel_minutes > 90)::int) from transport where school_year = {year}
"""  # noqa: E501


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("check")
    truth = folder / "truth"
    write_population(pupils=PUPILS, school_years=10, seed=1, out=folder / "out", truth=truth, chances=False)
    return folder


@pytest.fixture(scope="module")
def compared(made) -> list[Compared]:
    return check(made / "out", made / "truth")


@pytest.fixture(scope="module")
def db(made) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for path in (made / "out").iterdir():
        connection.execute(f"create view {path.stem} as select * from '{path}'")
    connection.execute(COUNTED)
    return connection


@pytest.mark.parametrize("line", BY_QUERY.strip().splitlines()[1:], ids=lambda line: line.split("|")[0].strip())
def test_a_figure_is_what_a_query_of_its_own_counts(compared, db, line):
    name, query = (cell.strip() for cell in line.split("|"))
    found = next(c for c in compared if f"{c.figure.key} {c.figure.group}" == name)
    years = [int(year) for year in found.years.removesuffix(", pooled").split("-")]
    if len(years) == 1:
        expected = db.execute(query.format(year=years[0])).fetchone()[0]
    else:
        query = query.replace("= {year}", f"between {years[0]} and {years[1]}").replace("{year}", "school_year")
        expected = db.execute(query + " and school_year not in (2019, 2020)").fetchone()[0]
    assert found.reached == pytest.approx(expected, rel=1e-9)


def test_every_published_figure_has_a_source_and_is_counted_or_says_why_not(compared):
    assert len(compared) == len(published()) == 86
    for one in compared:
        assert one.figure.mark
        assert (one.reached is None) == (one.verdict == "not modelled")
        assert one.reached is not None or one.reason


def test_the_population_reaches_the_published_figures(compared):
    """At full size none is outside; at a small size chance carries some a little further."""
    outside = [f"{c.figure.key} {c.figure.group}" for c in compared if c.verdict == "outside"]
    assert len(outside) <= (0 if PUPILS >= FULL_SIZE else 8), outside


JUDGED = """
    importance | unit   | published | reached | error | verdict
    main       | share  | 0.10      | 0.1049  | 0     | within
    main       | share  | 0.10      | 0.106   | 0     | outside
    main       | share  | 0.10      | 0.106   | 0.001 | too few
    main       | share  | 0.30      | 0.314   | 0     | within
    main       | share  | 0.97      | 0.976   | 0     | outside
    other      | share  | 0.05      | 0.059   | 0     | within
    other      | pupils | 1000      | 1099    | 0     | within
    other      | pupils | 1000      | 1101    | 0     | outside
"""


@pytest.mark.parametrize("line", JUDGED.strip().splitlines()[1:])
def test_the_verdict_follows_the_tolerance(line):
    importance, unit, value, reached, error, verdict = (cell.strip() for cell in line.split("|"))
    figure = Published("key", "group", 2020, float(value), unit, "R", importance, "", "")
    found = Compared(figure, float(reached), "2020", 100, error=float(error))
    assert found.verdict == verdict
    assert summary([found])[verdict] == 1
    assert allowed(figure) > 0


def test_a_fit_follows_the_mean_of_several_populations_and_leaves_out_what_one_of_them_lacks():
    both, one = (Published(key, "group", 2020, 0.5, "share", "R", "main", "", "") for key in ("both", "one"))
    several = [
        [Compared(both, 0.4, "2020", 100), Compared(one, 0.4, "2020", 100)],
        [Compared(both, 0.5, "2020", 100), Compared(one, None, "", 0)],
    ]
    assert mean_distances(several) == pytest.approx(dict.fromkeys(("both group", "both group 2020"), np.log(1.5) / 2))


def test_the_command_prints_json_and_says_by_its_status_whether_a_figure_is_outside(made, compared):
    result = CliRunner().invoke(command, ["check", str(made / "out"), "--json"])
    answer = json.loads(result.stdout)
    assert result.exit_code == (1 if answer["summary"]["outside"] else 0)
    by_name = {(f["key"], f["group"], f["year"]): f["reached"] for f in answer["figures"]}
    assert all(
        by_name[c.figure.key, c.figure.group, c.figure.year] == c.reached
        for c in compared
        if "mother" not in c.figure.group
    )


def test_a_folder_without_a_delivery_is_refused(tmp_path):
    with pytest.raises(PopulationError, match=r"has no pupils\.csv"):
        check(tmp_path)
    with pytest.raises(PopulationError, match=r"has no chances\.parquet"):
        optimum(tmp_path)
    assert CliRunner().invoke(command, ["check", str(tmp_path)]).exit_code == 2


def test_the_best_auc_is_that_of_drawing_what_the_chances_say():
    rng = np.random.default_rng(1)
    chance = rng.beta(0.5, 4.0, 20_000)
    happened = rng.random(20_000) < chance
    ranks = np.argsort(np.argsort(chance)) + 1
    positives, negatives = happened.sum(), (~happened).sum()
    drawn = (ranks[happened].sum() - positives * (positives + 1) / 2) / (positives * negatives)
    assert abs(best_auc(chance) - drawn) < 0.015
