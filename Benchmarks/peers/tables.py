"""The figures as tables: for the terminal, and as the part of docs/performance.md that is made of them."""

TITLES = {
    "requests": "Plain requests, back to back",
    "held": "Plain requests, each answer held for {held_ms} ms in the mean",
    "completions": "Streamed completions of {tokens} tokens",
}
# The figures that APE's goals are about: how many times a peer's a CPU-second its own are.
BESIDE = (("requests", "locust"), ("completions", "guidellm"), ("completions", "aiperf"))
MISSING = "not measured"
# Processors that other programs may take without disturbing.
DISTURBED_CORES = 0.1


def number(value, digits=3):
    """A figure with so many significant digits."""
    if value is None:
        return MISSING
    if value == 0:
        return "0"
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    text = f"{value:.{digits}g}"
    return text if "e" not in text else f"{value:.6f}".rstrip("0")


def both(figure, percent):
    """A percentile by the server's log, and as the tool says."""
    return f"{number(figure['server'][f'p{percent}_ms'])} / {number(figure['said'][f'p{percent}_ms'])}"


def cells(row):
    """A row's cells, by column."""
    if row.get("fault"):
        return {"tool": row["title"], "a CPU-second": MISSING}
    result = {
        "tool": row["title"],
        "a CPU-second": number(row["per_cpu_second"]),
        "CPU, us each": number(row["cpu_us"]),
        "a second": number(row["per_second"]),
    }
    for name, key in (("first token", "first_token"), ("", "total")):
        if key in row:
            for percent in (50, 99):
                result[f"{name} p{percent}, ms".strip()] = both(row[key], percent)
    result["answered / said"] = f"{row['server_count']:,} / {row['said_count']:,}"
    result["processors: tool / server / others"] = " / ".join(
        f"{row[name]:.2f}" for name in ("tool_cores", "server_cores", "other_cores")
    )
    return result


def groups(result):
    """The rows of each table, under its title."""
    kinds = dict.fromkeys((row["kind"], row["users"]) for row in result["rows"])
    for kind, users in kinds:
        title = TITLES[kind].format(**result["server"])
        rows = [row for row in result["rows"] if (row["kind"], row["users"]) == (kind, users)]
        yield f"{title}, {users:,} users", rows


def compared(rows):
    """How the others stand to APE, in sentences; where one does better it is said."""
    measured = {row["tool"]: row for row in rows if not row.get("fault")}
    ape = measured.pop("ape", None)
    for row in measured.values() if ape else ():
        ratio = ape["per_cpu_second"] / row["per_cpu_second"]
        if ratio >= 1:
            yield f"APE does {ratio:.1f} times as many a CPU-second as {row['title']}."
        else:
            yield f"{row['title']} does {1 / ratio:.1f} times as many a CPU-second as APE."
    for row in rows:
        if row.get("fault"):
            yield f"{row['title']} is not measured: {row['fault'].splitlines()[0].rstrip(':.')}."
        elif not row["counts_agree"]:
            difference = row["server_count"] - row["said_count"]
            yield (
                f"{row['title']} counted {abs(difference):,} {'fewer' if difference > 0 else 'more'} than the server "
                "answered, which is more than was in flight."
            )
        for remark in row.get("remarks", ()):
            yield f"{row['title']}: {remark}."
    if (others := max((row.get("other_cores", 0) for row in rows), default=0)) > DISTURBED_CORES:
        yield f"**Other programs took up to {others:.1f} processors meanwhile: these figures are rough.**"


def truth(rows):
    """How far off the percentiles of each tool are, in one sentence; None where none can be compared."""
    parts = []
    for row in rows:
        figure = row.get("first_token") or row.get("total")
        if row.get("fault") or None in (figure["said"]["p99_ms"], figure["server"]["p99_ms"]):
            continue
        parts.append(f"{row['title']} {figure['said']['p99_ms'] - figure['server']['p99_ms']:+,.1f} ms")
    what = "the first token's p99" if any("first_token" in row for row in rows) else "p99"
    return f"What each says of {what}, less the server's log: {', '.join(parts)}." if parts else None


def memory(result):
    """What each user more takes, between the least and the most users: a table, and who takes less than APE."""
    least, most = min(result["users"]), max(result["users"])
    peaks = {}
    for row in result["rows"]:
        if row.get("memory_kb"):
            peaks.setdefault((row["title"], row["kind"]), {})[row["users"]] = row["memory_kb"]
    table, needs = [], {}
    for (title, kind), peak in peaks.items():
        if least < most and {least, most} <= set(peak):
            each = needs.setdefault(kind, {})[title] = (peak[most] - peak[least]) / (most - least)
            table.append(
                {
                    "tool": title, "load": kind,
                    **{f"{users:,} users, MB": number(peak[users] / 1024) for users in (least, most)},
                    "a user more, KB": number(each) if each >= 1 else "under 1",
                }
            )
    sentences = [
        f"Less memory a user than APE ({kind}): {', '.join(less)}."
        for kind, each in needs.items()
        if (less := [title for title in each if each[title] < each.get("APE", 0)])
    ]
    return sorted(table, key=lambda row: list(TITLES).index(row["load"])), sentences


def figures(result):
    """APE's answers a CPU-second over those of the peers that its goals name: the least over all numbers of users."""
    rows = {(row["kind"], row["users"], row["tool"]): row for row in result["rows"] if not row.get("fault")}
    found = {}
    for kind, peer in BESIDE:
        pairs = [(rows.get((kind, users, "ape")), rows.get((kind, users, peer))) for users in result["users"]]
        if all(ape and other for ape, other in pairs):
            least = min(ape["per_cpu_second"] / other["per_cpu_second"] for ape, other in pairs)
            found[f"{kind}_beside_{peer}"] = round(least, 2)
    return found


def columns(table):
    return list(dict.fromkeys(column for row in table for column in row))


def aligned(table):
    """A table for a terminal, in lines."""
    names = columns(table)
    widths = [max(len(name), *(len(row.get(name, "")) for row in table)) for name in names]
    for row in [dict(zip(names, names)), *table]:
        texts = [row.get(name, "") for name in names]
        rest = (text.rjust(width) for text, width in zip(texts[1:], widths[1:]))
        yield "  ".join([texts[0].ljust(widths[0]), *rest]).rstrip()


def marked(table):
    """A table in Markdown, in lines."""
    names = columns(table)
    yield f"| {' | '.join(names)} |"
    yield "|---" * len(names) + "|"
    for row in table:
        yield f"| {' | '.join(row.get(name, '') for name in names)} |"


def sections(result):
    """Titles, tables, and sentences below each."""
    for title, rows in groups(result):
        yield title, list(map(cells, rows)), [sentence for sentence in [*compared(rows), truth(rows)] if sentence]
    table, sentences = memory(result)
    if table:
        yield "Memory", table, sentences


def terminal(result):
    """Everything, for a terminal."""
    lines = []
    for title, table, sentences in sections(result):
        lines += ["", title, *aligned(table), *(f"  {sentence.strip('*')}" for sentence in sentences)]
    lines += ["", *(f"{name.replace('_', ' ')}: {times:.1f} times at least" for name, times in figures(result).items())]
    return "\n".join(lines)


def markdown(result):
    """The part of docs/performance.md."""
    about = result["about"]
    tools = [{name: tool[key] for name, key in (("tool", "title"), ("version", "version"), ("settings", "settings"))}
             for tool in result["tools"]]
    lines = [
        "## Peers in one run",
        "",
        f"`make bench-peers`, {about['date']}, commit {about['commit']}, on {about['processor']} with {about['cores']} "
        f"processors, Linux {about['kernel']}; the machine's load at the start was {about['load']}.",
        "",
        result["method"].strip(),
        "",
        *marked(tools),
    ]
    for title, table, sentences in sections(result):
        lines += ["", f"### {title}", "", *marked(table)]
        if sentences:
            lines += ["", *(f"- {sentence}" for sentence in sentences)]
    return "\n".join(lines) + "\n"
