"""The catalogue of every event: a name in the past tense and a sentence each (docs/audit-events.md is made from it)."""

from enum import StrEnum


class Verb(StrEnum):
    """What was done."""

    sentence: str

    def __new__(cls, value: str, sentence: str) -> "Verb":
        verb = str.__new__(cls, value)
        verb._value_ = value
        verb.sentence = sentence
        return verb

    MANDATE_GRANTED = "mandate.granted", "A principal gave an agent a power of attorney."
    MANDATE_REVOKED = "mandate.revoked", "A principal withdrew a power of attorney."
    CERTIFICATE_REGISTERED = (
        "certificate.registered",
        "A certificate that signs an organisation's messages was registered.",
    )
    CERTIFICATE_REVOKED = "certificate.revoked", "A certificate that signed an organisation's messages was revoked."
    SIGNATURES_SET = "signatures.set", "It was set whether an organisation's XML messages must be signed."
    MEMBERSHIP_ENDED = "membership.ended", "A person's role in an organisation ended."
    API_CLIENT_REGISTERED = "api_client.registered", "Third-party software was registered or given a new secret."
    SIGNED_IN = "session.signed_in", "A person signed in."
    SIGNED_OUT = "session.signed_out", "A person signed out."
    REQUEST_DENIED = "request.denied", "Someone was refused what they are not allowed to do."
    INTERCHANGE_TAKEN = "interchange.taken", "An interchange of messages was taken, and its reference used up."
    INTERCHANGE_REFUSED = (
        "interchange.refused",
        "An interchange bore the name of another sender, or a reference used before for other content.",
    )
    REFERENCE_LOADED = "reference.loaded", "Reference data of a version was loaded."
    MODEL_REGISTERED = "model.registered", "A trained model was registered; that alone does not use it."
    JOB_DIED = "job.died", "A job failed too often and waits for an operator."
    WEBHOOK_REGISTERED = "webhook.registered", "An address was registered for the events of an organisation."
    WEBHOOK_CHANGED = "webhook.changed", "A webhook endpoint was changed, verified, paused, resumed or disabled."
    WEBHOOK_SECRET_CHANGED = "webhook.secret_changed", "A webhook endpoint was given a new signing secret."
    WEBHOOK_REPLAYED = "webhook.replayed", "Events were sent to a webhook endpoint again."

    DECLARATION_DRAFTED = "declaration.drafted", "A draft was begun."
    DECLARATION_SUBMITTED = "declaration.submitted", "A declaration was submitted."
    DECLARATION_REGISTERED = "declaration.registered", "It passed validation and was given its MRN."
    DECLARATION_ACCEPTED = "declaration.accepted", "It was accepted: legal effect, rates of this instant apply."
    DECLARATION_RELEASED = "declaration.released", "The goods were released."
    DECLARATION_CLEARED = "declaration.cleared", "The debt is final and paid or secured."
    DECLARATION_REFUSED = "declaration.refused", "Release was refused."
    DECLARATION_EXPIRED = "declaration.expired", "The goods were not presented in time."
    DECLARATION_INVALIDATED = "declaration.invalidated", "It was invalidated."
    DECLARATION_AMENDED = "declaration.amended", "New content took force: the declaration has a new version."
    CHANGE_REQUESTED = "change.requested", "A change or the invalidation of a declaration was asked for."
    CHANGE_GRANTED = "change.granted", "The change was granted."
    CHANGE_DENIED = "change.denied", "The change was denied."
    CHANGE_WITHDRAWN = "change.withdrawn", "Who asked for the change took the request back."
    CHANGE_DISCLOSED = "change.disclosed", "The change came after a check was announced: refused and kept as disclosed."
    SUPPLEMENTARY_OWED = "supplementary.owed", "Goods were released on a simplified declaration; the full one is owed."
    SUPPLEMENTARY_REMINDED = "supplementary.reminded", "The trader was reminded of the full declaration."
    SUPPLEMENTARY_OVERDUE = "supplementary.overdue", "The day of the full declaration passed without it."
    SUPPLEMENTARY_COMPLETED = "supplementary.completed", "The full declaration is in and its debt is settled."
    SUPPLEMENTARY_DEBT_FIXED = "supplementary.debt_fixed", "The debt was fixed on what is known."
    SUPPLEMENTARY_LIFTED = "supplementary.lifted", "The full declaration is not owed any more."
    GOODS_PRESENTED = "goods.presented", "The goods were presented to customs."

    BULK_RECEIVED = "bulk.received", "A file of consignments of low value was taken in."
    BULK_DONE = "bulk.done", "Every line of a file of low value was lodged or refused."

    ASSESSMENT_MADE = "assessment.made", "Duty, taxes and charges were assessed."
    ASSESSMENT_AWAITED = "assessment.awaited", "The assessment waits for a rate, a value or a quantity that is missing."
    QUOTE_SIGNED = "quote.signed", "A quote was signed for an organisation."
    TARIFF_LOADED = "tariff.loaded", "A version of the tariff and of the schedule of charges was loaded."
    RULING_REGISTERED = "ruling.registered", "An advance ruling was registered; a second person is asked."
    RULING_ISSUED = "ruling.issued", "An advance ruling binds, agreed to by a second person."
    RULING_DECLINED = "ruling.declined", "An advance ruling was not agreed to."
    FISCAL_STATE_CHANGED = "fiscal.changed", "The state of payment changed."
    ACCOUNT_CREDITED = "account.credited", "Money was booked on a prepaid account."
    ACCOUNT_DEBITED = "account.debited", "Duty, taxes and charges were taken from a prepaid account."
    DEBT_ADJUSTED = "debt.adjusted", "A change of the declaration changed what is owed; the difference moved at once."
    DEMAND_MADE = "demand.made", "Money was asked for beside the debt of a declaration: a fee, interest, a penalty."
    DEMAND_PAID = "demand.paid", "What was asked for was paid to its authority."
    DEMAND_CANCELLED = "demand.cancelled", "What was asked for was wrong or fell away, and is not asked for any more."
    DEMAND_REMITTED = "demand.remitted", "What was asked for was waived by a decision."
    ERROR_DISCLOSED = "disclosure.filed", "A party disclosed an error of its own."
    DISCLOSURE_SETTLED = "disclosure.settled", "Customs told what follows from a disclosure."
    PENALTY_NOTIFIED = "penalty.notified", "A person was told what breach is held against them."
    PENALTY_ANSWERED = "penalty.answered", "The person answered to what is held against them."
    PENALTY_ISSUED = "penalty.issued", "A penalty was decided and is owed."
    PENALTY_DROPPED = "penalty.dropped", "A penalty is not pursued."
    PENALTY_PAID = "penalty.paid", "A penalty was paid."
    PENALTY_CANCELLED = "penalty.cancelled", "A penalty that was decided was taken back."

    RISK_ASSESSED = "risk.assessed", "The declaration was scored and given a lane."
    PROPOSAL_MADE = "proposal.made", "Something was put before a second person, to go live."
    PROPOSAL_GRANTED = "proposal.granted", "A second person agreed, and it took effect."
    PROPOSAL_REFUSED = "proposal.refused", "A second person did not agree."
    PROPOSAL_WITHDRAWN = "proposal.withdrawn", "A proposal was taken back, or newer content took its place."
    PROFILE_WRITTEN = "risk.profile_written", "A risk profile was written or edited."
    PROFILE_SIMULATED = "risk.profile_simulated", "A risk profile was tried on the past in exactly this form."
    PROFILE_PROPOSED = "risk.profile_proposed", "A risk profile was put before a second person."
    PROFILE_RETURNED = "risk.profile_returned", "A proposed profile was refused or taken back; it is a draft again."
    PROFILE_LIVE = "risk.profile_live", "A risk profile went live, agreed to by a second person."
    PROFILE_END_NEAR = "risk.profile_end_near", "The days of a risk profile are nearly over."
    PROFILE_EXPIRED = "risk.profile_expired", "The days of a risk profile were over; it does not count any more."
    PROFILE_ENDED = "risk.profile_ended", "A risk profile was ended, replaced or given up."
    RULE_SET_COMMITTED = "risk.rule_set_committed", "The hash of a rule set was recorded before it took effect."
    RULE_SET_IN_FORCE = "risk.rule_set_in_force", "A committed rule set took effect; who agreed is named."
    MODEL_SILENT = "risk.model_silent", "The model in force could not be asked; declarations are scored without it."
    SIMULATION_STARTED = "risk.simulation_started", "A period of the past is replayed with a change of the rule set."
    SIMULATION_DONE = "risk.simulation_done", "A replay is done; its figures are kept with their digest."
    SIMULATION_STOPPED = "risk.simulation_stopped", "Somebody stopped a replay."
    SIMULATION_FAILED = "risk.simulation_failed", "A replay could not go on."
    OUTCOME_RECORDED = "risk.outcome_recorded", "What a check found was taken into hit rates, histories and learning."
    PROFILE_RETIREMENT = "risk.retirement_proposed", "A profile found too little for too long; its end is suggested."
    DRIFT_FOUND = "risk.drift_found", "Inputs or scores lie far from what they were; the desk is alerted."
    ALERT_LIST_CHANGED = "risk.alert_list_changed", "An entry of the alert list was added or ended."

    HOLD_OPENED = "hold.opened", "An agency holds the goods, with a reason and a deadline."
    HOLD_DECIDED = "hold.decided", "The agency decided its hold."
    PERMIT_ISSUED = "permit.issued", "A permit was issued."
    PERMIT_RESERVED = "permit.reserved", "A quantity of a permit was set aside for a declaration."
    PERMIT_CONSUMED = "permit.consumed", "The quantity was used up at release."
    PERMIT_FREED = "permit.freed", "The quantity was given back."
    PERMIT_CHANGED = "permit.changed", "A permit was suspended, reinstated, revoked, expired or written off by hand."

    # Permits: applications, certificates of other countries, disclaimers.
    PERMIT_RECREDITED = "permit.recredited", "A used quantity was given back after clearance, or an entry was reversed."
    LPCO_APPLIED = "lpco.applied", "A trader applied for permits; each agency has its part."
    LPCO_STEP = "lpco.step", "A part of an application took a step: review, query, answer, issue, refusal, withdrawal."
    LPCO_LATE = "lpco.late", "Three quarters or all of an agency's time for a part of an application has passed."
    CONTINGENCY_RECORDED = "contingency.recorded", "A permit was entered by hand, for its agency could not be asked."
    CONTINGENCY_SETTLED = "contingency.settled", "An entry by hand was matched with the permit, or rejected."
    CERTIFICATE_RECEIVED = (
        "foreign_certificate.received",
        "A certificate of another country came in, was replaced or withdrawn.",
    )
    CERTIFICATE_MATCHED = "foreign_certificate.matched", "A certificate was matched to a declaration that names it."
    CERTIFICATE_FLAGGED = "foreign_certificate.flagged", "A declaration names a certificate that cannot be relied on."
    DISCLAIMER_USED = (
        "disclaimer.used",
        "A trader declared by code that no permit is needed; whether it is checked is told.",
    )
    DISCLAIMER_CHECKED = "disclaimer.checked", "An agency checked a disclaimer: it holds, or it is false."

    CASE_OPENED = "case.opened", "The declaration needs a decision of an officer."
    CASE_CLAIMED = "case.claimed", "An officer took the case."
    CASE_GIVEN_BACK = "case.given_back", "An officer gave the case back."
    CONTROL_CHANGED = "control.changed", "The control of the goods took a step."
    LANE_CHANGED = "lane.changed", "The lane was changed by an officer."
    QUERY_SENT = "query.sent", "An officer asked the declarant a question."
    QUERY_ANSWERED = "query.answered", "The declarant answered."
    DOCUMENT_STORED = "document.stored", "A document was kept; its digest is told as a salted commitment."
    DOCUMENT_REFUSED = "document.refused", "A file was refused and forgotten; only its digest stays."
    DOCUMENT_LINKED = "document.linked", "A document was bound to what it proves."
    DOCUMENT_READ = "document.read", "An official read a document."
    DOCUMENT_TAMPERED = "document.tampered", "A kept file was exchanged or damaged: it does not open."
    FILE_KEY_ROTATED = "file_key.rotated", "The keys of kept files were wrapped under a new key."
    ELEMENT_ASKED = "element.asked", "A body asked for a document or a data element that is not here."
    ELEMENT_ASK_REFUSED = "element.ask_refused", "A body asked for what is here already or is not asked for."
    ORIGINAL_ANSWERED = "original.answered", "The body that holds an original answered who asked for it."
    QUERY_LAPSED = "query.lapsed", "A query was not answered by its deadline; what was announced follows."
    SCREENING_LIST_LOADED = (
        "screening.list_loaded",
        "A version of a list of sanctioned parties was loaded and proposed.",
    )
    SCREENING_LIST_LIVE = "screening.list_live", "A version of a list went live: names are held against it."
    SCREENING_LIST_SUPERSEDED = "screening.list_superseded", "A later version of a list took the place of this one."
    MATCH_DECIDED = "screening.match_decided", "An officer confirmed or dismissed that a party is a listed one."
    INSPECTION_RECORDED = "inspection.recorded", "The outcome of a check was recorded."
    ALERT_RAISED = "alert.raised", "Goods were not released in time; the holder was warned."

    ENTRY_LODGED = "entry.lodged", "An entry summary declaration passed every check and got its MRN."
    ENTRY_AMENDED = "entry.amended", "An entry summary declaration was given a new version."
    ENTRY_ASSESSED = (
        "entry.assessed",
        "The assessment of an entry summary declaration is complete: the goods may be loaded.",
    )
    ENTRY_INFORMATION_REQUESTED = (
        "entry.information_requested",
        "Something was asked about an entry summary declaration, with a deadline.",
    )
    ENTRY_INFORMATION_GIVEN = "entry.information_given", "The filer of an entry summary declaration answered."
    ENTRY_ALERT_RAISED = (
        "entry.alert_raised",
        "The targeting desk was warned: the assessment proposes not to load the goods.",
    )
    ENTRY_ALERT_ACKNOWLEDGED = "entry.alert_acknowledged", "An officer of the targeting desk took note of the warning."
    ENTRY_LOADING_FORBIDDEN = "entry.loading_forbidden", "An officer decided that the goods may not be loaded."
    ENTRY_ENDED = "entry.ended", "The time of an entry summary declaration is over."

    MANIFEST_FILED = "manifest.filed", "A carrier or forwarder filed a manifest."
    MANIFEST_AMENDED = "manifest.amended", "A manifest was given a new version."
    MANIFEST_CANCELLED = "manifest.cancelled", "A manifest was taken back before arrival."
    MANIFEST_ARRIVED = "manifest.arrived", "The conveyance of a manifest has arrived."
    MANIFEST_DEPARTED = "manifest.departed", "The conveyance of a manifest has left."
    CARGO_ARRIVED = "cargo.arrived", "Goods, a container or a conveyance were told to have arrived."
    CARGO_DEPARTED = "cargo.departed", "They were told to have left."
    CARGO_EXPECTED = "cargo.expected", "Their arrival was announced."
    CARGO_MATCHED = "cargo.matched", "A port told whether its inventory knows a declaration."
    DEVICE_REGISTERED = "device.registered", "A camera, scale, seal reader or scanner was registered."
    DEVICE_CHANGED = "device.changed", "A device was calibrated anew or taken out of use."
    EVENT_CAPTURED = "event.captured", "A device told what it saw."
    DIFFERENCE_FOUND = "difference.found", "What is declared differs from a manifest or from what a device saw."
    DIFFERENCE_GONE = "difference.gone", "A difference is not found any more; its hold stays until an officer decides."
    WARNING_RAISED = "warning.raised", "The targeting desk was warned of goods on their way, or of goods that left."
    WARNING_ACKNOWLEDGED = "warning.acknowledged", "An officer took note of a warning."
    WARNING_ESCALATED = "warning.escalated", "Nobody took note of a warning in time; the supervisors were told."
    WARNING_LIFTED = "warning.lifted", "A warning is over; whoever holds the goods was told."
    CARGO_CONSOLIDATED = "cargo.consolidated", "A consignment joined or left a consolidation, or one was shut."
    CARGO_WRITTEN_OFF = "cargo.written_off", "A declaration's goods were written off from its bills."
    CARGO_SHORT = "cargo.short", "A declaration asks for more than its bills have left."
    CARGO_RETURNED = "cargo.returned", "What a declaration wrote off was given back."
    GOODS_REMOVED = "goods.removed", "Released goods were taken away."
    GOODS_EXITED = "goods.exited", "Released goods left the country."

    # Payments: baskets, providers, bank files, suspense, payouts.
    BASKET_MADE = "basket.made", "A trader put together what is to be paid."
    BASKET_SENT = "basket.sent", "A basket was taken to a provider or to the bank: it does not change any more."
    BASKET_PAID = "basket.paid", "A basket was paid in full."
    BASKET_PARTLY_PAID = "basket.partly_paid", "A part of what a basket asks for came in."
    BASKET_HELD = "basket.held", "Money came in that does not fit the basket: an officer looks at it."
    BASKET_ENDED = "basket.ended", "A basket was cancelled, failed or ran out of time; nothing was taken."
    PAYMENT_BEGUN = "payment.begun", "A payment was begun with a provider."
    PAYMENT_TOLD = "payment.told", "A provider told what became of a payment."
    PAYMENT_FORGED = "payment.forged", "Somebody pretended to be a payment provider; nothing was done."
    STATEMENT_LOADED = "statement.loaded", "A statement of the bank was loaded and its entries were booked."
    SUSPENSE_HELD = "suspense.held", "Money came in that nobody could place; it is kept in suspense."
    SUSPENSE_CLEARED = "suspense.cleared", "An officer said whose money it is that was kept in suspense."
    SUSPENSE_RETURNED = "suspense.returned", "Money kept in suspense was ordered back to where it came from."
    BANK_ACCOUNT_NAMED = "bank_account.named", "A trader named the bank account for what is paid back."
    PAYOUT_ORDERED = "payout.ordered", "Money was ordered to be paid out."
    PAYOUT_FILED = "payout.filed", "A payment order went into the one file that takes it to the bank."
    PAYOUT_CONFIRMED = "payout.confirmed", "The bank has paid an order out."
    PAYOUT_BOUNCED = "payout.bounced", "The bank could not pay an order out; the money is back."

    # Fee schedule: drafts, comments, publication.
    CHARGE_DRAFTED = "charge.drafted", "An authority drafted a fee or charge, or changed its draft."
    CHARGE_OPENED = "charge.opened", "A draft charge was put out for comment."
    CHARGE_COMMENTED = "charge.commented", "Somebody commented on a draft charge."
    CHARGE_ANSWERED = "charge.answered", "The authority answered a comment, or said why it needs no answer."
    CHARGE_COMMENTS_CLOSED = "charge.comments_closed", "The time for comments on a draft charge is over."
    CHARGE_PUBLISHED = "charge.published", "A second person agreed and a charge was published, before it is in force."
    CHARGE_WITHDRAWN = "charge.withdrawn", "An authority withdrew a draft charge."

    # Guarantees and disputes.
    GUARANTEE_REGISTERED = (
        "guarantee.registered",
        "A guarantee was applied for or registered; it waits for a second person.",
    )
    GUARANTEE_CHANGED = (
        "guarantee.changed",
        "A guarantee was granted, refused, suspended, ended or given another limit.",
    )
    GUARANTEE_CODE_CHANGED = "guarantee.code_changed", "An access code was set, changed or ended."
    GUARANTEE_CODE_WRONG = "guarantee.code_wrong", "A wrong access code was given."
    GUARANTEE_CITED = "guarantee.cited", "A declaration named a guarantee and proved that it may."
    GUARANTEE_RESERVED = "guarantee.reserved", "An amount was set aside on a guarantee."
    GUARANTEE_FREED = "guarantee.freed", "What was set aside on a guarantee is not needed any more."
    GUARANTEE_CONVERTED = "guarantee.converted", "What was set aside on a guarantee was taken as the debt."
    GUARANTEE_REPLENISHED = "guarantee.replenished", "What was taken of a guarantee was paid: it can be drawn on again."
    GUARANTEE_REFUSED = "guarantee.refused", "A guarantee could not secure a declaration; nothing was released."
    GUARANTEE_LOW = "guarantee.low", "Nine tenths of a guarantee are used, or more."
    DISPUTE_OPENED = (
        "dispute.opened",
        "Value, origin or classification is disputed; release against security is offered.",
    )
    DISPUTE_ACCEPTED = "dispute.accepted", "The trader gave security for the disputed part."
    DISPUTE_SETTLED = "dispute.settled", "A dispute is over; what it secured was freed or taken."

    # Revenue: deferment, statements, determination, repayment and drawback.
    DEFERMENT_PROPOSED = "deferment.proposed", "It was proposed that an organisation may pay later."
    DEFERMENT_GRANTED = "deferment.granted", "A second person agreed: the organisation may pay later, up to the limit."
    DEFERMENT_DECLINED = "deferment.declined", "A proposed deferment was not agreed to."
    DEFERMENT_SUSPENDED = "deferment.suspended", "A deferment was suspended: nothing more is deferred under it."
    DEFERMENT_RESUMED = "deferment.resumed", "A suspended deferment is in force again."
    DEFERMENT_ENDED = "deferment.ended", "A deferment ended; what is open under it is still owed."
    DEFERMENT_SHORT = "deferment.short", "A deferment did not bear a debt, and the payer was told why."
    DEBT_DEFERRED = "debt.deferred", "A debt was deferred at release; it stands on the statement of its month."
    DEFERRED_CHANGED = (
        "debt.deferred_changed",
        "A deferred debt changed with its declaration, and its statement with it.",
    )
    MONTH_CLOSED = "month.closed", "The statement of a month closed; its holder was told the sum and the day it is due."
    MONTH_PAID = "month.paid", "The statement of a month was paid as one sum; its debts are final."
    MONTH_OVERDUE = "month.overdue", "The statement of a month was not paid by its day; interest runs."
    DEBT_DETERMINED = (
        "debt.determined",
        "A provisional debt was determined for good, with its interest and its security.",
    )
    CLAIM_FILED = "claim.filed", "Repayment, remission or drawback was claimed."
    CLAIM_ACCEPTED = "claim.accepted", "A claim is complete and is looked at."
    CLAIM_VERIFIED = "claim.verified", "An officer verified what a claim says and proposed an amount."
    CLAIM_APPROVED = "claim.approved", "A second officer approved a claim."
    CLAIM_PAID = "claim.paid", "What was claimed was given back or waived."
    CLAIM_REFUSED = "claim.refused", "A claim was refused; what it held is free again."
    CLAIM_WITHDRAWN = "claim.withdrawn", "Who filed a claim took it back."
    CLAIM_FOLLOWED = "claim.followed", "A declaration was changed; what a claim on it asks for was worked out anew."
    CLAIM_LAPSED = "claim.lapsed", "A claim ended: a change of the declaration gave back what it asked for."
    YIELD_SET = "yield.set", "The yields of an authorisation were set; earlier ones stay as they were."

    # Tariff data: changes on their way to a second person.
    TARIFF_CHANGE_READ = "tariff_change.read", "A change of the tariff was read and compared with what stands."
    TARIFF_CHANGE_PROPOSED = "tariff_change.proposed", "A change of the tariff was put before a second person."
    TARIFF_CHANGE_LIVE = "tariff_change.live", "A second person agreed: a version of the tariff rests on the change."
    TARIFF_CHANGE_DECLINED = "tariff_change.declined", "A change of the tariff was not wanted, or was taken back."

    # Quotas: claims, settlement of days, returns, changes by two people.
    QUOTA_LOADED = "quota.loaded", "The quotas of a period were loaded."
    QUOTA_CLAIMED = "quota.claimed", "A declaration claimed a quantity of a quota."
    QUOTA_REFUSED = "quota.refused", "A declaration named a quota and could not claim it."
    QUOTA_ALLOCATED = "quota.allocated", "A day of a quota was settled: its claims got what was left, or their part."
    QUOTA_RETURNED = "quota.returned", "What a declaration had of a quota came back."
    QUOTA_STATE_CHANGED = "quota.state_changed", "A quota was opened, became critical, exhausted, blocked or closed."
    QUOTA_CHANGE_PROPOSED = "quota.change_proposed", "A change of a quota was put before a second person."
    QUOTA_CHANGED = "quota.changed", "A change of a quota that two people agreed to took effect."
    QUOTA_SETTLED = "quota.settled", "The money of a declaration was settled after its quota was allocated."
