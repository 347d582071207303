"""An oracle of the feature tables: the contracts' descriptions once more, as plain loops over dicts and dates.

Belongs here: what each table should say of one pupil on one day, written without a look at the SQL and as simply as can be. Not here: SQL,
data frames, speed, or the comparison (`test_oracle`).
"""
