"""What is Spark's own: how an application is submitted, and what becomes of runs that Spark ends."""

from collections.abc import Callable
from pathlib import Path

import pytest
from engine_places import Place
from laboratory import CODE, Lab, call, flow, op, summing, wait_for, wait_until

from unknot.providers.registry import close_run, engine
from unknot.providers.spark import rest
from unknot.providers.spark.options import SparkOptions
from unknot.stacks.address import Uid
from unknot.stacks.errors import EngineError
from unknot.stacks.target import Target

UID = Uid("0123456789abcdef0123")


def test_options_are_checked() -> None:
    with pytest.raises(EngineError, match="an option `maste`") as raised:
        engine("spark").abilities(Target("t", engine="spark", options={"maste": "spark://host:7077"}))
    assert "Did you mean `master`?" in raised.value.detail


def test_address_that_is_none_is_named() -> None:
    with pytest.raises(EngineError, match="`file:/etc/passwd` is no address of a REST server"):
        rest.status(SparkOptions(rest="file:/etc/passwd"), "driver-1")


def test_master_that_does_not_answer_is_named() -> None:
    with pytest.raises(rest.Unreachable, match=r"the Spark master at http://127\.0\.0\.1:9 does not answer"):
        rest.status(SparkOptions(rest="http://127.0.0.1:9"), "driver-1")


@pytest.mark.environment("spark")
@pytest.mark.parts
@pytest.mark.slow
class TestOnSpark:
    @pytest.fixture
    def lab(self, engine_place: Callable[[str], Place], tmp_path: Path) -> Lab:
        (tmp_path / "flow.py").write_text(CODE)
        place = engine_place("spark")
        return Lab(place.engine, tmp_path, UID, place.options)

    @pytest.mark.rule("R1")
    def test_driver_killed_in_spark_cancels_the_run(self, lab: Lab) -> None:
        signal = lab.project / "signal"
        query = lab.trigger(lab.deploy(flow(lab, (op("slow"), call("slow", signal=str(signal))))))
        wait_for(signal)
        options = SparkOptions(**lab.options)
        submission = lab.store.get(f"runs/{UID}/{query.run}/submission")
        assert submission is not None
        rest.kill(options, submission.decode())
        wait_until(lambda: lab.engine.status(query).status != "running")

        found = lab.engine.status(query)
        assert (found.status, "was killed in Spark" in found.problem) == ("cancelled", True)
        close_run(lab.store, UID, query.run, "cancelled", found.problem)
        assert lab.manifest(query).status == "cancelled"

    def test_submission_that_spark_does_not_know_is_gone(self, lab: Lab) -> None:
        assert rest.status(SparkOptions(**lab.options), "driver-20200101000000-0000")[0] == ""

    def test_what_spark_refuses_is_said_and_the_run_is_closed(self, lab: Lab) -> None:
        deployment = lab.deploy(summing(lab, 2))
        lab.options = {**lab.options, "rest": "http://127.0.0.1:9"}
        with pytest.raises(EngineError, match="does not answer"):
            lab.trigger(deployment, run="refused")
        assert lab.store.get(f"runs/{UID}/refused/sealed") is not None
