"""Acts on endpoints: registered, verified, changed, paused, given a new secret, switched off."""

from dataclasses import dataclass
from uuid import UUID

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.selectors import feed_end
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, TransitionRefused, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.webhooks.addresses import target_of
from singlewindow.webhooks.models import Delivery, WebhookEndpoint
from singlewindow.webhooks.rules import description_findings, type_findings
from singlewindow.webhooks.services.queueing import delivery_queue
from singlewindow.webhooks.signing import seal, secret_new, secret_text
from singlewindow.webhooks.states import ENDPOINT, EndpointState
from singlewindow.webhooks.types import ENDPOINTS_MAX, SECRET_OVERLAP, DeliveryKind, NewSecret

LOCK_SQL = "SELECT pg_advisory_xact_lock(hashtextextended('webhooks:' || %s, 0))"


@dataclass(frozen=True, slots=True)
class EndpointWish:
    """What an owner says of an endpoint."""

    url: str
    description: str = ""
    event_types: tuple[str, ...] = ()


def endpoint_register(work: Work, *, actor: Actor, wish: EndpointWish) -> NewSecret:
    """Register an address, paused until it has answered a challenge; the secret is told once, now.

    Locks: the organisation's endpoints as a whole, so that their number holds.

    Source: docs/rules/webhooks.md, WH-URL-*, WH-END-01, WH-END-02.

    Raises:
        RuleViolated: the address may not be sent to, or a type is none.
        Conflict: the organisation has as many endpoints as it may, or this one already.
    """
    organisation_id = _owner(actor)
    target = _checked(wish)
    work.fetch(LOCK_SQL, [str(organisation_id)])
    own = WebhookEndpoint.objects.filter(organisation_id=organisation_id).exclude(state=EndpointState.DISABLED.value)
    if own.count() >= ENDPOINTS_MAX:
        raise Conflict(f"At most {ENDPOINTS_MAX} endpoints; switch one off first.", code="webhook.too_many")
    if own.filter(url=target).exists():
        raise Conflict("This address is registered already.", code="webhook.known")
    endpoint_id, secret = uuid7(), secret_new()
    transaction, event = feed_end()
    WebhookEndpoint.objects.create(
        id=endpoint_id,
        organisation_id=organisation_id,
        url=target,
        description=wish.description.strip(),
        event_types=sorted(set(wish.event_types)),
        state_reason="challenge",
        secret=seal(secret, endpoint_id),
        cursor_transaction=transaction,
        cursor_event=event,
        created_by=actor.label,
    )
    _record(work, actor, Verb.WEBHOOK_REGISTERED, endpoint_id, {"url": target})
    return NewSecret(endpoint_id, secret_text(secret))


def endpoint_verify(work: Work, *, actor: Actor, endpoint_id: UUID) -> UUID:
    """Send the challenge; an answer that holds its text makes the endpoint active. Returns the delivery.

    Locks: the endpoint.

    Source: docs/rules/webhooks.md, WH-END-03.

    Raises:
        NotFound: it is not the actor's organisation's.
        TransitionRefused: it is active already.
        Conflict: a challenge is under way.
    """
    endpoint = endpoint_lock(actor, endpoint_id)
    ENDPOINT.next_state("activate", endpoint.state)
    waiting = Delivery.objects.filter(endpoint=endpoint, kind=DeliveryKind.CHALLENGE.value, state="PENDING")
    if waiting.exists():
        raise Conflict("A challenge is under way; its outcome stands in the log in a moment.", code="webhook.challenge")
    return delivery_queue(endpoint, DeliveryKind.CHALLENGE)


def endpoint_change(work: Work, *, actor: Actor, endpoint_id: UUID, wish: EndpointWish) -> None:
    """Change what is sent and where; another address must answer a challenge before anything goes there.

    Locks: the endpoint.

    Raises:
        NotFound, RuleViolated: as at registration.
    """
    target = _checked(wish)
    endpoint = endpoint_lock(actor, endpoint_id)
    moved = target != endpoint.url
    if moved:
        endpoint.verified_at = None
        if endpoint.state == EndpointState.ACTIVE.value:
            endpoint.state = ENDPOINT.next_state("pause", endpoint.state).value
        endpoint.state_reason = "challenge"
    endpoint.url, endpoint.description = target, wish.description.strip()
    endpoint.event_types = sorted(set(wish.event_types))
    endpoint.save(update_fields=["url", "description", "event_types", "verified_at", "state", "state_reason"])
    more: dict[str, JsonValue] = {"url": target, "event_types": ", ".join(endpoint.event_types), "moved": moved}
    _record(work, actor, Verb.WEBHOOK_CHANGED, endpoint.pk, more)


def endpoint_pause(work: Work, *, actor: Actor, endpoint_id: UUID) -> None:
    """Stop sending; the place in the feed is kept.

    Locks: the endpoint.

    Raises:
        NotFound, TransitionRefused.
    """
    endpoint_step(work, endpoint_lock(actor, endpoint_id), "pause", actor=actor, reason="owner")


def endpoint_resume(work: Work, *, actor: Actor, endpoint_id: UUID) -> None:
    """Send again, beginning with what came meanwhile.

    Locks: the endpoint.

    Raises:
        NotFound, TransitionRefused: also where its address has not answered a challenge.
    """
    endpoint = endpoint_lock(actor, endpoint_id)
    if endpoint.verified_at is None:
        raise TransitionRefused("The address must answer the challenge first.")
    endpoint_step(work, endpoint, "activate", actor=actor, reason="")


def endpoint_disable(work: Work, *, actor: Actor, endpoint_id: UUID) -> None:
    """Switch an endpoint off for good or until it is verified again; what waits for it is not sent.

    Locks: the endpoint, then its waiting deliveries.

    Raises:
        NotFound, TransitionRefused.
    """
    endpoint_step(work, endpoint_lock(actor, endpoint_id), "disable", actor=actor, reason="owner")


def secret_rotate(work: Work, *, actor: Actor, endpoint_id: UUID) -> NewSecret:
    """Give the endpoint a new secret; the present one signs beside it for a day, so that no message is refused.

    Locks: the endpoint.

    Raises:
        NotFound.
    """
    endpoint = endpoint_lock(actor, endpoint_id)
    secret, until = secret_new(), clock.now() + SECRET_OVERLAP
    endpoint.previous_secret, endpoint.previous_until = endpoint.secret, until
    endpoint.secret = seal(secret, endpoint.pk)
    endpoint.save(update_fields=["secret", "previous_secret", "previous_until"])
    _record(work, actor, Verb.WEBHOOK_SECRET_CHANGED, endpoint.pk, {"previous_until": until.isoformat()})
    return NewSecret(endpoint.pk, secret_text(secret), until)


def endpoint_lock(actor: Actor, endpoint_id: UUID) -> WebhookEndpoint:
    """The endpoint with its row locked, if it is of the actor's organisation. Raises NotFound."""
    organisation_id = _owner(actor)
    endpoint = (
        WebhookEndpoint.objects.select_for_update(no_key=True)
        .filter(pk=endpoint_id, organisation_id=organisation_id)
        .first()
    )
    if endpoint is None:
        raise NotFound
    return endpoint


def endpoint_step(work: Work, endpoint: WebhookEndpoint, action: str, *, actor: Actor, reason: str) -> None:
    """Take a step of an endpoint whose row is locked; switching off ends what waits, and activating afresh skips it."""
    before = endpoint.state
    state = ENDPOINT.next_state(action, before)
    endpoint.state, endpoint.state_reason = state.value, reason
    names = ["state", "state_reason", "verified_at"]
    if state is EndpointState.DISABLED:
        endpoint.verified_at = None
        Delivery.objects.filter(endpoint=endpoint, state="PENDING").update(
            state="CANCELLED", finished_at=clock.now(), lease_until=None
        )
    if state is EndpointState.ACTIVE:
        endpoint.failing_since = endpoint.warned_at = None
        endpoint.slow = False
        names += ["failing_since", "warned_at", "slow"]
        if before == EndpointState.DISABLED.value:
            endpoint.cursor_transaction, endpoint.cursor_event = feed_end()
            names += ["cursor_transaction", "cursor_event"]
    endpoint.save(update_fields=names)
    _record(work, actor, Verb.WEBHOOK_CHANGED, endpoint.pk, {"state": state.value, "why": reason})


def owner_warn(work: Work, endpoint: WebhookEndpoint, type: str, **more: str) -> None:
    """Tell the owner in the feed (never by webhook) how an endpoint fares."""
    data: dict[str, JsonValue] = {"endpoint": str(endpoint.pk), "url": endpoint.url, **more}
    party_event_publish(
        work, organisation_ids=[endpoint.organisation_id], type=type, subject_id=str(endpoint.pk), data=data
    )


def _owner(actor: Actor) -> UUID:
    actor.require(Permission.MANAGE_WEBHOOKS)
    if actor.organisation_id is None:
        raise NotFound
    return actor.organisation_id


def _checked(wish: EndpointWish) -> str:
    """The address in its one form, after every finding was gathered."""
    found: list[Violation] = []
    url = ""
    try:
        url = target_of(wish.url).url
    except RuleViolated as refusal:
        found += refusal.violations
    found += [*description_findings(wish.description), *type_findings(wish.event_types)]
    if found:
        raise RuleViolated(violations=found)
    return url


def _record(work: Work, actor: Actor, verb: Verb, endpoint_id: UUID, data: dict[str, JsonValue]) -> None:
    event_record(work, actor=actor, verb=verb, subject_type="webhook", subject_id=str(endpoint_id), data=data)
