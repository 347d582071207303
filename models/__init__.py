"""From features to a careful number.

Belongs here: binning, the additive scorecard, its calibration, its artefact, the baselines beside it, splits,
metrics, evaluation, reasons and bands, all as plain functions on pandas frames. Not here: how features are made
(`features`), what people receive (`delivery`), Dagster, DuckDB.
"""
