"""docs/performance.md: a template of a person's words, and tables of what was measured.

Each source writes a part of its own into results/: figures as JSON, and a section as Markdown where it makes one.
"""

import json
import os

from . import HERE, TREE, Fault, chart
from .about import about
from .counting import WORKLOADS

TEMPLATE, GOALS, BASELINE, RESULTS = HERE / "page.md", HERE / "goals.json", HERE / "baseline.json", HERE / "results"
PAGE = TREE / "docs/performance.md"
COST_PICTURE, SCALING_PICTURE = "performance-cost.svg", "performance-scaling.svg"


def load(path):
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Fault(f"{path} cannot be read as JSON: {error}") from error


def results():
    """What every source has measured, by its name."""
    found = {path.stem: load(path) for path in sorted(RESULTS.glob("*.json"))}
    if points := found.get("scaling", {}).get("points"):
        most = max(points, key=lambda point: point["cores"])
        if most["cores"] > 2:
            found["scaling"]["figures"] = {"scaling_efficiency_percent": efficiency(most)}
    return found


def keep_report(path, agents=10_000, most_cores=2):
    """Takes what a validation measured of so many agents, by its report, into the results."""
    cores = os.cpu_count()
    if cores > most_cores:
        raise Fault(f"the goal is about {most_cores} cores, and this host has {cores}")
    try:
        stage = max(load(path)["stages"], key=lambda stage: stage["target_agents"])
        wanted, achieved, gap = stage["target_agents"], stage["achieved_agents"], stage["series"]["gap"]["mean_seconds"]
    except (LookupError, TypeError) as error:
        raise Fault(f"{path} is no report of a validation: {error!r}") from error
    if wanted < agents or achieved < wanted or not gap:
        raise Fault(f"{path} is of {achieved} agents of {wanted} with an MTBA of {gap} s; {agents} are to be held")
    kept = {"about": about(), "figures": {"mtba_10000_s": round(gap, 3)}}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "validate.json").write_text(json.dumps(kept, indent=2) + "\n")


def shown(value, unit):
    return f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 2}f} {unit}"


def goals(found):
    """Each goal with its figure."""
    figures = {name: value for result in found.values() for name, value in result.get("figures", {}).items()}
    rows = ["| what | goal | measured | reached | command |", "|---|---|---|---|---|"]
    for goal in load(GOALS):
        if "test" in goal:
            rows.append(f"| {goal['goal']} | | a rule, which a test holds | | `{goal['test']}` |")
            continue
        words, limit, holds = next(
            (words, goal[key], holds)
            for key, words, holds in (
                ("most", "at most", lambda a, b: a <= b),
                ("below", "under", lambda a, b: a < b),
                ("least", "at least", lambda a, b: a >= b),
            )
            if key in goal
        )
        value = figures.get(goal["figure"])
        measured, reached = "not measured yet", ""
        if isinstance(value, (int, float)):
            measured, reached = shown(value, goal["unit"]), "yes" if holds(value, limit) else "**no**"
        target = f"{words} {limit:g} {goal['unit']}"
        rows.append(f"| {goal['goal']} | {target} | {measured} | {reached} | `{goal['command']}` |")
    return "\n".join(rows)


def machine(stated):
    return (
        f"{stated['date']}, APE {stated['commit']}, {stated['cores']} cores ({stated['processor']}), Linux {stated['kernel']}, Swift "
        f"{stated['swift']}, libcurl {stated['libcurl']}, OpenSSL {stated['openssl']}, glibc {stated['glibc']}, nginx "
        f"{stated['nginx']}. Before the measurement other programs used {stated['others_percent']} % of the processors."
    )


def cost(result):
    """What a step costs against agents, with its picture."""
    law = result["law"]
    rows = ["| agents | a GET | a streamed answer | a step | step / both | memory, thinking | memory, at work |", "|" + "---|" * 7]
    for row in law:
        rows.append(
            f"| {row['agents']:,} | {row['get_us']} us | {row['stream_us']} us | {row['step_us']} us | {row['ratio']} "
            f"({min(row['ratios'])} to {max(row['ratios'])}) | {row['memory_kb']} KB | {row['busy_memory_kb']} KB |"
        )
    series = {
        "a step": [row["step_us"] for row in law],
        "its two transfers": [round(row["get_us"] + row["stream_us"], 1) for row in law],
    }
    title = "CPU time of a step against agents"
    picture = chart.lines(title, "agents", "microseconds", [row["agents"] for row in law], series)
    return "\n".join([*rows, "", f"![{title}]({COST_PICTURE})"]), picture


def counts(found, baseline):
    """Instructions and allocations, now and at the baseline."""
    rows = ["| unit | instructions | allocations | at the baseline |", "|---|---|---|---|"]
    for name, count in found.items():
        before = " and ".join(f"{value:,}" for value in baseline["counts"][name].values())
        rows.append(f"| {WORKLOADS[name][0]} | {count['instructions']:,} | {count['allocations']:,} | {before} |")
    bare = sum(found[name]["instructions"] for name in ("get", "stream"))
    rows += ["", f"In instructions a step is {found['step']['instructions'] / bare:.2f} times its two transfers."]
    then = baseline["about"]
    rows.append(
        f"The baseline is of {then['date']}, APE {then['commit']}, with Swift {then['swift']}, libcurl {then['libcurl']}, glibc "
        f"{then['glibc']} and valgrind {then['valgrind']} on {then['architecture']}."
    )
    return "\n".join(rows)


def efficiency(point):
    """Of linear, against two cores where they were measured, else one."""
    shares = point["efficiency_percent"]
    return next((shares[base] for base in ("2", "1") if shares.get(base) is not None), None)


def scaling(result):
    """What more cores bring, with its picture."""
    stated, points = result["machine"], sorted(result["points"], key=lambda point: point["cores"])
    rows = [
        f"{result['date']}, APE {stated['version']}, {stated['cpus']} CPUs ({stated['cpu']}), Linux {stated['kernel']}.",
        "",
        "| cores | agents | actions a second | of linear | CPU an action: shop, model, worker, coordinator |",
        "|---|---|---|---|---|",
    ]
    for point in points:
        share, spent = efficiency(point), point["cpu_us_per_action"]
        cpu = ", ".join(f"{spent[name]}" for name in ("shop", "inference", "worker", "coordinator"))
        rows.append(
            f"| {point['cores']} | {point['agents']:,} | {point['actions_per_second']:,.0f} "
            f"| {'' if share is None else f'{share:.0f} %'} | {cpu} us |"
        )
    rates = [point["actions_per_second"] for point in points]
    series = {"measured": rates, "linear": [rate * 100 / (efficiency(point) or 100) for rate, point in zip(rates, points)]}
    title = "Actions a second against cores"
    cores = [point["cores"] for point in points]
    label = "cores for demo, model, workers and coordinator"
    picture = chart.lines(title, label, "actions a second", cores, series, float)
    return "\n".join([*rows, "", f"![{title}]({SCALING_PICTURE})"]), picture


def assembled():
    """The page and its pictures, by file."""
    found, files = results(), {}
    words = dict.fromkeys(("machine", "cost"), "Not measured yet: `make bench` does.")
    baseline = load(BASELINE)
    words["counts"] = counts(found.get("bench", baseline)["counts"], baseline)
    words["goals"], words["scaling"] = goals(found), "Not measured yet: `Benchmarks/scaling` does."
    if bench := found.get("bench"):
        words["machine"] = machine(bench["about"])
        words["cost"], files[PAGE.parent / COST_PICTURE] = cost(bench)
    if "scaling" in found:
        words["scaling"], files[PAGE.parent / SCALING_PICTURE] = scaling(found["scaling"])
    words["parts"] = "\n\n".join(path.read_text().strip() for path in sorted(RESULTS.glob("*.md")))
    text = TEMPLATE.read_text()
    for name, part in words.items():
        text = text.replace("{{" + name + "}}", part)
    return {PAGE: text.strip() + "\n", **files}


def write():
    for path, content in assembled().items():
        path.write_text(content)


def check():
    """What is not as its parts say."""
    return [
        f"{path.relative_to(TREE)} is not what Benchmarks/results and Benchmarks/page.md make of it: Benchmarks/bench page"
        for path, content in assembled().items()
        if not path.exists() or path.read_text() != content
    ]
