"""Which school years may teach a moment."""

import pandas as pd

from features.moments import moments
from models.windows import first_school_year, of_now


def test_years_under_another_law_do_not_train_and_other_moments_keep_theirs():
    frame = pd.DataFrame({"school_year": [2018, 2019, 2020, 2021], "label": [0.0, 1.0, 0.0, None]})
    assert of_now(frame, "in_year_kindergarten")["school_year"].tolist() == [2020, 2021]
    assert of_now(frame, "in_year_kindergarten").index.tolist() == [0, 1]
    assert len(of_now(frame, "in_year_primary")) == 4


def test_windows_are_of_moments_that_exist():
    assert [name for name in moments() if first_school_year(name)] == ["in_year_kindergarten"]
