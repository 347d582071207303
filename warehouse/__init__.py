"""Where data live and how they change safely.

Belongs here: the home folder, the connection factory, landing, mapping, the identity vault, publications. Not here: what a
table means (`data_contracts`), features, models, Dagster.
"""
