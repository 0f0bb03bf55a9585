"""docker-compose.yml, read without Docker: known variables, durable servers, loopback ports, health checks."""

import re

import pytest
import yaml

from singlewindow.settings.env import PROJECT_ROOT, variable_names

OURS = ("web", "worker", "relay", "beat", "courier", "setup")
ASKED_OF_THE_OPERATOR = {"CSW_SECRET_KEY", "DATABASE_PASSWORD"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((PROJECT_ROOT / "docker-compose.yml").read_text())


def test_every_part_of_the_system_is_there(compose):
    assert set(compose["services"]) == {*OURS, "database", "broker"}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_known_to_the_settings(compose, name):
    assert set(compose["services"][name]["environment"]) <= variable_names()


def test_only_named_variables_are_asked_of_the_operator():
    text = (PROJECT_ROOT / "docker-compose.yml").read_text()
    assert set(re.findall(r"\$\{(\w+)", text)) == ASKED_OF_THE_OPERATOR


@pytest.mark.parametrize("name", ["web", "worker", "relay", "beat", "courier", "database", "broker"])
def test_every_lasting_service_has_a_health_check(compose, name):
    assert compose["services"][name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


def test_ports_are_open_to_this_machine_only(compose):
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_nothing_that_was_acknowledged_is_lost_with_a_server(compose):
    broker, database = compose["services"]["broker"]["command"], compose["services"]["database"]["command"]
    assert broker[broker.index("--appendonly") + 1] == "yes"
    assert broker[broker.index("--maxmemory-policy") + 1] == "noeviction"
    assert {"synchronous_commit=on", "fsync=on", "full_page_writes=on"} <= set(database)


@pytest.mark.parametrize("name", ["web", "worker"])
def test_more_of_it_can_be_added(compose, name):
    service = compose["services"][name]
    assert "container_name" not in service
    assert service["deploy"]["replicas"] >= 1


def test_no_service_may_start_before_the_set_up_is_done(compose):
    for name in ("web", "worker", "relay", "beat", "courier"):
        assert compose["services"][name]["depends_on"]["setup"]["condition"] == "service_completed_successfully"
