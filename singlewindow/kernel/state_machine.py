"""A transition table, checked when it is built. Apps declare, services apply, the database holds the same pairs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from singlewindow.kernel.errors import TransitionRefused

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Transition(Generic[S]):
    """One arrow of a life cycle: the act, from where, to where, and the permission that it needs."""

    action: str
    sources: frozenset[S]
    target: S
    permission: str


class StateMachine(Generic[S]):
    """A life cycle as data.

    Raises:
        ValueError: two arrows of one action leave the same state, or a state cannot be reached.
    """

    def __init__(self, *, name: str, states: type[S], initial: S, transitions: Iterable[Transition[S]]) -> None:
        self.name, self.states, self.initial = name, states, initial
        self.transitions = tuple(transitions)
        self._arrows: dict[tuple[str, S], Transition[S]] = {}
        for transition in self.transitions:
            for source in transition.sources:
                if (transition.action, source) in self._arrows:
                    raise ValueError(f"{name}: two arrows {transition.action!r} leave {source}")
                self._arrows[transition.action, source] = transition
        unreachable = set(states) - {initial} - {t.target for t in self.transitions}
        if unreachable:
            raise ValueError(f"{name}: no arrow leads to {sorted(unreachable)}")

    def transition(self, action: str, current: str) -> Transition[S]:
        """The arrow of an action from the current state.

        Raises:
            TransitionRefused: there is none; the sentence names the state and what is possible from it.
        """
        state = self.states(current)
        arrow = self._arrows.get((action, state))
        if arrow is None:
            possible = ", ".join(sorted(self.allowed(state))) or "nothing: this state is final"
            raise TransitionRefused(f"'{action}' is not possible in state {state}; possible here: {possible}.")
        return arrow

    def next_state(self, action: str, current: str) -> S:
        """The state that an action leads to. Raises TransitionRefused as `transition` does."""
        return self.transition(action, current).target

    def allowed(self, current: str) -> frozenset[str]:
        """The actions that are possible from a state."""
        return frozenset(action for action, source in self._arrows if source == self.states(current))

    def terminal(self) -> frozenset[S]:
        """The states that nothing leaves."""
        return frozenset(self.states) - {source for _, source in self._arrows}

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every (from, to) of the table, sorted, for the database trigger that refuses all others."""
        yield from sorted({(str(source), str(t.target)) for t in self.transitions for source in t.sources})
