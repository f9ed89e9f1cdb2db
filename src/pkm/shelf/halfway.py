"""What a process that died left half done: files of a plan whose transaction was never committed."""

from typing import Final

from pkm.shelf.home import Home
from pkm.store.store import Store
from pkm.vault import plans
from pkm.vault.plans import Steps

_DONE: Final = "plan"


def mark_done(store: Store, steps: Steps) -> None:
    """Let the transaction that belongs to a plan say so: if it is committed, the plan is carried out."""
    store.files.set_fact(_DONE, steps.id)


def mend(home: Home, store: Store) -> tuple[str, ...]:
    """Roll back the plan of a process that died; the caller holds the write lock.

    If its transaction was committed, all its files were changed before, and only its file is left.

    Returns:
        Lines for the user.
    """
    file = home.plan
    if not file.exists():
        return ()
    plan = plans.kept(file)
    if plan is None:
        aside = file.with_suffix(".unreadable")
        file.replace(aside)
        return (f"{aside}: the plan of a command that died cannot be read; look at the files it names",)
    if store.files.fact(_DONE) == plan.id:
        plans.tidy(home.root, plan)
        plans.forget(file)
        return ()
    left = plans.roll_back(home.root, home.trash, plan)
    plans.forget(file)
    return (
        f"a command that died had changed some of {len(plan.steps)} files; all are as they were before it",
        *(f"left as it is: {one}" for one in left),
    )
