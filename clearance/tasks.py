"""Celery tasks of clearance; thin: ids in, one service call each."""

from celery import shared_task

from clearance.services import case_close_ended, clearance_alert, declaration_decide
from clearance.services.desk import query_lapse
from clearance.services.disputes.settling import dispute_final
from clearance.services.matching.reacting import declaration_match, event_told, manifest_told
from clearance.services.money import debts_final, releases_after_credit
from clearance.services.quotas import quota_settle
from clearance.services.rematching import matches_rescore
from clearance.services.rescoring import declaration_rescore, lists_rescreen
from clearance.services.two_step import supplementary_deadline
from clearance.services.warnings import warning_escalate
from singlewindow.jobs.services import jobs_run


@shared_task(name="clearance.decide")
def decide(job_ids: list[int]) -> None:
    """Assess, score and decide; safe to run twice."""
    jobs_run(job_ids, declaration_decide)


@shared_task(name="clearance.clock")
def clock(job_ids: list[int]) -> None:
    """Raise the alert of a deadline that has come."""
    jobs_run(job_ids, clearance_alert)


@shared_task(name="clearance.money")
def money(job_ids: list[int]) -> None:
    """Look again at what an organisation's money was missing for."""
    jobs_run(job_ids, releases_after_credit)


@shared_task(name="clearance.debts_final")
def finals(job_ids: list[int]) -> None:
    """Clear declarations whose debt has become final."""
    jobs_run(job_ids, debts_final)


@shared_task(name="clearance.close")
def close(job_ids: list[int]) -> None:
    """Close the case of a declaration that ended without release."""
    jobs_run(job_ids, case_close_ended)


@shared_task(name="clearance.two_step")
def two_step(job_ids: list[int]) -> None:
    """Remind of a full declaration, let it fall due, fix its debt."""
    jobs_run(job_ids, supplementary_deadline)


@shared_task(name="clearance.lapse")
def lapse(job_ids: list[int]) -> None:
    """Note that a query was not answered by its deadline."""
    jobs_run(job_ids, query_lapse)


@shared_task(name="clearance.match")
def match(job_ids: list[int]) -> None:
    """Compare declarations with manifests and captured events."""
    jobs_run(job_ids, declaration_match)


@shared_task(name="clearance.event_told")
def event_met(job_ids: list[int]) -> None:
    """Find the declarations that a captured event may be about."""
    jobs_run(job_ids, event_told)


@shared_task(name="clearance.manifest_told")
def manifest_met(job_ids: list[int]) -> None:
    """Find the declarations that a manifest is about."""
    jobs_run(job_ids, manifest_told)


@shared_task(name="clearance.warning_due")
def warning_due(job_ids: list[int]) -> None:
    """Tell the supervisors of a warning that nobody took note of."""
    jobs_run(job_ids, warning_escalate)


@shared_task(name="clearance.rescreen")
def rescreen(job_ids: list[int]) -> None:
    """Hold open declarations against new lists, a page a job."""
    jobs_run(job_ids, lists_rescreen)


@shared_task(name="clearance.rescore")
def rescore(job_ids: list[int]) -> None:
    """Score open declarations again on what is known now."""
    jobs_run(job_ids, declaration_rescore)


@shared_task(name="clearance.rematch")
def rematch(job_ids: list[int]) -> None:
    """Run jobs that score again what a decision on a possible match bears on."""
    jobs_run(job_ids, matches_rescore)


@shared_task(name="clearance.quota_settle")
def quota_settled(job_ids: list[int]) -> None:
    """Let the money of declarations follow what their quotas granted."""
    jobs_run(job_ids, quota_settle)


@shared_task(name="clearance.dispute_final")
def dispute_over(job_ids: list[int]) -> None:
    """End the dispute of a debt that was determined."""
    jobs_run(job_ids, dispute_final)
