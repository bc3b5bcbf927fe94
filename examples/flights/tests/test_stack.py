"""The stack is a function of its environment: call it and look at what it wants."""

from stack import Env, stack


def test_every_resource_has_an_owner_and_a_target() -> None:
    wanted = stack(Env()).definition().resources
    assert set(wanted) == {
        "dataset.flights",
        "dataset.weather",
        "dataset.planes",
        "workflow.train",
        "workflow.score",
    }
    assert all(each.owner for each in wanted.values())
    assert {each.target for each in wanted.values()} == {"laptop"}


def test_production_trains_every_night_and_scores_after_it() -> None:
    env = Env(target="batch", schedule="0 3 * * *")
    s = stack(env)
    wanted = s.definition().resources
    schedules = {str(address): each.inputs.get("schedule", {}) for address, each in wanted.items()}
    assert not s.diagnostics.has_errors
    assert schedules["workflow.train"]["cron"] == "0 3 * * *"
    assert schedules["workflow.score"]["after"] == "workflow.train"
    assert {each.target for each in wanted.values()} == {"batch"}
