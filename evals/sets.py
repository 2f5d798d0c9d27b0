"""Where the eval sets lie and what they are called: those about one notice, and those about many documents."""

from __future__ import annotations

from pathlib import Path

from evals.dataset import DatasetError

DATA = Path(__file__).parent / "data"
"""The eval sets that come with the product."""
LIBRARY = "library-"
"""How the file of a set about many documents is called."""
_NO_QUESTIONS = ("claims", "structure")


def set_files(folder: Path = DATA) -> list[Path]:
    """The files of all eval sets about one notice; what stands in `structure` and `claims` asks nothing."""
    found = (path for path in folder.rglob("*.jsonl") if path.relative_to(folder).parts[0] not in _NO_QUESTIONS)
    return sorted(path for path in found if not is_of_library(path))


def library_files(folder: Path = DATA) -> list[Path]:
    """The files of the eval sets about many documents."""
    return sorted(folder.glob(f"{LIBRARY}*.jsonl"))


def is_of_library(path: Path) -> bool:
    """Whether a set is about many documents, by the name of its file."""
    return path.name.startswith(LIBRARY)


def find_set(name: str | None, folder: Path = DATA) -> Path:
    """The file of the eval set called `name` (a notice id, library-…, or the path of a file).

    None means the only one about one notice.

    Raises DatasetError when there is no such set, or none, or several to choose from.
    """
    known = [path.relative_to(folder).with_suffix("").as_posix() for path in set_files(folder)]
    libraries = [path.stem for path in library_files(folder)]
    if name is None:
        if len(known) != 1:
            found = "、".join(known) if known else f"{folder} 里一个也没有"
            raise DatasetError(f"请用 --set 指明题集（现有：{found}）。")
        name = known[0]
    if name in known or name in libraries:
        return folder / f"{name}.jsonl"
    if Path(name).is_file():
        return Path(name)
    raise DatasetError(f"没有名为 {name} 的题集（现有：{'、'.join([*known, *libraries]) or '无'}）。")
