"""Acts of learning: train, judge, write and read a folder, register."""

from singlewindow.learning.services.card import figures_table
from singlewindow.learning.services.evaluation import Evaluation, evaluation_output, model_evaluate
from singlewindow.learning.services.folder import folder_read, folder_write
from singlewindow.learning.services.registry import model_register
from singlewindow.learning.services.training import Trained, model_train

__all__ = [
    "Evaluation",
    "Trained",
    "evaluation_output",
    "figures_table",
    "folder_read",
    "folder_write",
    "model_evaluate",
    "model_register",
    "model_train",
]
