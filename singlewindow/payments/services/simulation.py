"""What the simulated provider sends: messages queued by its page and sent over HTTP like any provider's."""

from datetime import timedelta
from uuid import UUID

import urllib3
from django.conf import settings
from django.urls import reverse

from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound
from singlewindow.payments.providers.signatures import HEADER, sign
from singlewindow.payments.providers.simulator import BEHAVIOURS, SIMULATOR, Message, messages
from singlewindow.payments.selectors.baskets import provider_payment_for

TIMEOUT_S = 5.0


def simulator_used() -> bool:
    """Whether this installation uses the simulator at all."""
    return SIMULATOR.code in settings.PAYMENT_PROVIDERS


def simulation_play(*, payment_id: UUID, behaviour: str, actor: Actor) -> None:
    """Let the simulated provider behave as asked for one payment.

    Raises:
        NotFound: the simulator is not in use, or no such payment or behaviour.
    """
    if not simulator_used() or behaviour not in BEHAVIOURS:
        raise NotFound
    basket, provider, transaction, _state = provider_payment_for(actor, payment_id)
    if provider != SIMULATOR.code:
        raise NotFound
    well = Message("captured", transaction, basket.reference, basket.total_minor, basket.currency)
    now = clock.now()
    with unit_of_work() as work:
        for place, message in enumerate(messages(behaviour, well)):
            queue(
                work,
                "CallbackSimulated",
                subject_id=str(payment_id),
                payload={"body": message.body().decode(), "forged": message.forged},
                not_before=now + message.after + place * timedelta(milliseconds=400),
                actor=actor,
            )


def callback_send(work: Work, job: JobContext) -> None:
    """Send one message of the simulator to the address of callbacks.

    Raises:
        HTTPError: nobody answered; the job is tried again.
    """
    if not simulator_used():
        return
    body = str(job.payload["body"]).encode()
    secret = b"not the secret" if job.payload["forged"] else SIMULATOR.secret
    address = settings.PAYMENT_SIMULATOR_URL + reverse("payments:api-callback", args=[SIMULATOR.code])
    headers = {"Content-Type": "application/json", HEADER: sign(secret, body, clock.now())}
    answer = urllib3.PoolManager().request(
        "POST", address, body=body, headers=headers, timeout=TIMEOUT_S, retries=False, redirect=False
    )
    if answer.status >= 500:
        raise OSError(f"the window answered {answer.status}")
