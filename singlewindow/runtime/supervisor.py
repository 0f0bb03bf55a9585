"""The one parent of all processes: starts them in order, starts again what died, ends all of them."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from singlewindow.runtime.processes import Child, Program, end_group
from singlewindow.runtime.servers import Places

FIRST_BACKOFF_SECONDS = 0.1
LONGEST_BACKOFF_SECONDS = 5.0
HEALTHY_AFTER_SECONDS = 10.0
"""A child that lived this long is taken as well again: its next end begins the back-off anew."""


@dataclass(slots=True)
class _Watched:
    program: Program
    child: Child | None
    started_at: float
    backoff: float = FIRST_BACKOFF_SECONDS
    start_again_at: float = 0.0


class Supervisor:
    """Keeps programs running until told to stop."""

    def __init__(self, places: Places, say: Callable[[str], None]) -> None:
        """Supervise nothing yet."""
        self._places = places
        self._say = say
        self._watched: list[_Watched] = []

    def start(self, program: Program) -> Child:
        """Start one program and watch it from now on."""
        child = Child(program, run_dir=self._places.run, log_dir=self._places.log)
        self._watched.append(_Watched(program, child, time.monotonic()))
        return child

    def pids(self) -> dict[str, int]:
        """Return the pid of every program that runs now."""
        return {w.program.name: w.child.pid for w in self._watched if w.child is not None}

    def look_after(self) -> None:
        """See which children ended, and start those whose waiting time is over."""
        now = time.monotonic()
        for watched in self._watched:
            if watched.child is not None:
                code = watched.child.exit_code()
                if code is not None:
                    self._bury(watched, code, now)
            elif now >= watched.start_again_at:
                watched.child = Child(watched.program, run_dir=self._places.run, log_dir=self._places.log)
                watched.started_at = now

    def _bury(self, watched: _Watched, code: int, now: float) -> None:
        if watched.child is not None:
            # Grandchildren that outlive their parent would hold its port, its files or its jobs.
            end_group(watched.child.pid)
        watched.child = None
        if now - watched.started_at > HEALTHY_AFTER_SECONDS:
            watched.backoff = FIRST_BACKOFF_SECONDS
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        name = watched.program.name
        self._say(f"{name} {how}; starting it again in {watched.backoff:.1f} s (see {self._places.log}/{name}.log)")
        watched.start_again_at = now + watched.backoff
        watched.backoff = min(watched.backoff * 2, LONGEST_BACKOFF_SECONDS)

    def stop(self) -> None:
        """End every program: first those that use the servers, all at once, then the servers."""
        children = [(watched.program.serves_others, watched.child) for watched in self._watched if watched.child]
        for stage in (False, True):
            of_stage = [child for serves, child in children if serves is stage]
            for child in of_stage:
                child.ask_to_stop()
            for child in of_stage:
                child.stop()
        self._watched.clear()
