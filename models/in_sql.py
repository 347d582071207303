"""A scorecard as plain SQL: joins over its points, the same on DuckDB and on Spark as in numpy.

Belongs here: the tables of points that a query joins, and the query. Not here: running it (an engine does), or numpy's
look-up (`scorecard`). The text stays in the portable subset: no template is left in it but names that come from the
scorecard, and limits are plus and minus infinity so that a bin is `from_value <= value < below_value`.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from models.artefact import load, pairs_table, points_table
from models.months import months_of
from models.scorecard import Scorecard

KEYS = ("pupil_id", "moment", "prediction_date")
POINTS, PAIRS, MONTHS = "scorecard_points", "scorecard_pairs", "scorecard_months"


def tables_for_sql(card: Scorecard) -> dict[str, pd.DataFrame]:
    """The three tables that the query joins, by name: points of features, of pairs, and the line a month."""
    points = points_table(card)[["feature", "from_value", "below_value", "is_missing", "points"]]
    pairs = pairs_table(card)
    if not len(pairs):
        pairs = _no_pairs()
    ends = {"from_value": -np.inf, "below_value": np.inf}
    pair_ends = {f"{side}_{name}": end for side in ("first", "second") for name, end in ends.items()}
    line = pd.DataFrame(
        {
            "month": np.arange(1, 13, dtype=np.int32),
            "base": card.base,
            "slope": card.calibration.slope * card.calibration.month_factor,
            "intercept": card.calibration.intercept + card.calibration.month_shift,
        }
    )
    return {POINTS: points.fillna(ends), PAIRS: pairs[list(_no_pairs().columns)].fillna(pair_ends), MONTHS: line}


def query(card: Scorecard, matrix: str, keys: Sequence[str] = KEYS) -> str:
    """One select over `matrix`: its keys, `score` in log-odds and `probability`.

    Parameters
    ----------
    card
        The scorecard; its tables must be known to the engine by the names of `tables_for_sql`.
    matrix
        Table with the keys, `prediction_date` among them, and a column a feature; NULL or NaN is missing.
    """
    parts = {
        "feature_values": _feature_values(card, matrix, keys),
        "feature_points": _feature_points(keys),
        "pair_points": _pair_points(keys),
        "all_points": _all_points(card, keys),
        "summed": _summed(keys),
    }
    steps = ",\n\n".join(f"{name} as (\n{text}\n)" for name, text in parts.items())
    return f"""with {steps}

select
    {_of("s", keys)},
    m.base + s.points as score,
    1e0 / (1e0 + exp(-(m.intercept + m.slope * (m.base + s.points)))) as probability
from summed as s
inner join {MONTHS} as m
    on m.month = extract(month from s.prediction_date)"""


def write_for_sql(model: Path, out: Path) -> str:
    """Write the tables of a saved scorecard as Parquet into a folder, and return the query over a table `matrix`."""
    card = load(model).card
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables_for_sql(card).items():
        table.to_parquet(out / f"{name}.parquet", index=False, compression="zstd")
    return query(card, "matrix")


def expected(card: Scorecard, frame: pd.DataFrame) -> pd.DataFrame:
    """What the query must give, by numpy: the keys that the frame has, `score` and `probability`."""
    score = card.decision_function(frame)
    probability = card.calibration.probability(score, months_of(frame))
    return frame[[key for key in KEYS if key in frame]].assign(score=score, probability=probability)


def _feature_values(card: Scorecard, matrix: str, keys: Sequence[str]) -> str:
    key = ", ".join(keys)
    return "\n    union all\n".join(
        f"    select {key}, '{name}' as feature, cast({name} as double) as feature_value from {matrix}"
        for name in card.binning.names
    )


def _feature_points(keys: Sequence[str]) -> str:
    return f"""    select {_of("v", keys)}, p.points
    from feature_values as v
    inner join {POINTS} as p
        on p.feature = v.feature
        and {_in_bin("v.feature_value", "p")}"""


def _pair_points(keys: Sequence[str]) -> str:
    same = " and ".join(f"b.{name} = a.{name}" for name in keys)
    return f"""    select {_of("a", keys)}, p.points
    from {PAIRS} as p
    inner join feature_values as a
        on a.feature = p.first_feature
        and {_in_bin("a.feature_value", "p", "first_")}
    inner join feature_values as b
        on b.feature = p.second_feature
        and {same}
        and {_in_bin("b.feature_value", "p", "second_")}"""


def _all_points(card: Scorecard, keys: Sequence[str]) -> str:
    from_tables = ["feature_points", "pair_points"] if card.pairs else ["feature_points"]
    return "\n    union all\n".join(f"    select {', '.join(keys)}, points from {table}" for table in from_tables)


def _summed(keys: Sequence[str]) -> str:
    key = ", ".join(keys)
    return f"""    select {key}, sum(points) as points
    from all_points
    group by {key}"""


def _of(table: str, keys: Sequence[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in keys)


def _in_bin(value: str, table: str, side: str = "") -> str:
    missing, low, high = (f"{table}.{side}{name}" for name in ("is_missing", "from_value", "below_value"))
    known = f"{value} is not null and not isnan({value})"
    return f"(({missing} and not ({known})) or (not {missing} and {known} and {value} >= {low} and {value} < {high}))"


def _no_pairs() -> pd.DataFrame:
    kinds = {"from_value": "float64", "below_value": "float64", "is_missing": "bool"}
    columns = {f"{side}_{name}": kind for side in ("first", "second") for name, kind in kinds.items()}
    columns = {"first_feature": "str", "second_feature": "str", **columns, "points": "float64"}
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in columns.items()})
