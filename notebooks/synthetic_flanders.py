# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # How the synthetic Flanders is absent
#
# No pupil-level Flemish data is public, so the project makes a population of its own. `aanboord population check` holds it to the
# published figures; this notebook shows what no published table has: how absence is spread over pupils, over the days of the week and
# over the year, how long a spell lasts, and how differently schools register. Read it with one question: would somebody who knows
# registers believe this?
#
# Everybody in it is made up. `AANBOORD_POPULATION_PUPILS` makes it larger or smaller.

# %%
import os
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from population import write_population
from warehouse.connection import memory_store, quoted

PUPILS, SCHOOL_YEARS = int(os.environ.get("AANBOORD_POPULATION_PUPILS", "20000")), 6
BLUE, ORANGE, GREEN, GREY = "#1f4e79", "#c55a11", "#548235", "#9a9a9a"
COLOURS = {"kindergarten": GREEN, "primary": BLUE, "secondary": ORANGE}
HELD = tempfile.TemporaryDirectory(prefix="synthetic-flanders-")  # gone when the notebook's kernel is
FOLDER = Path(HELD.name)
made = write_population(pupils=PUPILS, school_years=SCHOOL_YEARS, seed=1, out=FOLDER / "tables", form="parquet")
LAST = made.last_school_year
print(f"{made.rows['pupils']:,} pupils, {made.rows['absences']:,} half-days of absence")


def ask(query: str) -> pd.DataFrame:
    """The answer of the tables to a query; `{absences}` and so on name them."""
    tables = {name: f"read_parquet({quoted(FOLDER / 'tables' / f'{name}.parquet')})" for name in made.rows}
    with memory_store([FOLDER], FOLDER) as db:
        return db.execute(query.format(**tables)).df()


# %% [markdown]
# ## Absences per pupil
#
# Left: of all pupils of a level, the share that missed at least so many half-days in a school year (a year has some 315). A straight
# line on these axes would be a power law; what we want is a long tail that bends, with a few pupils who miss a third of the year.
# Kindergarten lies higher: up to the age of 5 no reason is needed, and families take part of a week.
# Right: the same for code B alone, with the two thresholds of the law, 5 and 30.

# %%
YEARS = f"school_year between {LAST - 2} and {LAST}"
by_pupil = ask(
    f"""
    with enrolled as (
        select pupil_id, school_year, arg_max(level_code, start_date) as level_code from {{enrolments}} where {YEARS} group by 1, 2
    ), absent as (
        select pupil_id, school_year, count(*) as half_days, count(*) filter (absence_code = 'B') as b_half_days
        from {{absences}} where {YEARS} group by 1, 2
    )
    select level_code, coalesce(half_days, 0) as half_days, coalesce(b_half_days, 0) as b_half_days
    from enrolled left join absent using (pupil_id, school_year)
    """
)


def at_least(axis: plt.Axes, column: str) -> None:
    """The share of pupils with at least so many, by level."""
    for level, colour in COLOURS.items():
        values = np.sort(by_pupil.loc[by_pupil["level_code"] == level, column].to_numpy())
        steps = np.unique(values[values > 0])
        share = 1 - np.searchsorted(values, steps, side="left") / len(values)
        axis.plot(steps, share, color=colour, label=level)
    axis.set(xscale="log", yscale="log", xlabel="half-days in a school year", ylim=(1e-4, 1))
    axis.xaxis.set_major_formatter("{x:.0f}")
    axis.yaxis.set_major_formatter(lambda share, _: f"{share:.4g}")


figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8), sharey=True, layout="constrained")
at_least(left, "half_days")
at_least(right, "b_half_days")
left.set(title="all codes", ylabel="share of pupils with at least so many")
right.set(title="code B (problematic)")
for threshold in (5, 30):
    right.axvline(threshold, color=GREY, linestyle="--", linewidth=1)
left.legend(frameon=False)
plt.show()

# %%
by_pupil.groupby("level_code")["half_days"].describe(percentiles=[0.1, 0.5, 0.9, 0.99]).round(1)

# %% [markdown]
# ## Spells
#
# A spell is a row of half-days with one code, without a half-day of school between them, as the school's own calendar tells them.
# Most illness takes one or two whole days, so that even numbers stand out; whole weeks (nine half-days) do too, and a few take months.
# Truancy is short: an afternoon, a day.

# %%
spells = ask(
    f"""
    with taught as (
        select school_id, school_date, part, row_number() over (partition by school_id order by school_date, part) as slot
        from {{school_days}}, unnest(['AM', 'PM'][1:half_days]) as of_day (part) where school_year = {LAST}
    ), absent as (
        select a.pupil_id, a.absence_code, slot, slot - row_number() over (
            partition by a.pupil_id, a.school_id, a.absence_code order by slot) as island
        from {{absences}} as a
        join taught on taught.school_id = a.school_id and taught.school_date = a.absence_date and taught.part = a.day_part_code
        where a.school_year = {LAST}
    ), spell as (select absence_code, count(*) as half_days from absent group by pupil_id, absence_code, island)
    select absence_code, half_days, count(*) as spells from spell group by all order by all
    """
)
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained")
SHOWN = {"Z": ("Z (illness)", BLUE), "B": ("B (problematic)", ORANGE), "A": ("A (below compulsory age)", GREEN)}
for number, (code, (name, colour)) in enumerate(SHOWN.items()):
    own = spells[spells["absence_code"] == code].set_index("half_days")["spells"]
    short = own.reindex(range(1, 13), fill_value=0) / own.sum()
    left.bar(short.index + 0.27 * (number - 1), short, width=0.27, color=colour, label=name)
    longer = own[::-1].cumsum()[::-1] / own.sum()
    right.plot(longer.index, longer, color=colour, label=name)
left.set(xlabel="half-days", ylabel="share of spells", xticks=range(1, 13), title="short spells")
right.set(
    xscale="log",
    yscale="log",
    xlabel="half-days",
    ylabel="share of spells that last at least so long",
    title="long spells",
)
right.xaxis.set_major_formatter("{x:.0f}")
left.legend(frameon=False)
plt.show()

# %% [markdown]
# ## Days of the week
#
# Of every hundred half-days on which pupils were expected, how many were missed: illness begins on Mondays and takes whole days,
# truancy likes Monday mornings and Friday afternoons. Wednesday has no afternoon.

# %%
expected = ask(
    f"""
    select level_code, school_date, half_days, count(*) as pupils
    from {{enrolments}} as e join {{school_days}} as d
        on d.school_id = e.school_id and d.school_date between e.start_date and coalesce(e.end_date, date '9999-12-31')
    where e.school_year between {LAST - 1} and {LAST} and d.school_year between {LAST - 1} and {LAST}
    group by all order by all
    """
)
absent = ask(
    f"""
    select e.level_code, absence_date as school_date, day_part_code, absence_code, count(*) as half_days
    from {{absences}} as a join {{enrolments}} as e
        on e.pupil_id = a.pupil_id and e.school_id = a.school_id
        and a.absence_date between e.start_date and coalesce(e.end_date, date '9999-12-31')
    where a.school_year between {LAST - 1} and {LAST} group by all order by all
    """
)
expected["school_date"], absent["school_date"] = (pd.to_datetime(f["school_date"]) for f in (expected, absent))


def missed(by: list[str]) -> pd.Series:
    """Half-days missed, in per cent of those expected, by code and what else is named: level, day, part, month."""
    wide = pd.concat(
        [
            expected.assign(part="AM", expected=expected["pupils"]),
            expected[expected["half_days"] == 2].assign(part="PM", expected=expected["pupils"]),
        ]
    )
    own = absent.rename(columns={"day_part_code": "part"})
    for frame in (wide, own):
        frame["weekday"] = frame["school_date"].dt.day_of_week
        frame["month"] = frame["school_date"].dt.month
    below = wide.groupby(by)["expected"].sum()
    above = own.groupby(["absence_code", *by])["half_days"].sum()
    return 100 * above / below.reindex(above.index.droplevel("absence_code")).to_numpy()


by_day = missed(["level_code", "weekday", "part"])
figure, axes = plt.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
DAYS = ["ma", "di", "wo", "do", "vr"]
for axis, (code, level) in zip(axes, [("Z", "primary"), ("Z", "secondary"), ("B", "secondary")], strict=True):
    for shift, (part, colour) in zip((-0.2, 0.2), {"AM": BLUE, "PM": ORANGE}.items(), strict=True):
        own = by_day[code, level].xs(part, level="part").reindex(range(5))
        axis.bar(own.index + shift, own, width=0.4, color=colour, label={"AM": "morning", "PM": "afternoon"}[part])
    axis.set(title=f"code {code}, {level}", xticks=range(5), xticklabels=DAYS)
    axis.set_ylim(0, 1.25 * axis.get_ylim()[1])
axes[0].set_ylabel("% of expected half-days missed")
axes[0].legend(frameon=False, ncols=2, loc="upper left")
plt.show()

# %% [markdown]
# ## Months
#
# Illness has its winter, truancy grows towards the summer.

# %%
MONTHS = [9, 10, 11, 12, 1, 2, 3, 4, 5, 6]
by_month = missed(["level_code", "month"])
figure, axes = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained")
for axis, code in zip(axes, ("Z", "B"), strict=True):
    for level, colour in COLOURS.items():
        if level in by_month[code].index.get_level_values("level_code"):
            axis.plot(
                range(10), by_month[code, level].reindex(MONTHS), color=colour, marker="o", markersize=4, label=level
            )
    axis.set(
        title=f"code {code}",
        xticks=range(10),
        xticklabels=["s", "o", "n", "d", "j", "f", "m", "a", "m", "j"],
        ylim=(0, None),
    )
axes[0].set_ylabel("% of expected half-days missed")
axes[0].legend(frameon=False)
plt.show()

# %% [markdown]
# ## Weeks of all years
#
# Holidays are gaps. In the spring of 2020 no school kept a register; that is no attendance of 100 %.

# %%
weeks = ask(
    """
    select date_trunc('week', absence_date) as week, count(*) filter (absence_code = 'B') as b, count(*) as absent
    from {absences} group by all order by all
    """
).set_index("week")
weeks = weeks.reindex(pd.date_range(weeks.index.min(), weeks.index.max(), freq="7D"))
figure, axis = plt.subplots(figsize=(11, 2.8), layout="constrained")
axis.plot(weeks.index, 1000 * weeks["absent"] / PUPILS, color=BLUE, label="all codes", linewidth=1)
axis.plot(weeks.index, 1000 * weeks["b"] / PUPILS, color=ORANGE, label="code B", linewidth=1)
axis.set(ylabel="half-days a week,\nper 1,000 pupils", ylim=(0, 1.25 * axis.get_ylim()[1]))
axis.legend(frameon=False, ncols=2, loc="upper left")
plt.show()

# %% [markdown]
# ## From year to year
#
# Absence lasts: of pupils with so many half-days B this year, the share with at least 30 next year. Without memory it would be flat.

# %%
lasting = ask(
    """
    with enrolled as (select distinct pupil_id, school_year from {enrolments} where level_code = 'secondary'),
    counted as (
        select pupil_id, school_year, count(a.absence_code) as b_half_days
        from enrolled left join (select * from {absences} where absence_code = 'B') as a using (pupil_id, school_year) group by 1, 2
    )
    select least(floor(log2(now.b_half_days + 1)), 6) as step, count(*) as pupils, avg(cast(next.b_half_days >= 30 as int)) as share
    from counted as now join counted as next on next.pupil_id = now.pupil_id and next.school_year = now.school_year + 1
    group by all order by all
    """
)
figure, axis = plt.subplots(figsize=(6, 3.2), layout="constrained")
axis.plot(lasting["step"], 100 * lasting["share"], color=ORANGE, marker="o")
names = ["0", "1-2", "3-6", "7-14", "15-30", "31-62", "63+"]
axis.set(xticks=lasting["step"], xticklabels=[names[int(step)] for step in lasting["step"]], ylim=(0, None))
axis.set(xlabel="half-days B this year (secondary school)", ylabel="% with 30 and more next year")
plt.show()

# %% [markdown]
# ## Schools register differently
#
# Left: half-days missed per pupil and year, one dot a school. Some schools are low because they register little, which looks like good
# attendance. Right: within how many days an absence is registered; a few schools send it weeks later.

# %%
of_school = ask(
    f"""
    with enrolled as (
        select school_id, any_value(level_code) as level_code, count(distinct pupil_id) as pupils
        from {{enrolments}} where school_year = {LAST} group by 1
    ), absent as (
        select school_id, count(*) as half_days, avg(known_date - absence_date) as delay_days
        from {{absences}} where school_year = {LAST} group by 1
    )
    select *, half_days / pupils as a_pupil from enrolled left join absent using (school_id) where pupils >= 20 order by school_id
    """
)
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.4), layout="constrained")
spread = np.random.default_rng(1)
for place, (level, colour) in enumerate(COLOURS.items()):
    own = of_school[of_school["level_code"] == level]
    left.scatter(own["a_pupil"].fillna(0), place + spread.uniform(-0.25, 0.25, len(own)), s=12, color=colour, alpha=0.7)
left.set(yticks=range(3), yticklabels=list(COLOURS), xlabel="half-days missed a pupil and year", xlim=(0, None))
right.hist(of_school["delay_days"].dropna(), bins=30, color=BLUE)
right.set(xlabel="mean days until an absence is registered", ylabel="schools")
right.yaxis.get_major_locator().set_params(integer=True)
plt.show()
