"""Acts of learning: read labelled rows, train, judge, write and read a folder, register."""

from singlewindow.learning.rules.labelled import LabelledFile, labelled_read
from singlewindow.learning.rules.model import Model, model_read
from singlewindow.learning.rules.specs import PLATFORM, RISK_DATA, spec_for
from singlewindow.learning.services.card import figures_table
from singlewindow.learning.services.evaluation import Evaluation, evaluation_output, model_evaluate
from singlewindow.learning.services.folder import folder_read, folder_write
from singlewindow.learning.services.registry import model_register
from singlewindow.learning.services.training import Trained, model_train

__all__ = [
    "PLATFORM",
    "RISK_DATA",
    "Evaluation",
    "LabelledFile",
    "Model",
    "Trained",
    "evaluation_output",
    "figures_table",
    "folder_read",
    "folder_write",
    "labelled_read",
    "model_evaluate",
    "model_read",
    "model_register",
    "model_train",
    "spec_for",
]
