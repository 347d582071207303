"""The story, in Dagster: one file a stage, `definitions` lists them.

Belongs here: assets, checks, jobs, the command line. Not here: what a stage does; an asset reads, calls a plain function, writes
and reports counts.
"""
