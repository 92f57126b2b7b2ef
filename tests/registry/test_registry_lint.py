"""Rules beyond the form of a registry: each fires on what it is for, and on nothing else."""

import pytest
from registry_samples import PAPER, REGISTRY, changed, declared, linted

from claims.registry.lint import lint
from claims.registry.lint_experiment import lint_experiment
from claims.registry.load import parse_registry, read_registry

AUDIT = ('title="Tiny",', 'title="Tiny", deterministic=True,')
PREDICTION = "{above: 0.20}\n          rival: 0.0"


def test_a_sound_registry_and_experiment_have_nothing_to_mend():
    assert linted(REGISTRY) == []
    assert lint_experiment(declared()) == ()


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (("{to: rl-is-sparser", "{to: rl-is-sparse"), "relations[0].to: there is no claim rl-is-sparse; did you mean"),
        (("{to: rl-is-sparser", "{to: bf16-is-sparse"), "relations[0].to: a claim has no relation to itself"),
        (("rl-is-sparser]", "nobody]"), "is-it-about-rl.cites[1]: there is no claim nobody"),
        (("[[bf16-is-sparse]]", "[[bf16]]"), "is-it-about-rl.answer: [[bf16]]: there is no claim bf16"),
        (("[[bf16-is-sparse]]", "[[bf16-is-sparse|RL]]"), "there is no claim bf16-is-sparse|RL"),
        (("id: rl-is-sparser", "id: a-first"), "a-first.id: belongs before bf16-is-sparse"),
        (("2505.11711v2", "2505.11711v3"), "sources[0].arxiv: literature/ knows 2505.11711 up to v2"),
        (("2505.11711v2", "2505.11712v2"), "sources[0].arxiv: 2505.11712 is not in literature/"),
        (("comprising just 5%-30%", "comprising 5%-30%"), "sources[0].quote: has not been looked for"),
        (("comprising just 5%-30% of the parameters", "nobody wrote this"), "was not found in abstract of v2"),
        (("experiment: tiny", "experiment: tini"), "check.experiment: there is no experiments/tini.py"),
        (("steps: 200", "step: 200"), "params.step: step is not a parameter of tiny; did you mean steps?"),
        (("steps: 200", "steps: 0.5"), "params.steps: 0.5 is not of type int"),
        (("steps: 200", "steps: true"), "params.steps: True is not of type int"),
        (("rate: 1}", "rate: fast}"), "params.rate: 'fast' is not of type float"),
        (("metric: unchanged_share\n", "metric: unchanged\n"), "predictions[0].metric: unchanged is not a metric"),
        (("of: grpo-bf16", "of: grpo-bf15"), "contrast.of: grpo-bf15 is not a condition of tiny; did you mean"),
        (("minus: grpo-fp32", "minus: planted"), "contrast.minus: planted is a control condition"),
        (("of: grpo-bf16", "of: grpo-fp32"), "contrast: grpo-fp32 minus itself is nothing"),
        (("gain, condition: grpo-fp32", "gain, condition: sft"), "gates[0].condition: sft is not a condition"),
        (("metric: reward_gain, condition: grpo-fp32", "metric: reward_gain"), "gates[0]: reward_gain is measured at"),
        (
            ("metric: mask_overlap,", "metric: mask_overlap, condition: grpo-bf16,"),
            "predictions[1].condition: mask_overlap is combined",
        ),
        (
            ("metric: mask_overlap,", "metric: mask_overlap, contrast: {of: grpo-bf16, minus: grpo-fp32},"),
            "predictions[1].contrast: mask_overlap is combined",
        ),
        (
            ("          contrast: {of: grpo-bf16, minus: grpo-fp32}\n", ""),
            "predictions[0]: unchanged_share is measured at each condition; name a condition or a contrast",
        ),
        ((PREDICTION, "{between: [-1, 1]}"), "predictions[0].expect: between -1 and 1 covers all of what can be"),
        ((PREDICTION, "{above: 1}"), "predictions[0].expect: above 1 lies outside what can be measured, -1 to 1"),
        (("{below: 0.5}", "{between: [0, 1]}"), "predictions[1].expect: between 0 and 1 covers all"),
        (("{below: 0.5}", "{below: 0}"), "predictions[1].expect: below 0 lies outside"),
        (("{above: 0.05}", "{above: -2}"), "gates[0].expect: above -2 covers all"),
        ((PREDICTION, "{equals: 0.3}"), "predictions[0].expect: equals needs a positive within"),
        ((PREDICTION, "{equals: 0.3, within: 0}"), "predictions[0].expect: equals needs a positive within"),
        (
            (
                "      gates:\n        - {metric: reward_gain, condition: grpo-fp32, expect: {above: 0.05}}\n",
                "",
            ),
            "bf16-is-sparse.check: no gate shows that it learned; a dead run could be read as a refutation",
        ),
    ],
)
def test_each_rule_fires_once(edit, message):
    found = linted(changed(edit))
    assert any(message in line for line in found), found
    assert len(found) == 1 or "there is no claim rl-is-sparser" in "".join(found), found


def test_the_edges_of_a_metric_are_no_fault():
    assert linted(changed(("{below: 0.5}", "{between: [0, 0.9]}"))) == []
    assert linted(changed(("{below: 0.5}", "{equals: 0.5, within: 0.1}"))) == []


def test_an_audit_needs_no_gate_and_may_expect_equality():
    text = changed(
        ("      gates:\n        - {metric: reward_gain, condition: grpo-fp32, expect: {above: 0.05}}\n", ""),
        (PREDICTION, "{equals: 0.3}"),
    )
    assert linted(text, AUDIT) == []


def test_a_scale_that_the_experiment_lacks_is_refused():
    text = changed(("experiment: tiny", "experiment: tiny\n      scale: gpu"))
    assert linted(text) == []
    assert "check.scale: tiny has no scale gpu" in linted(text, (', "gpu": {"steps": 20}', ""))[0]


def test_an_id_stands_once_over_all_files():
    again = "schema_version: 1\nclaims:\n" + REGISTRY.partition("inquiries:")[0].partition("claims:\n")[2]
    loaded = parse_registry({"claims.yaml": REGISTRY.encode(), "claims.d/b.yaml": again.encode()})
    found = [str(f) for f in lint(loaded, {"tiny": declared()}, {PAPER.id: PAPER})]
    assert found == [
        "claims.d/b.yaml:3:9  bf16-is-sparse.id: this id stands at claims.yaml:4 already; ids are never reused",
        "claims.d/b.yaml:37:9  rl-is-sparser.id: this id stands at claims.yaml:38 already; ids are never reused",
    ]


def test_an_unread_file_leaves_no_id_dangling():
    text = changed(("{to: rl-is-sparser", "{to: in-the-other-file"))
    loaded = read_registry({"claims.yaml": text.encode(), "claims.d/b.yaml": b"a: b: c\n"})
    assert lint(loaded, {"tiny": declared()}, {PAPER.id: PAPER}) == ()


def test_a_claim_that_cannot_be_read_in_full_still_has_its_id():
    assert [line for line in linted(changed(("The abstract says this.", "[]"))) if "no claim" in line] == []


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (('"""A made-up experiment."""', ""), "tiny.docstring: is missing"),
        (('differs="Nothing is trained."', 'differs=" "'), "tiny.differs: is empty"),
        (('papers=("2505.11711v2",)', "papers=()"), "tiny.papers: names no paper"),
        (("2505.11711v2", "2505.11711"), "tiny.papers: 2505.11711 is not an arXiv id with its version"),
        (('"grpo-bf16": "a"', '"GRPO": "a"'), "tiny.conditions: GRPO is not a name"),
        (('"planted": "every', '"grpo-bf16": "every'), "tiny.control_conditions: grpo-bf16 is a condition already"),
        (('Metric("reward_gain"', 'Metric("unchanged_share"'), "tiny.metrics[unchanged_share]: is declared twice"),
        (('"fraction", -1, 1', '"fraction", 1, -1'), "tiny.metrics[reward_gain]: bounds 1 and -1"),
        (('"bit-identical weights"', '""'), "tiny.metrics[unchanged_share]: needs a unit and a definition"),
        (('"positive", "unch', '"negative", "unch'), "tiny.controls: there is no positive one"),
        (('"negative", "rew', '"positive", "rew'), "tiny.controls: there is no negative one"),
        ((", trains=True", ""), "tiny.controls: none trains"),
        (("trains=True", "trains=True, seeds=2"), "tiny.controls[no-reward].seeds: 2 is fewer than 3"),
        (('0.01}, "planted"', '0.01}, "plantd"'), "plantd is not a condition; did you mean planted?"),
        (('"positive", "unchanged_share"', '"positive", "share"'), "share is not a metric"),
        (('"positive", "unchanged_share"', '"positive", "mask_overlap"'), "mask_overlap is combined over conditions"),
        (('params={"steps": 1}', 'params={"step": 1}'), "no-reward].params: step is not a parameter; did you mean"),
        (('params={"steps": 1}', 'params={"steps": "1"}'), "no-reward].params: steps: '1' is not of type int"),
        (('{"below": 0.05}', '{"belov": 0.05}'), "controls[no-reward]: expect"),
        (('{"below": 0.05}', '{"between": [1, 0]}'), "is upside down"),
        (('{"below": 0.05}', '{"below": 2}'), "expect: below 2 covers all"),
        (('{"below": 0.05}', '{"below": -1}'), "expect: below -1 lies outside"),
        (('{"equals": 0.5, "within": 0.01}', '{"equals": 0.5}'), "expect: equals needs a positive within"),
        (('"planted-sparse", "pos', '"no-reward", "pos'), "tiny.controls: two controls are called no-reward"),
        (('"gpu": {"steps": 20}', '"tpu": {}'), "tiny.scales: gpu is missing"),
        (('"gpu": {"steps": 20}', '"gpu": {"step": 20}'), "tiny.scales[gpu]: step is not a parameter"),
        (('title="Tiny"', 'title="Tiny", time_limit={"cpu": 0}'), "tiny.time_limit[cpu]: is not a positive number"),
        (('title="Tiny"', 'title="Tiny", time_limit={"cpu": inf}'), "tiny.time_limit[cpu]: is more than a week"),
        (('title="Tiny"', 'title="Tiny", time_limit={"tpu": 1}'), "tiny.time_limit[tpu]: is not a scale"),
    ],
)
def test_each_rule_for_experiments_fires(edit, message):
    found = [str(f) for f in lint_experiment(declared(edit))]
    assert any(line.startswith("experiments/tiny.py  ") and message in line for line in found), found


def test_an_audit_needs_no_training_no_seeds_and_one_scale():
    audit = declared(
        AUDIT,
        (", trains=True", ", seeds=1"),
        ('"smoke": {"steps": 1}, "cpu": {}, "gpu": {"steps": 20}', '"cpu": {}'),
    )
    assert lint_experiment(audit) == ()
    assert "cpu is missing" in str(lint_experiment(declared(AUDIT, ('"cpu": {},', "")))[0])


def test_of_a_metric_without_bounds_a_prediction_names_what_it_excludes():
    endless = ('"unchanged_share", "fraction", 0, 1', '"unchanged_share", "fraction", 0, inf')
    assert linted(REGISTRY, endless) == []
    text = changed(("\n          rival: 0.0", ""))
    assert linted(text) == []
    (found,) = linted(text, endless)
    assert "predictions[0]" in found and "unchanged_share has no bounds" in found and "write rival" in found
