"""The static API: each document is what its schema says, and says what the pages say."""

import json
import re
from collections import Counter

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from site_samples import Sample, claim

from claims.cli.browse import row
from claims.domain.claim import Registry, Relation
from claims.site.address import Address
from claims.site.api.claim import claim_document, claim_entry
from claims.site.api.openapi import ENDPOINTS, openapi
from claims.site.view.context import context


def read(site, path):
    return json.loads((site / path).read_bytes())


@pytest.fixture(scope="module")
def described(site):
    return read(site, "api/v1/openapi.json")


def of_endpoint(site, endpoint):
    """The files of the built site that an endpoint's path stands for."""
    place = re.compile("[^/]+".join(map(re.escape, re.split(r"\{\w+\}", endpoint.path.removeprefix("/")))))
    files = (p for p in site.rglob("*.json") if p.name != "ro-crate-metadata.json")
    return [p for p in files if place.fullmatch(p.relative_to(site).as_posix())]


def links(value):
    """Every value of every `links` of a document, however deep."""
    if isinstance(value, dict):
        yield from (v for v in (value.get("links") or {}).values() if v is not None)
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from links(part)


def test_the_openapi_document_is_valid_with_and_without_an_address(described):
    validate(described)
    validate(openapi(Address.of("https://example.org/claims")))
    assert described["servers"][0]["url"] == "../.."
    assert openapi(Address.of("https://example.org/claims"))["servers"][0]["url"] == "https://example.org/claims"


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_every_document_is_what_its_schema_says(site, described, endpoint):
    answer = described["paths"][endpoint.path]["get"]["responses"]["200"]
    schema = {**answer["content"]["application/json"]["schema"], "components": described["components"]}
    check, files = Draft202012Validator(schema), of_endpoint(site, endpoint)
    assert files
    for path in files:
        check.validate(json.loads(path.read_bytes()))
    assert not check.is_valid([{}] if endpoint.many else {}), "a schema that takes anything says nothing"


def test_every_document_is_described(site):
    here = {p for folder in ("api", "badges") for p in (site / folder).rglob("*.json") if p.name != "openapi.json"}
    assert {p for endpoint in ENDPOINTS for p in of_endpoint(site, endpoint)} >= here


def test_fields_are_described_where_the_models_are(described):
    fields = described["components"]["schemas"]["ClaimDocument"]["properties"]
    assert fields["digest"]["description"] == "Of what a registration fixes: id, statement, scope and check."
    assert fields["headline"]["description"] == "The verdict in words, with what it holds for."


def test_every_link_leads_from_the_top_to_something(site):
    documents = [p for p in sorted((site / "api").rglob("*.json")) if p.name != "openapi.json"]
    found = [(p, link) for p in documents for link in links(json.loads(p.read_bytes()))]
    assert len(found) > 100
    assert [f for f in found if "//" in f[1] or f[1].startswith(("/", "."))] == []
    assert [f for f in found if not (site / f[1] / ("index.html" if f[1].endswith("/") else "")).is_file()] == []


def test_a_claim_in_the_list_is_what_the_command_line_says(site, project):
    entries = read(site, "api/v1/claims.json")
    assert [e.pop("links")["document"] for e in entries] == [
        f"api/v1/claims/{c.id}.json" for c in project.registry.claims
    ]
    assert entries == [row(project, c, project.standing(c)) for c in project.registry.claims]


def test_a_claims_document_holds_what_its_page_holds(site, project):
    found = read(site, "api/v1/claims/storage-keeps-weights.json")
    (stored,) = project.records["storage-keeps-weights"]
    (fine, contrast, _) = found["predictions"]
    assert (fine["metric"], fine["condition"], fine["expected_low"], fine["expected_high"]) == (
        *("unchanged_share", "fine"),
        *(None, 0.01),
    )
    assert contrast["contrast"] == {"of": "coarse", "minus": "fine"}
    assert fine["result"]["estimate"] == stored.record.verdict.predictions[0].estimate
    assert (found["status"], found["grade"], found["tier"]) == ("supported", "standard", "self-reported")
    assert found["headline"] == "Supported in decoders below 1 M weights, 8 replicates at scale cpu."
    assert found["findings"].startswith("Held: unchanged share in fine was 0.0003 [")
    assert found["scope"]["precision"] == ["bf16", "fp32"]
    assert found["sources"][0]["reported"][0]["value"] == [0.685, 0.96]
    assert found["circulated"][0]["label"] == "overstated"
    assert found["relations"] == [{"to": "ranks-hold", "kind": "refines", "because": "it names the storage"}]
    assert found["inquiries"] == ["is-it-storage"]
    assert found["cite"]["bibtex"].startswith("@misc{claim-storage-keeps-weights,")
    assert found["cite"]["csl"]["number"] == "storage-keeps-weights"
    (run,) = found["records"]
    assert (run["record"], run["decides"], run["replicates"], run["n"]) == (stored.path, True, 10, 8)
    assert run["environment"]["torch"] == "2.13.0"
    named = read(site, "api/v1/claims/ranks-hold.json")["named_by"]
    assert named == [{"claim": "storage-keeps-weights", "kind": "refines", "because": "it names the storage"}]


def test_what_nobody_ran_has_predictions_without_results(site):
    found = read(site, "api/v1/claims/not-run-yet.json")
    assert [p["result"] for p in found["predictions"]] == [None]
    assert (found["verdict"], found["record"], found["records"], found["links"]["crate"]) == (None, None, [], None)


def test_a_planned_check_is_told_from_one_that_runs(tmp_path):
    base = claim("later", "What will be tested?", predictions=[{"id": "p", "metric": "m", "expect": {"above": 1}}])
    planned = base.model_copy(update={"planned": base.check, "check": None})
    found = context(Sample(tmp_path, Registry(schema_version=1, claims=(planned,))))
    document = claim_document(found, planned, ())
    assert document.check is None
    assert document.planned_check == base.check
    assert document.planned == "storage"
    assert [p.id for p in document.predictions] == ["p"]
    assert claim_entry(found, planned).planned == "storage"


def test_relations_are_read_from_the_other_side(tmp_path):
    one = claim("one", "One?", relations=(Relation(to="two", kind="contradicts", because="so"),))
    two = claim("two", "Two?")
    found = context(Sample(tmp_path, Registry(schema_version=1, claims=(one, two))), Address(""))
    assert [(r.claim, r.kind) for r in claim_document(found, two, ()).named_by] == [("one", "contradicts")]


def test_all_runs_are_listed_also_those_that_decide_nothing(site, project):
    runs = read(site, "api/v1/runs.json")
    assert Counter(r["claim"] for r in runs) == {name: len(found) for name, found in project.records.items()}
    (exploratory,) = [r for r in runs if not r["confirmatory"]]
    assert (exploratory["claim"], exploratory["decides"], exploratory["commit"]) == ("most-weights-stay", False, None)
    assert exploratory["erratum"] == "the learning rate was not used"
    assert sum(r["decides"] for r in runs) == len(project.records)


def test_papers_say_who_names_them_and_unresolved_ones_say_nothing_more(site):
    held, named, by_code = read(site, "api/v1/papers.json")
    assert (held["id"], held["authors"], held["newest_version"]) == ("0001.00001", ["A. Nobody", "Somebody Else"], 2)
    assert held["claims"] == ["storage-keeps-weights", "most-weights-stay"]
    assert held["experiments"] == ["storage", "headline"]
    assert (named["title"], named["claims"]) == (None, ["storage-keeps-weights"])
    assert (by_code["claims"], by_code["experiments"]) == ([], ["storage"])
    whole = read(site, "api/v1/papers/0001.00001.json")
    assert whole["paper"]["quotes"][0]["found"] is True
    assert [s["claim"] for s in whole["sources"]] == held["claims"]


def test_the_status_counts_what_is_there(site, project):
    found = read(site, "api/v1/status.json")
    assert found["counts"] == {"claims": 9, "inquiries": 1, "papers": 3, "experiments": 2, "records": 7}
    assert found["statuses"] == Counter(project.standing(c).status.value for c in project.registry.claims)
    assert (found["newest_record"], found["address"]) == ("2026-01-07T03:08:05Z", None)
