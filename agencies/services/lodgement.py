"""What the agencies check before a declaration is taken in."""

from collections.abc import Iterator

from agencies.rules import citation_findings, citations_of
from agencies.selectors import permits_named
from declarations.schemas import DeclarationMessage
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Violation


def lodgement_check(message: DeclarationMessage, actor: Actor) -> Iterator[Violation]:
    """Find what is wrong with the permits that a message names, in the order of the message.

    One query for all of them, none when the message names none. Whether a permit that is needed is missing is not
    asked here: the declaration is taken in, and its goods are held.

    Source: docs/rules/agencies.md, AG-001 to AG-005.
    """
    citations = citations_of(message)
    if not citations:
        return
    permits = permits_named({(citation.code, citation.number) for citation in citations}, actor=actor)
    today = clock.today()
    for citation in citations:
        yield from citation_findings(citation, permits.get((citation.code, citation.number)), message, today)
