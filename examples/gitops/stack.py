"""A stack that is changed by pull requests only: plan on the request, apply of exactly that plan after the merge."""

from unknot import Environment, Plan, Stack
from unknot.providers.file import Document


class Env(Environment):
    greeting: str = "hello"


def keeps_documents(plan: Plan) -> bool:
    """Nothing is deleted by a merge."""
    return not plan.destroys


def stack(env: Env) -> Stack:
    s = Stack("gitops", owner="platform@example.org")
    s.add(Document("motd", path="site/motd.txt", content=f"{env.greeting}\n"))
    s.policy(keeps_documents)
    return s
