"""The tab 评测 of the page: runs and their comparison, and candidate questions on their way into the sets.

`make_tab` is what the product finds by the entry point `notice_assistant.tabs`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from assistant.tab import Product, Tab
from assistant.users import Role
from evals.record import RESULTS
from evals.sets import DATA
from evals.tab_questions import Questions
from evals.tab_routes import PROPOSE, add_routes
from evals.tab_runs import Runs
from evals.tab_words import STRINGS

_PAGE = Path(__file__).parent / "page"
_SCRIPTS = ("drawing.js", "runs.js", "measured.js", "review.js", "propose.js", "evals.js")


def make_tab(product: Product, sets: Path = DATA, saved: Path = RESULTS) -> Tab:
    """The tab over a product. `sets` are the eval sets, `saved` the runs that come with the product.

    Where people sign in, whoever asks may make candidates; all the rest is for trainers. New runs and candidates are
    kept in the product's data folder; without one they last as long as the process.
    """
    folder = product.data_dir or Path(tempfile.mkdtemp(prefix="notice-assistant-"))
    questions = Questions(product.current, folder, sets)
    runs = Runs(questions, folder / "results", saved)
    return Tab(
        name="evals",
        strings=STRINGS,
        scripts=tuple(_PAGE / name for name in _SCRIPTS),
        styles=(_PAGE / "evals.css",),
        add_routes=lambda app: add_routes(app, questions, runs),
        also_open={PROPOSE: Role.ASKER},
    )
