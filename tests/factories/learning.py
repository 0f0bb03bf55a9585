"""Made item rows whose fraud depends on what a model can see, and models trained on them."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

import numpy as np

from singlewindow.learning.rules.bundle import MANIFEST, manifest_of
from singlewindow.learning.rules.labelled import COLUMNS
from singlewindow.learning.rules.specs import RISK_DATA
from singlewindow.learning.services import Trained, model_train
from singlewindow.learning.types import LabelledFrame, frame_of

FIRST_DAY = date(2025, 1, 1).toordinal()

HEADING = (
    "Declaration ID,Date,Office ID,Process Type,Import Type,Import Use,Payment Type,Mode of Transport,Declarant ID,"
    "Importer ID,Seller ID,Courier ID,HS6 Code,Country of Departure,Country of Origin,Tax Rate,Tax Type,"
    "Country of Origin Indicator,Net Mass,Item Price,Fraud,Critical Fraud"
)
_VALUES = "97061800,2025-01-01,30,B,11,21,11,10,ZZR1LT6,QLRUBN9,0VKY2BR,,040890,BE,BE,0.0,FEU1,G,108.0,372254.4,0,0"
ROW: Mapping[str, str] = dict(zip(HEADING.split(","), _VALUES.split(","), strict=True))


def csv_of(*changes: Mapping[str, str]) -> str:
    """A labelled file with a row for each change of the sample row."""
    return "\n".join([HEADING, *(",".join({**ROW, **change}.values()) for change in changes)]) + "\n"


def made_frame(rows: int = 1_500, days: int = 120, seed: int = 5) -> LabelledFrame:
    """Rows of thirty goods and six origins: some pairs of them are mostly fraud, and so are very low values per kg."""
    draw = np.random.default_rng(seed)
    goods, origin = draw.integers(0, 30, rows), draw.integers(0, 6, rows)
    mass = np.round(np.exp(draw.normal(4, 1, rows)), 1)
    per_kg = np.round(np.exp(draw.normal(2 + goods % 5, 0.4, rows)), 2)
    risky = (goods * 7 + origin) % 9 == 0
    low = per_kg < np.exp(1.4 + goods % 5)
    fraud = (draw.random(rows) < 0.03 + 0.8 * risky + 0.5 * low).astype(np.int64)
    critical = fraud * (draw.random(rows) < 0.3 * risky)
    return LabelledFrame(
        frame_of(
            sorted((FIRST_DAY + draw.integers(0, days, rows)).tolist()),
            texts={
                "hs6": [f"{100000 + 1111 * one}" for one in goods],
                "origin": [("CN", "VN", "IN", "TR", "KE", "BR")[one] for one in origin],
                "dispatch": [("CN", "SG", "AE", "TR", "KE", "BR")[one] for one in origin],
                "tax_type": ["A" if one % 2 else "C" for one in goods],
                "trader": [f"T{one}" for one in draw.integers(0, 40, rows)],
            },
            numbers={
                "tax_rate": (goods % 4 * 5.0).tolist(),
                "net_mass": mass.tolist(),
                "price": (per_kg * mass).tolist(),
            },
        ),
        fraud,
        critical.astype(np.int64),
    )


def made_outcomes(until: datetime) -> LabelledFrame:
    """Made rows in the place of what the window's own checks found."""
    del until
    return made_frame()


@lru_cache(maxsize=1)
def made_model() -> Trained:
    """A model trained on made rows, once for all tests."""
    return model_train(made_frame(), spec=RISK_DATA, name="made", resamples=20)


def resealed(files: Mapping[str, bytes], **changes: bytes | None) -> dict[str, bytes]:
    """The files of a model with some changed (by their name with `_` for `.` and `-`), and a manifest that agrees."""
    named = {name.replace(".", "_").replace("-", "_"): name for name in files}
    made = {name: content for name, content in files.items() if name != MANIFEST}
    for key, content in changes.items():
        if content is None:
            del made[named[key]]
        else:
            made[named[key]] = content
    return {**made, MANIFEST: manifest_of(made)}


def frame_csv(frame: LabelledFrame) -> str:
    """A frame as a labelled file; columns that it has not are empty."""
    changes = []
    for row in range(len(frame)):
        texts = {name: column[row] for name, column in frame.rows.texts.items()}
        numbers = {name: repr(float(column[row])) for name, column in frame.rows.numbers.items()}
        outcome = frame.fraud[row] + frame.critical[row]
        told = {**texts, **numbers, "day": date.fromordinal(int(frame.rows.day[row])).isoformat()}
        told |= {"fraud": str(frame.fraud[row]), "critical": str(outcome)}
        changes.append({title: told.get(canonical, "") for title, canonical in COLUMNS.items()})
    return csv_of(*changes)
