"""Many names: those of published lists where they are at hand, made ones, and what people make of a name."""

import random
from collections.abc import Sequence
from pathlib import Path

from anyascii import anyascii

from singlewindow.screening.reading import SourceFile, files_read
from singlewindow.screening.rules.names import name_forms

SYLLABLES = (
    "ba be bo da de di do ga go ha he ja ka ke ki ko la le li lo ma me mi mo na ne ni no pa pe po ra re ri ro sa se "
    "shi so ta te ti to va ve vi vo za ze zo an en in on ar er or al el mar tan kov sky vich"
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
TO_CYRILLIC = str.maketrans("abvgdezijklmnoprstufh", "абвгдезийклмнопрстуфх")
VARIANTS = ("as it is", "one letter", "two letters", "swapped", "a word missing", "Cyrillic")


def published(folder: Path) -> list[str]:
    """Every name of the lists in a folder of published files; none where there is no such folder."""
    files = [
        SourceFile(path.name, path.read_bytes()) for path in sorted(folder.glob("*.*")) if "pairs" not in path.name
    ]
    names = [name.name for one in files_read(files) for entry in one.entries for name in entry.names] if files else []
    return [name for name in names if name_forms(name)]


def many(listed: Sequence[str], count: int, seed: int = 1) -> list[str]:
    """The listed names and made ones, of listed words and of made ones, up to the count."""
    rng = random.Random(seed)
    names = list(listed[:count])
    words = [word for name in listed for word in name_forms(name)[0].words] or ["petrov", "trading"]
    made = ["".join(rng.choices(SYLLABLES.split(), k=rng.randint(2, 4))) for _ in range(12_000)]
    while len(names) < count:
        length = rng.choice((2, 2, 3, 3, 3, 4))
        names.append(" ".join(rng.choice(words) if rng.random() < 0.5 else rng.choice(made) for _ in range(length)))
    return names


def strangers(count: int, seed: int = 2) -> list[str]:
    """Names that nobody listed has."""
    rng = random.Random(seed)
    made = ["".join(rng.choices(SYLLABLES.split(), k=rng.randint(2, 4))) for _ in range(5_000)]
    return [" ".join(rng.choices(made, k=3)) for _ in range(count)]


def variant(name: str, kind: str, rng: random.Random) -> str:
    """What somebody who means the name may write."""
    if kind == "one letter":
        return slip(name, rng)
    if kind == "two letters":
        return slip(slip(name, rng), rng)
    if kind == "Cyrillic":
        return anyascii(name).lower().translate(TO_CYRILLIC)
    words = name.split()
    if kind == "swapped":
        rng.shuffle(words)
    elif kind == "a word missing" and len(words) > 2:
        words.pop(rng.randrange(len(words)))
    return " ".join(words)


def slip(name: str, rng: random.Random) -> str:
    """The name with one letter replaced, left out, added, or in the other's place."""
    place = rng.randrange(len(name))
    before, letter, after = name[:place], name[place], name[place + 1 :]
    return rng.choice(
        (
            f"{before}{rng.choice(LETTERS)}{after}",
            f"{before}{after}",
            f"{before}{rng.choice(LETTERS)}{letter}{after}",
            f"{before}{after[:1]}{letter}{after[1:]}",
        )
    )


def asked(names: Sequence[str], count: int, seed: int = 3) -> list[tuple[str, str, str]]:
    """Variants of listed names, of every kind in turn: kind, what is asked, what is meant."""
    rng = random.Random(seed)
    kinds = [VARIANTS[number % len(VARIANTS)] for number in range(count)]
    return [
        (kind, variant(name, kind, rng), name) for kind, name in zip(kinds, rng.choices(names, k=count), strict=True)
    ]
