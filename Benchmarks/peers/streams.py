"""Peers that ask for streamed completions: GuideLLM, AIPerf and inference-perf."""

import json
import os

import installs
from tools import CPUS, Said, Tool, figures

PROMPT_WORDS, VOCABULARY = 128, 1000
SPECIAL = ("<unk>", "<s>", "</s>")


def write_tokenizer(folder):
    """A tokenizer of whole words, since none can be fetched where there is no model hub."""
    folder.mkdir(exist_ok=True)
    words = [*SPECIAL, *(f"word{number}" for number in range(1, VOCABULARY + 1))]
    vocabulary = {word: number for number, word in enumerate(words)}
    marks = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    tokenizer = {
        "version": "1.0", "truncation": None, "padding": None, "normalizer": None, "post_processor": None,
        "decoder": None, "pre_tokenizer": {"type": "WhitespaceSplit"},
        "added_tokens": [{"id": vocabulary[word], "content": word, **marks} for word in SPECIAL],
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "<unk>"},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    configuration = {
        "tokenizer_class": "PreTrainedTokenizerFast", "unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>",
        "model_max_length": 131072,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(configuration))
    return folder


def prompt(number):
    """A prompt of its own for each number."""
    return " ".join(f"word{(number * 7 + place * 13) % VOCABULARY + 1}" for place in range(PROMPT_WORDS))


def write_lines(path, rows):
    with open(path, "w", encoding="ascii") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")
    return path


class Streams(Tool):
    kinds = ("completions",)

    def prepare(self, say):
        self.folder = installs.installed(self.name, say)
        return installs.version(self.name)

    def most(self, case):
        """More completions than any of them can ask for in the time."""
        return max(2000, 1000 * CPUS * case.seconds // 2)


class GuideLLM(Streams):
    name, title = "guidellm", "GuideLLM"
    settings = "`guidellm run`, profile `concurrent`, prompts of 128 words from a file, defaults otherwise"

    def environment(self):
        return {**os.environ, "HF_HUB_OFFLINE": "1"}

    def command(self, case):
        prompts = write_lines(case.folder / "prompts.jsonl", ({"text": prompt(n)} for n in range(self.most(case))))
        return [
            self.folder / "guidellm", "run",
            "--backend", f"kind=openai_http,target={case.url},model=m",
            "--profile", f"kind=concurrent,streams={case.users}",
            "--constraint", f"kind=max_duration,seconds={case.seconds}",
            "--data", f"kind=json_file,path={prompts}",
            "--tokenizer", f"kind=huggingface_auto,model={write_tokenizer(case.folder / 'words')}",
            "--output", f"kind=json,path={case.folder}/guidellm.json", "--disable-progress",
        ]

    def said(self, case, log):
        metrics = figures(case.folder / "guidellm.json")["benchmarks"][0]["metrics"]
        whole = metrics["request_latency"]["successful"]["percentiles"]
        first = metrics["time_to_first_token_ms"]["successful"]["percentiles"]
        totals = metrics["request_totals"]
        said = Said(totals["successful"], whole["p50"], whole["p99"], first["p50"] / 1e3, first["p99"] / 1e3)
        if totals["errored"]:
            said.remarks.append(f"{totals['errored']} of its requests failed")
        return said


class AIPerf(Streams):
    name, title = "aiperf", "AIPerf"
    settings = (
        "`aiperf profile --endpoint-type chat --streaming`, prompts of 128 words from a file, "
        "`--use-server-token-count`, no telemetry, no screen, defaults otherwise"
    )

    def command(self, case):
        prompts = write_lines(case.folder / "prompts.jsonl", ({"text": prompt(n)} for n in range(1000)))
        return [
            self.folder / "aiperf", "profile", "-m", "m", "--endpoint-type", "chat", "--streaming", "-u", case.url,
            "--concurrency", str(case.users), "--benchmark-duration", str(case.seconds),
            "--benchmark-grace-period", "10", "--tokenizer", write_tokenizer(case.folder / "words"),
            "--input-file", prompts, "--custom-dataset-type", "single-turn", "--use-server-token-count",
            "--ui-type", "none", "--no-gpu-telemetry", "--no-server-metrics",
            "--output-artifact-dir", case.folder / "aiperf",
        ]

    def said(self, case, log):
        result = figures(case.folder / "aiperf/profile_export_aiperf.json")
        whole, first = result["request_latency"], result["time_to_first_token"]
        said = Said(int(result["request_count"]["avg"]), *(
            value / 1e3 for value in (whole["p50"], whole["p99"], first["p50"], first["p99"])
        ))
        if result.get("error_summary"):
            said.remarks.append(f"it saw errors: {str(result['error_summary'])[:120]}")
        return said


class InferencePerf(Streams):
    name, title = "inference-perf", "inference-perf"
    settings = (
        "load type `concurrent`, a number of requests since it takes no time, prompts of 128 words, "
        f"{CPUS} workers (its default), the server's token counts"
    )

    def environment(self):
        return {**os.environ, "HF_HUB_OFFLINE": "1"}

    def command(self, case):
        # It asks for all of a conversation at once: two turns of half the words.
        rows = (
            {"conversations": [{"from": "human", "value": half} for half in halves(prompt(n))]} for n in range(1000)
        )
        load = {
            "type": "concurrent", "num_workers": CPUS, "worker_max_concurrency": -(-case.users // CPUS),
            "stages": [{"num_requests": self.requests(case), "concurrency_level": case.users}],
        }
        configuration = {
            "api": {"type": "chat", "streaming": True},
            "data": {"type": "shareGPT", "path": str(write_lines(case.folder / "conversations.json", rows))},
            "load": load,
            "server": {"type": "vllm", "model_name": "m", "base_url": case.url},
            "tokenizer": {"pretrained_model_name_or_path": str(write_tokenizer(case.folder / "words"))},
            "storage": {"local_storage": {"path": str(case.folder / "reports")}},
            "report": {"request_lifecycle": {"use_server_output_tokens": True}},
        }
        # JSON is YAML.
        file = case.folder / "configuration.yml"
        file.write_text(json.dumps(configuration))
        return [self.folder / "inference-perf", "-c", file]

    def requests(self, case):
        """As many as it should take the time for: what users ask for one after the other, within what Python can."""
        return int(min(case.users * 2.2, 480 * CPUS) * case.seconds)

    def said(self, case, log):
        result = figures(case.folder / "reports/summary_lifecycle_metrics.json")
        done = result["successes"]
        whole, first = done["latency"]["request_latency"], done["latency"]["time_to_first_token"]
        said = Said(done["count"], whole["median"], whole["p99"], first["median"], first["p99"])
        if result["failures"]["count"]:
            said.remarks.append(f"{result['failures']['count']} of its requests failed")
        return said


def halves(text):
    words = text.split()
    return " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
