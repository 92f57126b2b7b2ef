"""Finding: one thing that is wrong, with its place."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Finding(BaseModel):
    """A problem as shown to a person: `file:line:column  field: message`."""

    model_config = ConfigDict(frozen=True)

    file: str
    message: str
    field: str = ""
    line: int = 0
    column: int = 0
    kind: Literal["invalid", "tampered"] = "invalid"

    def __str__(self) -> str:
        place = ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])
        body = f"{self.field}: {self.message}" if self.field else self.message
        return f"{place}  {body}"
