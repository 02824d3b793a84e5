"""What the readers disagree about."""

import sys

problems = []


def wrong(text):
    problems.append(text)
    if len(problems) <= 40:
        print(f"WRONG {text}", file=sys.stderr)


def same(what, found, expected):
    if found != expected:
        wrong(f"{what}: {str(found)[:200]!r} instead of {str(expected)[:200]!r}")
