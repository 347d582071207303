"""What analysts see per part: each delivery and each cohort, as partitions with counts."""

import dagster as dg
from intake_example import write_delivery

from pipelines.definitions import defs
from pipelines.in_process import instance_of
from pipelines.land import ASSETS as LAND
from pipelines.partitions import cohort_size, delivery, size_of
from pipelines.store import Store
from warehouse.connection import working_store
from warehouse.home import Home
from warehouse.landing import deliveries


def store_of(home: Home) -> dict[str, Store]:
    """The home as a resource."""
    return {"store": Store(home_folder=str(home.root))}


def test_every_delivery_is_a_partition_with_its_account(tmp_path) -> None:
    """Told once, with counts and names of files alone."""
    home = Home(tmp_path / "home").create()
    write_delivery(home.inbox / "first")
    with instance_of(home) as instance:
        for _ in range(2):
            dg.materialize([*LAND, dg.AssetsDefinition(specs=[delivery])], resources=store_of(home), instance=instance)
        [one] = deliveries(home)
        assert list(instance.get_dynamic_partitions("delivery")) == [one.id]
        event = instance.get_latest_materialization_event(dg.AssetKey("delivery"))
        told = {name: value.value for name, value in event.asset_materialization.metadata.items()}
    assert event.asset_materialization.partition == one.id
    assert (told["lines_in"], told["accepted"], told["quarantined"], told["duplicates"]) == (5, 5, 0, 0)


def test_many_cohorts_are_counted_in_one_run(small_home: Home, tmp_path) -> None:
    """A backfill over school years and moments is one run, and each partition has its own counts."""
    keys = [
        dg.MultiPartitionKey({"moment": moment, "school_year": str(year)})
        for moment in ("in_year_secondary", "kindergarten_to_primary")
        for year in (2021, 2022)
    ]
    with instance_of(Home(tmp_path / "history").create()) as instance:
        result = dg.materialize(
            [cohort_size],
            resources=store_of(small_home),
            instance=instance,
            tags={
                "dagster/asset_partition_range_start": str(keys[0]),
                "dagster/asset_partition_range_end": str(keys[0]),
            },
        )
        assert result.success
        events = result.get_asset_materialization_events()
        told = {e.partition: {n: v.value for n, v in e.materialization.metadata.items()} for e in events}
    with working_store(small_home) as db:
        assert told[str(keys[0])]["pupils"] == size_of(db, "in_year_secondary", 2021)["pupils"] > 100
        sizes = [size_of(db, str(k.keys_by_dimension["moment"]), int(k.keys_by_dimension["school_year"])) for k in keys]
    assert all(s["rows_with_known_outcome"] > 0 and 0 < s.get("share_positive", 0.5) < 1 for s in sizes)
    assert cohort_size.backfill_policy == dg.BackfillPolicy.single_run()


def test_dagster_knows_both_kinds_of_partitions() -> None:
    """As analysts see them in the pages."""
    graph = defs.resolve_asset_graph()
    assert graph.get(dg.AssetKey("delivery")).partitions_def is not None
    assert graph.get(dg.AssetKey("cohort_size")).partitions_def.get_num_partitions() > 100
