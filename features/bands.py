"""How often the outcome followed, by how much a pupil was absent in a class year: the plainest evidence there is.

Belongs here: that one count. Not here: models.
"""

from typing import Any

from features.moments import Moment
from warehouse.connection import Connection

EDGES = (0.03, 0.06, 0.10, 0.15)
MIN_PUPILS = 20  # below this a share says nothing and could point at somebody


def outcome_by_absence(db: Connection, moment: Moment, target: str) -> list[dict[str, Any]]:
    """Share of positives per class year and absence band, for the labelled pupils of a moment.

    Returns
    -------
    Rows with `level_code, grade, school_year, absence_from, absence_to, n, positives, share`; bands with fewer than 20 pupils are
    left out.
    """
    band = " ".join(f"when absence_rate <= {edge} then {i}" for i, edge in enumerate(EDGES))
    sql = (
        f"with asked as (select pupil_id, prediction_date, label from label.{target} where moment = $moment and label is not null"
        f" qualify row_number() over (partition by pupil_id order by prediction_date desc) = 1),"
        f" years as (select y.level_code, y.grade, y.school_year, a.label,"
        f" y.absent_half_days / nullif(y.expected_half_days, 0) as absence_rate"
        f" from asked as a inner join attendance_by_year as y on y.pupil_id = a.pupil_id and y.known_date < a.prediction_date)"
        f" select level_code, grade, case {band} else {len(EDGES)} end as band, count(*), cast(sum(label) as integer) from years"
        f" where absence_rate is not null group by all having count(*) >= {MIN_PUPILS} order by all"
    )
    ends = [0.0, *EDGES, 1.0]
    return [
        {
            "moment": moment.name,
            "target": target,
            "level_code": level,
            "grade": grade,
            "absence_from": ends[band],
            "absence_to": ends[band + 1],
            "n": n,
            "positives": positives,
            "share": positives / n,
        }
        for level, grade, band, n, positives in db.execute(sql, {"moment": moment.name}).fetchall()
    ]
