"""A soak's result as a part of docs/performance.md."""


def part(result):
    options, machine = result["options"], result["machine"]
    told, end = result["accounts"], result["end"]
    minutes, cores = options["time"] / 60, result["cores_used"]
    ape = sum(value for kind, value in cores.items() if kind != "services")
    lines = [
        "## Soak",
        "",
        f"`make soak TIME={options['time']:.0f}`: {options['agents']:,} agents for {minutes:.0f} minutes on "
        f"{options['workers']} `ape-worker` processes and a coordinator with its database, a worker killed (`kill -9`) every "
        f"{options['every']:.0f} s and started again under its name, on a target and a model that write down each request. "
        f"{told['killed']} workers were killed; the programs used {ape:.2f} of a core, the services in Python beside them "
        f"{cores.get('services', 0):.2f}.",
        "",
        f"{machine['date']}, {machine['cpus']} cores ({machine['cpu']}), Linux {machine['kernel']}, APE {machine['ape']} "
        f"at {machine['commit']}.",
        "",
        "| what | goal | figure | holds |",
        "|---|---|---|---|",
    ]
    for entry in result["verdicts"]:
        lines.append(f"| {entry['what']} | {entry['goal']} | {entry['figure']} | {'yes' if entry['passed'] else '**no**'} |")
    disk = end["disk"]["database_bytes"]
    lines += [
        "",
        "A slope is a line by least squares through the means of whole cycles of a kill, after a warm-up, with its 95 % "
        f"interval. At the end of the load the coordinator had {memory(end['coordinator'])}, the worker that is never killed "
        f"{memory(end['worker-0'])}, the database {disk / 2**20:.0f} MiB, "
        f"{disk / 1024 / result['seconds_of_load']:.0f} KiB for each second of load.",
        "",
    ]
    lines += [f"- {words}" for words in result["wrong"][:10]] + ([""] if result["wrong"] else [])
    return "\n".join(lines)


def memory(process):
    if not process:
        return "ended"
    return f"{process['rss_kib'] / 1024:.1f} MiB resident ({process['pss_kib'] / 1024:.1f} MiB of its own share)"
