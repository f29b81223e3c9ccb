"""What a reader is told about an answer: as text, in a page, and to an autograder."""

import html
import re
from dataclasses import dataclass

MARKS = {"right": "✓", "wrong": "✗", "open": "○"}


@dataclass(frozen=True)
class Remark:
    """What is said of one blank."""

    blank: str
    state: str  # from `MARKS`
    text: str

    def __str__(self) -> str:
        return f"{MARKS[self.state]} {self.blank}: {self.text}"


@dataclass(frozen=True)
class Feedback:
    """What is right, wrong and open in an exercise; true if all is right."""

    label: str
    remarks: tuple[Remark, ...]

    @property
    def passed(self) -> bool:
        """Whether all blanks are right."""
        return all(remark.state == "right" for remark in self.remarks)

    def __bool__(self) -> bool:
        return self.passed

    @property
    def summary(self) -> str:
        """How many blanks are right."""
        right = sum(remark.state == "right" for remark in self.remarks)
        return f"Exercise {self.label}: {right} of {len(self.remarks)} right."

    @property
    def help(self) -> str:
        """The call that gives a hint."""
        return f'exercises.hint("{self.label}")'

    def demand(self) -> None:
        """Do nothing if all is right.

        Raises
        ------
        AssertionError
            If a blank is wrong or open, with all that is said of it.
        """
        if not self.passed:
            raise AssertionError(str(self))

    def __repr__(self) -> str:
        last = () if self.passed else (f"{self.help} gives the first hint.",)
        return "\n".join((self.summary, *map(str, self.remarks), *last))

    def _repr_html_(self) -> str:
        items = "".join(
            f'<li class="{remark.state}">{MARKS[remark.state]} '
            f"<code>{html.escape(remark.blank)}</code>: {_marked(remark.text)}</li>"
            for remark in self.remarks
        )
        lines = [f"<p>{html.escape(self.summary)}</p>", f"<ul>{items}</ul>"]
        if not self.passed:
            lines.append(f"<p><code>{html.escape(self.help)}</code> gives the first hint.</p>")
        return f'<div class="pgbook-feedback">{"".join(lines)}</div>'


def _marked(text: str) -> str:
    """Text in HTML, with names in backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(text))


@dataclass(frozen=True)
class Hint:
    """One hint of an exercise; Markdown in a page."""

    label: str
    number: int  # from 1 on
    total: int
    text: str

    def __repr__(self) -> str:
        return f"Hint {self.number} of {self.total}: {self.text}"

    def _repr_markdown_(self) -> str:
        return f"**Hint {self.number} of {self.total}.** {self.text}"
