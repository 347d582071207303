"""What the synthetic Flanders promises: the form of the contracts, the same bytes, lawful codes, likely shares."""

import csv

import duckdb
import pyarrow.parquet as pq
import pytest

from data_contracts import codelist, contract
from population import PopulationSummary, write, write_population

DELIVERED = sorted(write.DELIVERED)
DUCK_TYPES = {"string": "varchar", "date": "date", "integer": "bigint", "boolean": "boolean", "number": "double"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> PopulationSummary:
    folder = tmp_path_factory.mktemp("flanders")
    truth = folder / "truth"
    return write_population(pupils=4_000, school_years=6, seed=11, out=folder / "out", truth=truth, chances=False)


@pytest.fixture(scope="module")
def db(made: PopulationSummary) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name in DELIVERED:
        columns = {column.name: DUCK_TYPES[column.logical_type] for column in contract(name).columns}
        file = made.out / f"{name}.csv"
        source = f"read_csv('{file}', columns={columns}, header=true, auto_detect=false)"
        connection.execute(f"create table {name} as select * from {source}")
    connection.execute(YEARS)
    return connection


YEARS = """
create table pupil_years as
with enrolled as (
    select pupil_id, school_year, arg_max(level_code, start_date) as level_code, arg_max(grade, start_date) as grade,
           arg_max(study_form_code, start_date) as study_form_code
    from enrolments group by 1, 2
), absent as (
    select pupil_id, school_year, count(*) as half_days, count(*) filter (absence_code = 'B') as b_half_days
    from absences group by 1, 2
)
select enrolled.*, coalesce(half_days, 0) as half_days, coalesce(b_half_days, 0) as b_half_days,
       school_year - extract(year from birth_date) as age
from enrolled join pupils using (pupil_id) left join absent using (pupil_id, school_year)
"""


def one(db: duckdb.DuckDBPyConnection, query: str) -> float:
    row = db.execute(query).fetchone()
    assert row is not None
    return float(row[0])


def none_where(db: duckdb.DuckDBPyConnection, rest: str) -> None:
    assert one(db, f"select count(*) from {rest}") == 0


def share(db: duckdb.DuckDBPyConnection, condition: str, of: str) -> float:
    return one(db, f"select avg(({condition})::int) from {of}")


def test_every_file_has_exactly_the_contracts_columns_and_nothing_else_is_there(made):
    assert sorted(path.stem for path in made.out.iterdir()) == DELIVERED
    for name in DELIVERED:
        header = (made.out / f"{name}.csv").read_bytes().split(b"\n", 1)[0].decode()
        assert header == ",".join(contract(name).column_names)
        assert made.rows[name] > 0


def test_the_files_are_plain_text_without_quotes_or_carriage_returns(made):
    for name in DELIVERED:
        content = (made.out / f"{name}.csv").read_bytes()
        assert b'"' not in content and b"\r" not in content and content.endswith(b"\n")


def test_required_cells_are_filled_and_keys_are_unique(db):
    for name in DELIVERED:
        table = contract(name)
        missing = " or ".join(f"{column.name} is null" for column in table.columns if column.required)
        none_where(db, f"{name} where {missing}")
        none_where(db, f"(select 1 from {name} group by {', '.join(table.primary_key)} having count(*) > 1)")


def test_every_code_is_official_and_every_row_rule_holds(db):
    for name in DELIVERED:
        table = contract(name)
        for column in table.columns:
            if column.codelist:
                official = ", ".join(f"'{code}'" for code in codelist(column.codelist).official)
                none_where(db, f"{name} where {column.name} not in ({official})")
        for rule in table.rules:
            if rule.is_row_rule:
                none_where(db, f"{name} where not ({rule.predicate})")


def test_every_reference_finds_its_row(db):
    for name in DELIVERED:
        for column in contract(name).columns:
            if column.references:
                other, key = column.references.split(".")
                none_where(
                    db, f"{name} where {column.name} is not null and {column.name} not in (select {key} from {other})"
                )


def test_the_truth_is_outside_the_delivery_and_nothing_of_it_is_inside(made):
    files = sorted((made.out.parent / "truth").iterdir())
    assert [path.stem for path in files] == ["effects", "persons", "states"]
    hidden = {name for path in files for name in pq.read_schema(path).names} - {"pupil_id", "school_year", "start_date"}
    assert {"engagement", "chance_not_passed", "mother_education"} <= hidden
    for path in made.out.iterdir():
        header = path.read_text().split("\n", 1)[0].split(",")
        assert not set(header) & hidden


def test_without_a_truth_folder_no_truth_is_written(tmp_path):
    write_population(pupils=60, school_years=1, seed=1, out=tmp_path / "out")
    assert not list(tmp_path.rglob("*.parquet"))


def test_an_absence_lies_on_a_school_day_of_its_school_and_within_an_enrolment_there(db):
    none_where(
        db,
        """absences a anti join school_days d
        on d.school_id = a.school_id and d.school_date = a.absence_date and d.school_year = a.school_year""",
    )
    none_where(
        db,
        """absences a anti join enrolments e on e.pupil_id = a.pupil_id and e.school_id = a.school_id
        and a.absence_date between e.start_date and e.end_date""",
    )
    none_where(db, "absences where dayofweek(absence_date) = 3 and day_part_code = 'PM'")


def test_a_school_year_has_about_as_many_half_days_as_in_flanders(db):
    low, high = db.execute(
        "select min(n), max(n) from (select sum(half_days) as n from school_days group by school_id, school_year)"
    ).fetchone()
    assert 305 <= low <= high <= 330


def test_no_school_kept_a_register_in_the_first_covid_months(db):
    none_where(db, "absences where absence_date between '2020-03-16' and '2020-05-14'")
    assert one(db, "select count(*) from absences where absence_date between '2021-03-16' and '2021-05-14'") > 0


CODES_OF = """
    who                      | condition                                                          | codes
    kindergarten, not yet 5  | level_code = 'kindergarten' and age < 5                            | A
    kindergarten, 5          | level_code = 'kindergarten' and age = 5 and school_year >= 2020    | B P
    kindergarten, 5, to 2019 | level_code = 'kindergarten' and age = 5 and school_year < 2020     | A
    kindergarten, 6          | level_code = 'kindergarten' and age > 5                            | B P R Z
    primary                  | level_code = 'primary' and special_type_code is null               | B P R Z
    special primary          | level_code = 'primary' and special_type_code is not null           | B H P R Z
    full-time secondary      | study_form_code not in ('dbso', 'buso') and not is_dual               | B P R Z
    dual                     | is_dual                                                            | B M P R Z
    part-time                | study_form_code = 'dbso'                                           | B M P R Z
    special                  | study_form_code = 'buso'                                           | B H P R Z
"""


@pytest.mark.parametrize("line", CODES_OF.strip().splitlines()[1:])
def test_a_pupil_only_gets_the_codes_of_the_age_and_the_kind_of_school(db, line):
    _, condition, codes = (cell.strip() for cell in line.split("|"))
    found = db.execute(
        f"""select distinct absence_code from absences a join pupils using (pupil_id)
        join enrolments e on e.pupil_id = a.pupil_id and a.absence_date between e.start_date and e.end_date,
        lateral (select a.school_year - extract(year from birth_date) as age)
        where {condition.replace("school_year", "a.school_year")}"""
    ).fetchall()
    assert {code for (code,) in found} <= set(codes.split())


def test_a_pupil_is_in_one_school_at_a_time(db):
    none_where(
        db,
        """(select start_date <= lag(end_date) over (partition by pupil_id order by start_date) as is_double
        from enrolments) where is_double""",
    )


def test_nothing_is_known_before_it_happened(db):
    none_where(db, "enrolments where known_date < start_date or end_known_date <= end_date")
    none_where(db, "qualifications where known_date < qualification_date")
    none_where(db, "certificates where known_date < certificate_date")


def test_nobody_is_at_school_before_half_past_two_or_after_leaving(db):
    none_where(db, "enrolments join pupils using (pupil_id) where start_date < birth_date + interval 909 days")
    none_where(
        db,
        """enrolments e join qualifications q using (pupil_id)
        where qualification_code in ('none', 'diploma_so') and start_date > qualification_date""",
    )


def test_who_leaves_without_a_qualification_is_past_compulsory_education(db):
    none_where(
        db,
        """qualifications join pupils using (pupil_id) where qualification_code = 'none'
        and extract(year from qualification_date) - extract(year from birth_date) < 18""",
    )


def test_each_school_has_one_clb_and_both_schools_of_a_campus_share_it(db):
    none_where(db, "(select 1 from clb_areas group by school_id having count(*) <> 1)")
    assert one(db, "select count(distinct clb_id) from clb_areas") == 2
    campus = (
        "select clb_id, row_number() over (order by school_id) as campus from clb_areas join schools using (school_id)"
    )
    none_where(
        db,
        f"({campus} where level_code = 'kindergarten') k join ({campus} where level_code = 'primary') p using (campus)"
        " where k.clb_id <> p.clb_id",
    )


SHARES = """
    what                             | low   | high  | condition                | of
    primary, 30 B and more           | 0.001 | 0.015 | b_half_days >= 30        | pupil_years where level_code = 'primary' and school_year > 2019
    bso, 30 B and more               | 0.06  | 0.18  | b_half_days >= 30        | pupil_years where study_form_code = 'bso' and school_year > 2019
    aso, 30 B and more               | 0     | 0.02  | b_half_days >= 30        | pupil_years where study_form_code = 'aso' and school_year > 2019
    dbso, 30 B and more              | 0.25  | 0.65  | b_half_days >= 30        | pupil_years where study_form_code = 'dbso' and school_year > 2019
    5-year-olds, few absences        | 0.65  | 0.87  | half_days <= 30          | pupil_years where level_code = 'kindergarten' and age = 5 and school_year > 2019
    grade delay in primary           | 0.07  | 0.18  | age - grade > 5          | pupil_years where level_code = 'primary'
    grade delay in bso               | 0.40  | 0.75  | age - grade > 11         | pupil_years where study_form_code = 'bso'
    repeating in primary             | 0.01  | 0.035 | certificate_code = 'C'   | certificates join pupil_years using (pupil_id, school_year) where level_code = 'primary'
    C-attest in secondary            | 0.025 | 0.09  | certificate_code = 'C'   | certificates join pupil_years using (pupil_id, school_year) where level_code = 'secondary'
    leavers without qualification    | 0.08  | 0.18  | qualification_code = 'none' | qualifications
    school allowance                 | 0.34  | 0.44  | school_allowance         | socio_economic
    mother with little schooling     | 0.15  | 0.28  | mother_low_education     | socio_economic
    neighbourhood with much delay    | 0.15  | 0.35  | neighbourhood_delay      | socio_economic
    home language                    | 0.15  | 0.32  | home_language_not_dutch  | socio_economic
    registered within a week         | 0.85  | 1     | known_date - absence_date <= 7 | absences
"""  # noqa: E501


@pytest.mark.parametrize("line", SHARES.strip().splitlines()[1:], ids=lambda line: line.split("|")[0].strip())
def test_a_share_lies_in_a_broad_band_around_the_published_figure(db, line):
    _, low, high, condition, of = (cell.strip() for cell in line.split("|"))
    assert float(low) <= share(db, condition, of) <= float(high)


def test_so_many_pupils_are_enrolled_at_a_time_as_asked_for(db):
    stock = "enrolments where start_date <= '2024-02-01' and end_date >= '2024-02-01'"
    assert 3_700 <= one(db, f"select count(distinct pupil_id) from {stock}") <= 4_300


def test_absence_is_heavy_tailed_and_lasts_from_year_to_year(db):
    mean, median, top = db.execute(
        """select avg(half_days), median(half_days), quantile_cont(half_days, 0.99)
        from pupil_years where school_year > 2019"""
    ).fetchone()
    assert 14 <= mean <= 24 and median < mean and top > 3 * mean
    pairs = "pupil_years a join pupil_years b on b.pupil_id = a.pupil_id and b.school_year = a.school_year + 1"
    assert (
        one(db, f"select corr(ln(1 + a.half_days), ln(1 + b.half_days)) from {pairs} where a.level_code = 'secondary'")
        > 0.35
    )


def test_leaving_without_a_qualification_goes_with_delay_and_with_truancy(db):
    leavers = (
        "qualifications join (select pupil_id, max(b_half_days) as b from pupil_years group by 1) using (pupil_id)"
    )
    assert share(db, "qualification_code = 'none'", f"{leavers} where b >= 30") > 2 * share(
        db, "qualification_code = 'none'", f"{leavers} where b < 30"
    )


def test_names_are_invented_and_no_national_number_is_delivered(made):
    with (made.out / "identities.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all("-" in row["last_name"] for row in rows)
    assert all(len(row["register_number"]) == 5 for row in rows)
