"""No question that is asked for every note or row reads a whole table: SQLite says how it would answer."""

import pytest

from pkm.store.store import open_store

PLANS = {
    "notes of the same bytes": "SELECT id FROM notes WHERE sha = ? ORDER BY id",
}


@pytest.mark.parametrize("asked", PLANS.values(), ids=PLANS)
def test_it_is_answered_by_an_index(asked, tmp_path):
    with open_store(tmp_path / "store.db") as store:
        plan = store.connection.execute(f"EXPLAIN QUERY PLAN {asked}", ("x",)).fetchall()
    assert not [row[3] for row in plan if row[3].startswith("SCAN")]
