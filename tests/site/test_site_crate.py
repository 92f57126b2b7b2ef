"""Crates: the records of a claim as RO-Crate 1.3 and Process Run Crate, as other programs read them."""

import importlib.resources
import json

import pytest
from rocrate.rocrate import ROCrate

from claims.site.address import Address
from claims.site.crate import PROFILE, crate_file
from claims.site.view.context import context

CONTEXT = json.loads(importlib.resources.files("rocrate").joinpath("data/ro-crate.jsonld").read_bytes())


def types(entity):
    return [entity.type] if isinstance(entity.type, str) else entity.type


@pytest.fixture(scope="module")
def crate(site):
    return ROCrate(site / "evidence" / "most-weights-stay")


def test_every_claim_with_records_has_a_crate_beside_them(site, project):
    assert {p.parent.name for p in site.rglob("ro-crate-metadata.json")} == set(project.records)


def test_the_crate_says_what_it_follows(site, crate):
    raw = json.loads((site / "evidence" / "most-weights-stay" / "ro-crate-metadata.json").read_bytes())
    assert raw["@context"] == "https://w3id.org/ro/crate/1.3/context"
    assert crate.metadata["conformsTo"] == "https://w3id.org/ro/crate/1.3"
    profile = crate.root_dataset["conformsTo"]
    assert (profile.id, set(types(profile))) == (PROFILE, {"CreativeWork", "Profile"})
    root = crate.root_dataset
    assert all(root[name] for name in ("name", "description", "license", "publisher"))
    assert root["datePublished"] == "2026-01-03T03:08:05+00:00", "the newest record's, not the clock's"


def test_an_action_a_record_leads_from_the_experiment_to_the_file(site, project, crate):
    actions = [e for e in crate.contextual_entities if "CreateAction" in types(e)]
    stored = {s.path.rpartition("/")[2]: s.record for s in project.records["most-weights-stay"]}
    assert {a["result"].id for a in actions} == set(stored)
    assert {e.id for e in crate.root_dataset["hasPart"]} == set(stored), "and nothing that is not there"
    for action in actions:
        record = stored[action["result"].id]
        assert (action["startTime"], action["agent"]["name"]) == (
            record.started.replace("Z", "+00:00"),
            record.contributor,
        )
        tool = action["instrument"]
        assert (tool.type, tool["version"]) == ("SoftwareApplication", record.commit or record.closure.digest)
        assert (site / "evidence" / "most-weights-stay" / tool["url"] / "index.html").is_file()
        values = {e["name"]: e["value"] for e in action["object"] if e.type == "PropertyValue"}
        assert values == record.params
        (claim,) = [e for e in action["object"] if "Claim" in types(e)]
        assert claim["text"] == record.claim.statement


def test_every_word_is_one_of_the_crates_vocabulary(site):
    """A misspelt property is read by nobody, and said by nobody either."""
    known = {*CONTEXT["@context"], "@id", "@type"}
    for path in site.rglob("ro-crate-metadata.json"):
        graph = json.loads(path.read_bytes())["@graph"]
        kinds = {t for e in graph for t in ([e["@type"]] if isinstance(e["@type"], str) else e["@type"])}
        assert ({key for entity in graph for key in entity} | kinds) - known == set()
        ids = {e["@id"] for e in graph}
        values = [v for e in graph for p in e.values() for v in (p if isinstance(p, list) else [p])]
        named = {v["@id"] for v in values if isinstance(v, dict)}
        assert {i for i in named - ids if not i.startswith("https://w3id.org/ro/crate/")} == set()


def test_with_an_address_the_experiment_has_one(project):
    top = context(project, Address.of("https://example.org/"))
    claim = project.registry.claims[0]
    assert b'"url": "https://example.org/experiments/storage/"' in crate_file(top, claim, top.records(claim.id)).data
