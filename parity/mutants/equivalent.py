"""Changes that change nothing a user could see, each with its argument.

A key is file and function, the expression before, and after: the same in both packages, whatever the line.
"""

EQUIVALENT: dict[tuple[str, str, str], str] = {}
