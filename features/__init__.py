"""What was known about a pupil, and when.

Belongs here: the moments, one readable SQL file a cohort, feature table and label, and the engine that runs them. Not here: how
data came in (`warehouse`), what a column promises (`data_contracts`), models. A query uses only facts with
`known_date < prediction_date`; missing is NULL.
"""
