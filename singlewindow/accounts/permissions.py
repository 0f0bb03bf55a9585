"""The one permission map: what can be done here, who may do it, and what a token of each scope carries.

Everything that is not in the map is denied. Pages, API and services ask for a `Permission`, never for a role.
"""

from enum import StrEnum


class Permission(StrEnum):
    """An act that must be allowed; the comment beside each is its sentence in the documentation."""

    SYSTEM = "system"  # Take the steps that only the window itself takes (assess, score, expire).
    DRAFT_DECLARATION = "declaration.draft"  # Prepare a declaration for an organisation one may file for.
    LODGE_DECLARATION = "declaration.lodge"  # Lodge it.
    FILE_LOW_VALUE = "declaration.file_low_value"  # File many consignments of low value in one file.
    VIEW_OWN_DECLARATION = "declaration.view_own"  # See the declarations of organisations one may file for.
    PRESENT_GOODS = "goods.present"  # Tell that the goods have arrived.
    VIEW_ANY_DECLARATION = "declaration.view_any"  # See every declaration.
    SEARCH_DECLARATION = "declaration.search"  # Find declarations by MRN, LRN, container or party.
    VIEW_RISK = "risk.view"  # See lane, score and reasons.
    SCREEN_PARTIES = "screening.decide"  # Confirm or dismiss that a party is one of a sanctions list.
    EDIT_RISK = "risk.edit"  # Change alert lists and rules.
    VIEW_PROPOSAL = "proposal.view"  # See what waits for a second person before it goes live.
    DECIDE_PROPOSAL = "proposal.decide"  # Agree, as a second person, that something goes live.
    SIMULATE_RISK = "risk.simulate"  # Try rules on the past.
    CLAIM_CASE = "case.claim"  # Take a case of the desk, or give it back.
    DECIDE_CASE = "case.decide"  # Query, check documents, examine, release or refuse.
    LOWER_LANE = "case.lower_lane"  # Confirm, as a second officer, that a lane is lowered.
    VIEW_DESK = "desk.view"  # See the work queue and the figures of the day.
    VIEW_LATE = "late.view"  # See the list of goods that were not released in time.
    ASK_ELEMENT = "element.ask"  # Ask, as a body of the border, for a document or a data element.
    VIEW_AGENCY_HOLD = "hold.view"  # See the holds of one's own agency.
    DECIDE_AGENCY_HOLD = "hold.decide"  # Lift or uphold a hold of one's own agency.
    MANAGE_PERMIT = "permit.manage"  # Issue and change permits of one's own agency.
    APPLY_PERMIT = "permit.apply"  # Apply for permits for organisations one may file for, and answer the agencies.
    RECORD_CONTINGENCY = "contingency.record"  # Record a permit on paper or one whose agency cannot be reached.
    SEND_CERTIFICATE = "certificate.send"  # Bring in certificates of other countries.
    VIEW_PERMIT = "permit.view"  # See the permits of organisations one may file for.
    VIEW_ACCOUNT = "account.view"  # See the prepaid account of one's organisation.
    CREDIT_ACCOUNT = "account.credit"  # Book money received on a trader's account.
    PAY = "payment.make"  # Put together what one's organisation owes, pay it, and name its bank account.
    VIEW_LEDGER = "ledger.view"  # See the sums of the ledger, bank statements, suspense and payouts.
    SEND_FILE = "file.send"  # Send documents and bulk files, and keep them on the shelf of one's organisation.
    SEND_MESSAGE = "message.send"  # Send a message of any format; what it asks for needs a permission of its own.
    ENTRY_FILE = "entry.file"  # Lodge and amend entry summary declarations, and answer what is asked of them.
    ENTRY_VIEW_OWN = "entry.view_own"  # See the entry summary declarations of organisations one may file for.
    ENTRY_ASSESS = "entry.assess"  # Ask, clear or forbid loading on entry summary declarations.
    MANIFEST_FILE = "manifest.file"  # File, amend and cancel the manifests of one's organisation.
    MANIFEST_VIEW_OWN = "manifest.view_own"  # See them (customs: all), and what of their goods is declared.
    ARRIVAL_TELL = "arrival.tell"  # Tell that a conveyance, a container or goods have arrived or left.
    TELL_EVENT = "event.tell"  # Tell, as a device, what was seen of goods: plate, container, weight, seal, picture.
    MANAGE_DEVICES = "device.manage"  # Register cameras, scales, seal readers and scanners, and take them out of use.
    VIEW_CARGO = "cargo.view_any"  # See every manifest, and the lists of unmanifested and undeclared goods.
    MANAGE_QUOTA = "quota.manage"  # Propose changes, blocks and transfers of tariff quotas, and see their runs.
    MANAGE_TARIFF = "tariff.manage"  # Prepare changes of the tariff and propose them.
    DRAFT_CHARGE = "charge.draft"  # Draft a fee or charge of one's own authority and answer comments on it.
    COMMENT_CHARGE = "charge.comment"  # Comment on a draft charge while it is open.
    PUBLISH_CHARGE = "charge.publish"  # Agree, as a second person, that a charge is published.
    VIEW_GUARANTEE = "guarantee.view"  # See the guarantees of one's organisation and what was drawn on them.
    USE_GUARANTEE = "guarantee.use"  # Apply for guarantees of one's organisation and change their access codes.
    MANAGE_GUARANTEE = "guarantee.manage"  # Register guarantees, propose them, suspend, change and end them.
    OPEN_DISPUTE = "dispute.open"  # Dispute value, origin or classification, and offer release against security.
    DISCLOSE_ERROR = "penalty.disclose"  # Disclose an error of one's own, and answer to what is held against one.
    VIEW_PENALTY = "penalty.view"  # See penalties and disclosures of organisations one may file for (customs: all).
    PROPOSE_PENALTY = "penalty.notify"  # Tell a person what is held against them.
    DECIDE_PENALTY = "penalty.decide"  # Decide, as another officer, a penalty of which notice was given.
    MAKE_QUOTE = "quote.make"  # Ask what goods would cost.
    READ_FEED = "feed.read"  # Read the events of one's organisation.
    MANAGE_WEBHOOKS = "webhooks.manage"  # Say where the events of one's organisation are sent, and send them again.
    VIEW_AUDIT = "audit.view"  # Read the audit events.
    MANAGE_REFERENCE = "reference.manage"  # Load reference data.
    MANAGE_USERS = "users.manage"  # Manage organisations, users, mandates and API clients.

    # Revenue.
    CLAIM_REPAYMENT = "repayment.claim"  # Claim repayment, remission or drawback for organisations one may file for.
    VIEW_REVENUE = "revenue.view"  # See provisional debts, deferments, statements and claims of everyone.
    DETERMINE_DEBT = "debt.determine"  # Determine a provisional debt for good.
    DECIDE_REPAYMENT = "repayment.decide"  # Take up, verify or refuse a claim.
    APPROVE_REPAYMENT = "repayment.approve"  # Approve, as a second officer, that money is given back.
    MANAGE_DEFERMENT = "deferment.manage"  # Propose, suspend, resume and end deferments.


class Role(StrEnum):
    """What a member of an organisation is there."""

    TRADER = "trader"
    BROKER = "broker"
    OPERATOR = "operator"
    """A registered operator of parcels: a trader who may also file consignments of low value in bulk."""
    CARRIER = "carrier"
    """A carrier or forwarder: files manifests and tells where they are."""
    TERMINAL = "terminal"
    """A port, terminal or gate: tells what has arrived and left."""
    DEVICE = "device"
    """A gate camera, scale, seal reader or scanner, or the software that speaks for some of them."""
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    RISK_ANALYST = "risk_analyst"
    AGENCY_OFFICER = "agency_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


P = Permission

_FILING = frozenset(
    {
        P.ENTRY_FILE,
        P.ENTRY_VIEW_OWN,
        P.DRAFT_DECLARATION,
        P.LODGE_DECLARATION,
        P.VIEW_OWN_DECLARATION,
        P.PRESENT_GOODS,
        P.SEND_MESSAGE,
        P.SEND_FILE,
        P.VIEW_PERMIT,
        P.APPLY_PERMIT,
        P.VIEW_ACCOUNT,
        P.VIEW_GUARANTEE,
        P.USE_GUARANTEE,
        P.CLAIM_REPAYMENT,
        P.DISCLOSE_ERROR,
        P.VIEW_PENALTY,
        P.PAY,
        P.MAKE_QUOTE,
        P.READ_FEED,
        P.MANAGE_WEBHOOKS,
        P.COMMENT_CHARGE,
    }
)
_OFFICER = frozenset(
    {
        P.VIEW_REVENUE,
        P.DETERMINE_DEBT,
        P.DECIDE_REPAYMENT,
        P.VIEW_PENALTY,
        P.PROPOSE_PENALTY,
        P.ENTRY_ASSESS,
        P.VIEW_ANY_DECLARATION,
        P.SEARCH_DECLARATION,
        P.VIEW_RISK,
        P.SCREEN_PARTIES,
        P.MANAGE_GUARANTEE,
        P.OPEN_DISPUTE,
        P.VIEW_DESK,
        P.CLAIM_CASE,
        P.DECIDE_CASE,
        P.ASK_ELEMENT,
        P.RECORD_CONTINGENCY,
        P.PRESENT_GOODS,
        P.VIEW_CARGO,
        P.MANIFEST_VIEW_OWN,
        P.ARRIVAL_TELL,
        P.MAKE_QUOTE,
        P.COMMENT_CHARGE,
    }
)
_CARRIER = frozenset(
    {P.ENTRY_FILE, P.ENTRY_VIEW_OWN, P.MANIFEST_FILE, P.MANIFEST_VIEW_OWN, P.ARRIVAL_TELL, P.SEND_MESSAGE, P.READ_FEED}
    | {P.COMMENT_CHARGE}
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.TRADER: _FILING,
    Role.BROKER: _FILING,
    Role.OPERATOR: _FILING | {P.FILE_LOW_VALUE},
    Role.CARRIER: _CARRIER,
    Role.TERMINAL: frozenset({P.ARRIVAL_TELL, P.SEND_MESSAGE, P.READ_FEED, P.MANAGE_WEBHOOKS, P.COMMENT_CHARGE}),
    Role.DEVICE: frozenset({P.TELL_EVENT, P.SEND_FILE}),
    Role.OFFICER: _OFFICER,
    Role.SUPERVISOR: _OFFICER
    | {P.APPROVE_REPAYMENT, P.MANAGE_DEFERMENT}
    | {P.VIEW_LEDGER}
    | {
        P.DECIDE_PENALTY,
        P.LOWER_LANE,
        P.VIEW_LATE,
        P.CREDIT_ACCOUNT,
        P.VIEW_PROPOSAL,
        P.DECIDE_PROPOSAL,
        P.SIMULATE_RISK,
    }
    | {P.MANAGE_DEVICES, P.MANAGE_QUOTA, P.MANAGE_TARIFF, P.DRAFT_CHARGE, P.PUBLISH_CHARGE},
    Role.RISK_ANALYST: frozenset(
        {
            P.VIEW_ANY_DECLARATION,
            P.SEARCH_DECLARATION,
            P.VIEW_RISK,
            P.SCREEN_PARTIES,
            P.EDIT_RISK,
            P.SIMULATE_RISK,
            P.VIEW_PROPOSAL,
            P.DECIDE_PROPOSAL,
            P.VIEW_DESK,
            P.VIEW_CARGO,
            P.MANIFEST_VIEW_OWN,
            P.MAKE_QUOTE,
            P.COMMENT_CHARGE,
        }
    ),
    Role.AGENCY_OFFICER: frozenset(
        {
            P.VIEW_AGENCY_HOLD,
            P.ASK_ELEMENT,
            P.DECIDE_AGENCY_HOLD,
            P.MANAGE_PERMIT,
            P.MAKE_QUOTE,
            P.DRAFT_CHARGE,
            P.COMMENT_CHARGE,
        }
        | {P.RECORD_CONTINGENCY, P.SEND_CERTIFICATE}
    ),
    Role.AUDITOR: frozenset(
        {
            P.VIEW_REVENUE,
            P.VIEW_PENALTY,
            P.VIEW_ANY_DECLARATION,
            P.SEARCH_DECLARATION,
            P.VIEW_RISK,
            P.VIEW_LATE,
            P.VIEW_AUDIT,
            P.VIEW_LEDGER,
            P.VIEW_PROPOSAL,
            P.VIEW_DESK,
            P.VIEW_CARGO,
            P.MANIFEST_VIEW_OWN,
            P.COMMENT_CHARGE,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {P.MANAGE_REFERENCE, P.MANAGE_USERS, P.MANAGE_DEVICES, P.MANAGE_TARIFF, P.VIEW_AUDIT}
    ),
}

SIGNED_ACTS = frozenset(
    {P.LODGE_DECLARATION, P.FILE_LOW_VALUE, P.PRESENT_GOODS, P.ENTRY_FILE, P.MANIFEST_FILE, P.ARRIVAL_TELL}
)
"""What software of an organisation that demands signatures does by signed messages only."""

SCOPE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    "declarations": frozenset(
        {
            P.DRAFT_DECLARATION,
            P.LODGE_DECLARATION,
            P.FILE_LOW_VALUE,
            P.VIEW_OWN_DECLARATION,
            P.PRESENT_GOODS,
            P.SEND_MESSAGE,
            P.SEND_FILE,
            P.VIEW_PERMIT,
            P.DISCLOSE_ERROR,
            P.VIEW_PENALTY,
            P.APPLY_PERMIT,
        }
    ),
    "certificates": frozenset({P.SEND_CERTIFICATE, P.SEND_MESSAGE}),
    "entries": frozenset({P.ENTRY_FILE, P.ENTRY_VIEW_OWN, P.SEND_MESSAGE}),
    "manifests": frozenset({P.MANIFEST_FILE, P.MANIFEST_VIEW_OWN, P.SEND_MESSAGE}),
    "arrivals": frozenset({P.ARRIVAL_TELL, P.SEND_MESSAGE}),
    "devices": frozenset({P.TELL_EVENT, P.SEND_FILE}),
    "requests": frozenset({P.ASK_ELEMENT}),
    "quotes": frozenset({P.MAKE_QUOTE}),
    "claims": frozenset({P.CLAIM_REPAYMENT, P.VIEW_ACCOUNT, P.VIEW_OWN_DECLARATION}),
    "account": frozenset({P.VIEW_ACCOUNT}),
    "guarantees": frozenset({P.VIEW_GUARANTEE, P.USE_GUARANTEE}),
    "payments": frozenset({P.VIEW_ACCOUNT, P.PAY}),
    "feed": frozenset({P.READ_FEED}),
    "webhooks": frozenset({P.MANAGE_WEBHOOKS}),
}
"""What a token may do: its scopes' permissions, and never more than the roles of its organisation allow."""

SCOPE_SENTENCES: dict[str, str] = {
    "entries": "Lodge and amend entry summary declarations and answer questions about them",
    "declarations": "Lodge declarations, present goods and read what was lodged",
    "certificates": "Bring in certificates of other countries, as a body of the border",
    "manifests": "File manifests and read what of them is declared",
    "arrivals": "Tell what has arrived and left",
    "devices": "Tell what gate cameras, scales, seal readers and scanners saw, and send their pictures",
    "requests": "Ask for documents and data elements, as a body of the border",
    "quotes": "Ask what goods would cost",
    "claims": "Claim repayment, remission and drawback, and read deferments and their statements",
    "account": "Read the prepaid account",
    "guarantees": "Read guarantees and what was drawn on them, and check access codes",
    "payments": "Put together what is owed, pay it, and read what became of it",
    "feed": "Read the event feed of the organisation",
    "webhooks": "Manage webhook endpoints and send events again",
}
