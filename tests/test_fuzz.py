"""A few of the inputs that `make fuzz` makes by the thousand."""

from fuzz import PLAN, fuzz


def test_a_few_inputs_of_every_kind() -> None:
    tallies = fuzz(dict.fromkeys(PLAN, 25), seed=1)
    assert {kind: tally.faults for kind, tally in tallies.items()} == {kind: [] for kind in PLAN}
    assert all(tally.inputs == 25 for tally in tallies.values())
    assert sum(tally.quotations for tally in tallies.values()) > 100
