"""Crates: a claim's records as an RO-Crate 1.3 that follows Process Run Crate 0.6, one action a record.

The metadata lies in the records' own folder, because a crate names what lies beside it: who copies the folder has
the whole crate.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from rocrate.model import ContextEntity, Person
from rocrate.model.file import File as CrateFile
from rocrate.rocrate import ROCrate

from claims.domain.claim import Claim
from claims.domain.digest import digest_of
from claims.domain.record import Record
from claims.export.references import AUTHOR
from claims.ledger.evidence import StoredRecord
from claims.site.files import File
from claims.site.links import Links
from claims.site.view.context import Context
from claims.site.words import scope_words, value_words

PROFILE = "https://w3id.org/ro/wfrun/process/0.6"
LICENCE = "https://spdx.org/licenses/Apache-2.0"
_APACHE = {"name": "Apache License 2.0", "description": "The words quoted from papers belong to their authors."}
_UP = Links("../../")
"""From the folder of a claim's records to the site's top."""


def crate_file(context: Context, claim: Claim, stored: Sequence[StoredRecord]) -> File:
    """The metadata of the records of a claim, of which there is at least one."""
    crate = ROCrate()
    crate.name = f"Records of the claim {claim.id}"
    crate.description = f"{claim.question} {claim.statement}"
    crate.datePublished = datetime.fromisoformat(max(s.record.finished for s in stored))
    crate.publisher = _entity(crate, "#publisher", "Organization", {"name": AUTHOR})
    crate.license = _entity(crate, LICENCE, "CreativeWork", _APACHE)
    profile = {"name": "Process Run Crate", "version": "0.6"}
    crate.root_dataset["conformsTo"] = _entity(crate, PROFILE, ["CreativeWork", "Profile"], profile)
    sentence = _entity(crate, "#claim", ["CreativeWork", "Claim"], {"name": claim.question, "text": claim.statement})
    sentence["description"] = f"Scope: {scope_words(claim.scope)}"
    crate.root_dataset["about"] = sentence
    crate.root_dataset["mentions"] = [_action(crate, context, s, sentence) for s in stored]
    data = json.dumps(crate.metadata.generate(), indent=1, sort_keys=True) + "\n"
    return File(Links("").crate(claim.id), data.encode())


def _action(crate: ROCrate, context: Context, stored: StoredRecord, sentence: ContextEntity) -> ContextEntity:
    record = stored.record
    name = stored.path.rpartition("/")[2]
    file = crate.add(
        CrateFile(
            crate,
            dest_path=name,
            properties={
                "name": f"Record of {record.finished}",
                "encodingFormat": "application/json",
                "description": record.verdict.reason,
            },
        )
    )
    environment = record.environment
    return _entity(
        crate,
        f"#run-{record.digest[:8]}",
        "CreateAction",
        {
            "name": f"Run of {record.experiment} at scale {record.scale}, batch {record.batch}",
            "description": f"On {environment.device_name} ({environment.device}), {environment.dtype}, "
            f"Python {environment.python}" + (f", torch {environment.torch}" if environment.torch else ""),
            "startTime": datetime.fromisoformat(record.started).isoformat(),
            "endTime": datetime.fromisoformat(record.finished).isoformat(),
            "actionStatus": "http://schema.org/CompletedActionStatus",
            "instrument": _instrument(crate, context, record),
            "agent": _contributor(crate, record.contributor),
            "object": [sentence, *_parameters(crate, record)],
            "result": file,
        },
    )


def _instrument(crate: ROCrate, context: Context, record: Record) -> ContextEntity:
    """The experiment as it was: the commit, and the digest of all code and data that it rests on.

    Not `SoftwareSourceCode`: RO-Crate takes that for a file of the crate, and the code of that commit is not in it.
    """
    declared = context.project.declared.get(record.experiment)
    properties = {
        "name": declared.experiment.title if declared else record.experiment,
        "description": f"experiments/{record.experiment}.py",
        "identifier": record.closure.digest,
        "version": record.commit or record.closure.digest,
        "url": (Links(context.address.root) if context.address else _UP).experiment(record.experiment),
    }
    identity = f"#experiment-{record.experiment}-{record.closure.digest[:8]}-{(record.commit or 'none')[:8]}"
    return _entity(crate, identity, "SoftwareApplication", properties)


def _contributor(crate: ROCrate, name: str) -> ContextEntity:
    return crate.add(Person(crate, f"#contributor-{digest_of(name)[:8]}", {"name": name}))


def _parameters(crate: ROCrate, record: Record) -> list[ContextEntity]:
    return [
        _entity(
            crate,
            f"#parameter-{digest_of([name, value_words(value)])[:8]}",
            "PropertyValue",
            {"name": name, "value": list(value) if isinstance(value, tuple) else value},
        )
        for name, value in record.params.items()
    ]


def _entity(crate: ROCrate, identifier: str, kind: str | list[str], properties: Mapping[str, object]) -> ContextEntity:
    return crate.add(ContextEntity(crate, identifier, {"@type": kind, **properties}))
