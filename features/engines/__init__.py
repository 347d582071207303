"""Engines that run the SQL of `features`: one file an engine."""
