"""Reads of learning: registered models, a model ready to score, and its features in words."""

from singlewindow.learning.selectors.registry import model_view, models_registered
from singlewindow.learning.selectors.serving import model_load
from singlewindow.learning.selectors.words import FeatureWords, WordedPart, base_words, explanation_words, feature_words

__all__ = [
    "FeatureWords",
    "WordedPart",
    "base_words",
    "explanation_words",
    "feature_words",
    "model_load",
    "model_view",
    "models_registered",
]
