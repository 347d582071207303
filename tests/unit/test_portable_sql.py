"""What is outside the portable subset is refused with its line and what to write instead; what is inside is left alone."""

import pytest

from features.portable_sql import problems, refuse_unportable
from features.sql import FeatureError, SqlTable


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("select a // b as x from t", "floor(a / nullif(b, 0))"),
        ("select a div 2 as x from t", "floor(a / nullif(b, 0))"),
        ("select a / b as x from t", "nullif(x, 0)"),
        ("select a % b as x from t", "nullif(x, 0)"),
        ("select date_diff('day', a, b) as x from t", "days_between"),
        ("select datediff('day', a, b) as x from t", "days_between"),
        ("select p.end_date - p.start_date as x from p", "days_between"),
        ("select cast(a as date) - b_date as x from p", "days_between"),
        ("select start_date - interval '60' day as x from p", "cast it as date"),
        ("select * exclude (a) from t", "name the columns"),
        ("select * replace (a as b) from t", "name the columns"),
        ("select columns('a.*') from t", "no function of the portable subset"),
        ("select quantile_cont(a, 5e-1) as x from t", "percentile_cont(p) within group"),
        ("select max_by(a, b) as x from t", "row_number"),
        ("select arg_min(a, b) as x from t", "row_number"),
        ("select t.a from t asof join u on t.a >= u.a", "row_number"),
        ("select t.a from t anti join u on t.a = u.a", "not exists"),
        ("select x from generate_series(1, 2) as s(x)", "calendar"),
        ("select unnest([1, 2]) as x", "calendar"),
        ("select 1.0 * a as x from t", "1e0"),
        ("select a::date as x from t", "cast(x as type)"),
        ("select cast(a as varchar) as x from t", "string"),
        ("select cast(a / 2 as integer) as x from t", "floor(x)"),
        ("select cast(2.5e0 as integer) as x from t", "floor(x)"),
        ("select round(a) as x from t", "floor(x + 0.5e0)"),
        ("select concat(a, b) as x from t", "a || b"),
        ("select sum(a = 'B') as x from t", "count(*) filter"),
        ("select list(a) as x from t", "use rows"),
        ("select a[1] as x from t", "name the column"),
        ("select md5(a) as x from t", "macro"),
        ("select my_function(a) as x from t", "macro"),
        ("select lag(a) over (order by points) as x from t", "nulls last"),
        ("from t select a", "begin with select"),
        ("select sum(a) over w - a as x from t window w as (partition by b)", "over (w)"),
        ("select a from t; select b from t", "no semicolon"),
        ("select a from t where b = ?", "rows of `cohort`"),
        ("select a from t where b = $day", "rows of `cohort`"),
        ("create table x as select 1 as a", "one select"),
        ("select a from", "cannot be parsed"),
        ("select a from t using sample 10", "sample"),
    ],
)
def test_what_is_not_portable_is_refused_with_what_to_write_instead(code, advice):
    """The message names the replacement."""
    assert [message for message in problems(code) if advice in message], problems(code)


@pytest.mark.parametrize(
    "code",
    [
        "select a / 365.25e0 as x, b / nullif(c, 0) as y, d % 2 as z from s",
        "select t.a from s as t where t.start_date >= t.prediction_date - interval '60' day",
        "select t.a from s as t where t.start_date between t.d - interval '60' day and t.d",
        "select a from t qualify row_number() over (partition by b order by start_date, enrolment_id) = 1",
        "select a from t qualify row_number() over (order by points nulls last, absence_date desc) = 1",
        "select median(a) as x, percentile_cont(0.5e0) within group (order by a) as y, regr_slope(b, a) as z from t",
        "select count(*) filter (where a = 'B') as x, bool_or(b) as y from t group by all",
        "select cast(floor(a / 2) as integer) as x, cast(b as date) - interval '1' day < c as y from t",
        "with k as (select 1 as a) select days_between(k.a, s.b) as d from k inner join s using (a) where exists (select 1 from u)",
        "select 'a // b, 1.0::date' as x -- 1.0 // concat(a)",
        "select a || '-' || cast(b as string) as x, a is not distinct from b as y, a like 'x%' as z from t",
        "select a from t union all select b from t",
    ],
)
def test_portable_constructs_are_left_alone(code):
    """Doubles, dates, intervals in comparisons, windows; and what stands in a text or a comment."""
    assert problems(code) == ()


def test_the_message_says_which_line():
    """Lines are those of the file."""
    assert problems("select\n    a,\n    b // c as d\nfrom t")[0].startswith("line 3: `b // c`:")


def test_the_engine_refuses_a_file_before_it_runs_it():
    """With the file, the line and what to do."""
    table = SqlTable("late_days", "tables", "-- One row.\nselect max_by(a, b) as x from t", frozenset({"t"}))
    with pytest.raises(
        FeatureError, match=r"features/tables/late_days.sql .* line 2: `arg_max\(a, b\)`: write qualify"
    ):
        refuse_unportable(table)
