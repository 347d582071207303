"""What splits promise."""

import numpy as np
import pandas as pd
import pytest
from models_example import cohort
from tables import read

from models.errors import ModelError
from models.splits import Refusal, Split, school_folds, school_group, splits, temporal, unseen_schools


def _frame(drawing: str) -> pd.DataFrame:
    header, rows = read(drawing)
    frame = pd.DataFrame([[cell or None for cell in row] for row in rows], columns=list(header))
    return frame.astype({"school_year": int, "label": float})


def test_the_temporal_split_trains_only_on_labels_that_had_closed_by_the_test_date():
    frame = _frame("""
        pupil_id | school_year | prediction_date | closes_date | label
        a        | 2018        | 2019-06-30      | 2021-06-30  | 1
        b        | 2018        | 2019-06-30      | 2021-06-30  | 0
        c        | 2020        | 2021-02-01      | 2022-06-30  | 1
        d        | 2020        | 2021-06-30      | 2022-06-30  | 0
        e        | 2021        | 2021-11-01      | 2023-06-30  | 0
        f        | 2021        | 2022-04-01      | 2023-06-30  | 1
        """)
    made = temporal(frame)
    (train, test) = made.folds[0]
    assert (train.tolist(), test.tolist()) == ([0, 1], [4, 5])


def test_one_cohort_has_no_temporal_split():
    frame = cohort(400, years=(1991,))
    assert temporal(frame) == Refusal("temporal", "one cohort (1991-92): a temporal split would be invented")


def test_cohorts_whose_labels_close_too_late_have_no_temporal_split():
    found = temporal(cohort(400).assign(closes_date=pd.Timestamp(2030, 6, 30)))
    assert isinstance(found, Refusal)
    assert "had closed by 2023-06-30" in found.reason and "2030-06-30" in found.reason


def test_a_part_with_one_outcome_is_refused():
    frame = cohort(400)
    found = temporal(frame.assign(label=frame["label"].where(frame["school_year"] < 2022, 0)))
    assert isinstance(found, Refusal) and found.reason.startswith("0 positives among")


@pytest.mark.parametrize("n", [800, 10_500])
def test_no_school_and_no_pupil_of_the_test_part_is_in_the_training_part(n):
    """Also where pupils changed schools; each row is tested at most once."""
    frame = cohort(n).assign(pupil_id=lambda f: f["pupil_id"].str.slice(0, 3))
    made = unseen_schools(frame.assign(pupil_id=[f"p{k % (n // 2)}" for k in range(n)]))
    frame = frame.assign(pupil_id=[f"p{k % (n // 2)}" for k in range(n)])
    for train, test in made.folds:
        assert not set(frame["school_id"].iloc[train]) & set(frame["school_id"].iloc[test])
        assert not set(frame["pupil_id"].iloc[train]) & set(frame["pupil_id"].iloc[test])
    assert len(np.unique(made.test_rows)) == len(made.test_rows)


def test_five_folds_test_every_row_and_many_rows_one_fifth_of_the_schools():
    assert len(unseen_schools(cohort(800)).test_rows) == 800
    many = unseen_schools(cohort(10_500, n_schools=200))
    assert len(many.folds) == 1 and 0.1 < len(many.test_rows) / 10_500 < 0.3


def test_the_held_out_schools_do_not_depend_on_the_order_or_on_other_rows():
    frame = cohort(10_500, n_schools=200)
    held_out = [set(f["school_id"].iloc[unseen_schools(f).test_rows]) for f in (frame, frame[::-1], frame[:10_100])]
    assert held_out[0] == held_out[1] == held_out[2]


def test_folds_are_alike_in_their_share_of_positives():
    frame = cohort(4000, n_schools=50)
    shares = [frame["label"].iloc[test].mean() for _, test in school_folds(frame, 5, 0)]
    assert np.ptp(shares) < 0.08


def test_one_cohort_is_grouped_by_first_school_and_others_by_the_school_of_the_row():
    frame = pd.DataFrame(
        {
            "pupil_id": ["a", "b", "c"],
            "school_id": ["x", None, None],
            "first_school_id": ["y", "z", None],
            "school_year": 1991,
        }
    )
    assert school_group(frame).tolist() == ["y", "z", "pupil:c"]
    assert school_group(frame.assign(school_year=[1990, 1991, 1991])).tolist() == ["x", "z", "pupil:c"]


def test_too_few_schools_are_refused():
    few = cohort(400, n_schools=3)
    assert unseen_schools(few) == Refusal("unseen_schools", "3 schools: at least 5 are needed to hold some out")
    with pytest.raises(ModelError, match="3 schools in 400 rows"):
        school_folds(few, 5, 0)


def test_splits_and_refusals_come_apart():
    made, refused = splits(cohort(400, years=(1991,)))
    assert [s.name for s in made if isinstance(s, Split)] == ["unseen_schools"]
    assert [r.split for r in refused] == ["temporal", "leave_future_out"]
