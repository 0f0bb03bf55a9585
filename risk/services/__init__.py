"""Acts of risk: score a declaration, remember what happened, load facts, change the rule set and the alert list."""

from risk.services.activation import rule_set_change, rule_set_ensure
from risk.services.alerts import alert_end_propose, alert_propose
from risk.services.assess import risk_assess, risk_assess_many
from risk.services.goods import goods_fold
from risk.services.history import history_forget, history_update
from risk.services.outcomes import outcome_record, rule_hits_count
from risk.services.proposals import rule_change_propose
from risk.services.tables import risk_load

__all__ = [
    "alert_end_propose",
    "alert_propose",
    "goods_fold",
    "history_forget",
    "history_update",
    "outcome_record",
    "risk_assess",
    "risk_assess_many",
    "risk_load",
    "rule_change_propose",
    "rule_hits_count",
    "rule_set_change",
    "rule_set_ensure",
]
