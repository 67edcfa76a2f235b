import ApeCore

/// What is taken of the page of a server of a known kind where the scenario does not say.
///
/// This table is all that is known of kinds of servers: reading, findings and the table of `docs/servers.md` go by it.
package struct ServerPreset: Sendable {
    package let name: String
    /// Whose server it is; nil where it may be anybody's.
    package let party: ScrapeTarget.Side?
    package let entries: [Entry]

    /// A series of such a server.
    package struct Entry: Sendable {
        package let series: String
        /// In sentences: `queue depth`.
        package let words: String
        /// Where the name does not tell the unit.
        let unit: ServerUnit?

        init(_ series: String, _ words: String, _ unit: ServerUnit? = nil) {
            (self.series, self.words, self.unit) = (series, words, unit)
        }
    }

    /// In the order in which series are taken.
    package static let all: [ServerPreset] = [vLLM, llama, generation, sglang, node, containers, process]

    private static let vLLM = ServerPreset(
        name: "vLLM",
        party: .inference,
        entries: [
            Entry("vllm:num_requests_waiting", "queue depth"), Entry("vllm:num_requests_running", "running requests"),
            Entry("vllm:kv_cache_usage_perc", "KV cache in use"),
            Entry("vllm:gpu_cache_usage_perc", "KV cache in use"),
            Entry("vllm:num_preemptions_total", "preemptions"),
            Entry("vllm:request_queue_time_seconds", "time in the queue"),
            Entry("vllm:time_to_first_token_seconds", "the server's own time to first token"),
            Entry("vllm:inter_token_latency_seconds", "time between tokens"),
            Entry("vllm:time_per_output_token_seconds", "time between tokens"),
            Entry("vllm:e2e_request_latency_seconds", "the server's own time for a request"),
            Entry("vllm:prompt_tokens_total", "prompt tokens"),
            Entry("vllm:generation_tokens_total", "generated tokens"),
        ]
    )

    private static let llama = ServerPreset(
        name: "llama.cpp server",
        party: .inference,
        entries: [
            Entry("llamacpp:requests_deferred", "queue depth"),
            Entry("llamacpp:requests_processing", "running requests"),
            Entry("llamacpp:kv_cache_usage_ratio", "KV cache in use"),
            Entry("llamacpp:n_busy_slots_per_decode", "busy slots"),
            Entry("llamacpp:prompt_tokens_seconds", "prompt throughput", .perSecond),
            Entry("llamacpp:predicted_tokens_seconds", "generation throughput", .perSecond),
            Entry("llamacpp:prompt_tokens_total", "prompt tokens"),
            Entry("llamacpp:tokens_predicted_total", "generated tokens"),
        ]
    )

    private static let generation = ServerPreset(
        name: "Text Generation Inference",
        party: .inference,
        entries: [
            Entry("tgi_queue_size", "queue depth"), Entry("tgi_batch_current_size", "requests in the batch"),
            Entry("tgi_request_queue_duration", "time in the queue", .seconds),
            Entry("tgi_request_duration", "the server's own time for a request", .seconds),
            Entry("tgi_request_mean_time_per_token_duration", "time between tokens", .seconds),
            Entry("tgi_request_count", "requests"),
        ]
    )

    private static let sglang = ServerPreset(
        name: "SGLang",
        party: .inference,
        entries: [
            Entry("sglang:num_queue_reqs", "queue depth"), Entry("sglang:num_running_reqs", "running requests"),
            Entry("sglang:token_usage", "KV cache in use"), Entry("sglang:cache_hit_rate", "prefix cache hits"),
            Entry("sglang:time_to_first_token_seconds", "the server's own time to first token"),
            Entry("sglang:e2e_request_latency_seconds", "the server's own time for a request"),
            Entry("sglang:prompt_tokens_total", "prompt tokens"),
            Entry("sglang:generation_tokens_total", "generated tokens"),
        ]
    )

    /// The part of all CPUs' time that was not idle is made of the series of all modes.
    package static let busyShare = "node_cpu_busy_ratio"
    static let busyShareSource = "node_cpu_seconds_total"

    private static let node = ServerPreset(
        name: "node exporter",
        party: nil,
        entries: [
            Entry(busyShare, "CPU in use"), Entry("node_memory_MemAvailable_bytes", "memory available"),
            Entry("node_load1", "load"),
        ]
    )

    private static let containers = ServerPreset(
        name: "cAdvisor",
        party: nil,
        entries: [
            Entry("container_cpu_usage_seconds_total", "CPUs in use"),
            Entry("container_memory_working_set_bytes", "memory in use"),
        ]
    )

    private static let process = ServerPreset(
        name: "any client library",
        party: nil,
        entries: [
            Entry("process_cpu_seconds_total", "CPUs in use"), Entry("process_resident_memory_bytes", "memory in use"),
        ]
    )

    private static let entries: [String: (preset: ServerPreset, entry: Entry)] =
        all.reduce(into: [:]) { entries, preset in
            for entry in preset.entries { entries[entry.series] = (preset, entry) }
        }

    /// What is known of a series; nil for one of nobody here.
    package static func entry(of series: String) -> Entry? { entries[series]?.entry }

    /// Whose server shows a series; nil where that is not known.
    static func party(of series: String) -> ScrapeTarget.Side? { entries[series]?.preset.party }
}
