"""What `benchmarks.rl` measured, as text."""

from typing import Any

PARTS = ("rollouts", "forward", "backward and optimiser")
"""Of a step, in turn."""


def table(found: dict[str, Any]) -> str:
    """The ratios, as text."""
    lines = [f"{'ours / theirs':45}{'parameters':>10}{'ours ms':>9}{'theirs ms':>11}{'ratio':>8}   range"]
    for kind, theirs in (("sampler", "generate"), ("step", "GRPOTrainer")):
        if isinstance(found[kind], str):
            lines.append(f"{kind} / {theirs}: {found[kind]}")
            continue
        for row in found[kind]:
            lines.append(_line(f"{kind} / {theirs}", row, row))
            if "with_half_skipped" in row:
                lines.append(_line("  half of the groups skipped", row, row["with_half_skipped"]))
    for row in found["parts"]:
        spent = row["seconds"]
        shown = ", ".join(f"{name} {1000 * spent[name]:.1f}" for name in PARTS)
        lines.append(f"{_name(row)}: a step of {1000 * spent['step']:.1f} ms; {shown}; busiest operators:")
        busy = sorted(row["operators"].items(), key=lambda item: (-item[1], item[0]))
        lines.append("    " + ", ".join(f"{name.removeprefix('aten::')} {share:.0%}" for name, share in busy))
    return "\n".join(lines) + "\n"


def _line(what: str, row: dict[str, Any], at: dict[str, Any]) -> str:
    low, high = at["ratio_range"]
    cost = f"{1000 * at['ours_seconds']:9.1f}{1000 * at['theirs_seconds']:11.1f}"
    return f"{what}, {_name(row)}".ljust(47) + f"{row['parameters']:>8}{cost}{at['ratio']:8.2f}   {low:.2f}-{high:.2f}"


def _name(row: dict[str, Any]) -> str:
    return f"{row['family']} {row['width']}x{row['layers']} {row['asked']}+{row['length']}"
