"""Acts of risk: score a declaration, remember what happened, load facts, change the alert list."""

from risk.services.assess import risk_assess, rule_set_commit
from risk.services.goods import goods_fold
from risk.services.history import history_forget, history_update
from risk.services.tables import alert_add, alert_end, risk_load

__all__ = [
    "alert_add",
    "alert_end",
    "goods_fold",
    "history_forget",
    "history_update",
    "risk_assess",
    "risk_load",
    "rule_set_commit",
]
