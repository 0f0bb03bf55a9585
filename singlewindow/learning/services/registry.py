"""Take a model into the register. That alone changes nothing: which model scores is part of risk's rule set."""

from collections.abc import Mapping
from datetime import date

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.learning.models import ModelFile, ModelVersion
from singlewindow.learning.rules.bundle import CARD, DESCRIPTION, FIGURES, Files, object_read
from singlewindow.learning.rules.model import KIND, Model, model_read
from singlewindow.learning.selectors import model_view
from singlewindow.learning.types import FrameRefused, ModelView

VERSION_COLUMNS = (
    "hash", "name", "kind", "spec", "data_from", "data_to", "data_rows", "figures", "card", "registered_by",
    "registered_at",
)  # fmt: skip
NAME_LENGTH = 100


def model_register(work: Work, files: Files, *, actor: Actor) -> ModelView:
    """Keep the files of a model (`folder_read`) for ever, after every check that serving would make.

    Idempotent: the same files again change nothing and tell no event.

    Locks: the hash, so that two who register the same model at once make one of it.

    Raises:
        NotPermitted: the actor may not change what risk is made of.
        FrameRefused: LM-FILES, the files are no model.
    """
    actor.require(Permission.EDIT_RISK)
    model = model_read(files)
    work.fetch("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"model {model.hash}"])
    if not ModelVersion.objects.filter(pk=model.hash).exists():
        _write(work, model, files, actor)
        work.flush()
    return model_view(model.hash)


def _write(work: Work, model: Model, files: Files, actor: Actor) -> None:
    first, last = _period(model)
    about = object_read(files[DESCRIPTION], DESCRIPTION)
    rows = _rows(about)
    name = (model.name or model.spec.name)[:NAME_LENGTH]
    figures, card = object_read(files[FIGURES], FIGURES), _text(files[CARD])
    version = (
        model.hash, name, KIND, model.spec.name, first, last, rows, figures, card, actor.label, clock.now(),
    )  # fmt: skip
    work.insert(ModelVersion, VERSION_COLUMNS, [version])
    work.flush()  # the rows of the files point to it
    work.insert(
        ModelFile, ("model_id", "name", "content"), [(model.hash, file, body) for file, body in sorted(files.items())]
    )
    event_record(
        work,
        actor=actor,
        verb=Verb.MODEL_REGISTERED,
        subject_type="model",
        subject_id=model.hash,
        data={"name": name, "spec": model.spec.name, "rows": rows, "from": first.isoformat(), "to": last.isoformat()},
        after=model.hash,
    )


def _period(model: Model) -> tuple[date, date]:
    if model.period is None or model.period[0] > model.period[1]:
        raise FrameRefused("The model does not tell of which period its data are.")
    return model.period


def _rows(about: Mapping[str, JsonValue]) -> int:
    data = about.get("data")
    rows = data.get("rows") if isinstance(data, Mapping) else None
    if not isinstance(rows, int) or not 1 <= rows < 2**40:
        raise FrameRefused("The model does not tell how many rows it learned from.")
    return rows


def _text(content: bytes) -> str:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise FrameRefused("The card of the model is no UTF-8 text.") from error
    if "\x00" in text:
        raise FrameRefused("The card of the model holds a character that no text has.")
    return text
