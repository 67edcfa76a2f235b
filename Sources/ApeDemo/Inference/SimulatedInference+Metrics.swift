import Hummingbird
import NIOCore
import Synchronization

extension SimulatedInference {
    /// What the endpoint does now, in Prometheus' format and under the names that vLLM has for it, so that whoever reads a
    /// model server's page can read this one.
    var metrics: Response {
        let counts = stats.withLock { ($0.tokensIn, $0.tokensOut) }
        var text = """
            # HELP vllm:num_requests_waiting Requests that wait for a slot.
            # TYPE vllm:num_requests_waiting gauge
            vllm:num_requests_waiting{model_name="\(configuration.model.labelValue)"} \(slots?.waitingCount ?? 0)
            # HELP vllm:prompt_tokens_total Tokens of all prompts that were answered.
            # TYPE vllm:prompt_tokens_total counter
            vllm:prompt_tokens_total{model_name="\(configuration.model.labelValue)"} \(counts.0)
            # HELP vllm:generation_tokens_total Tokens of all answers.
            # TYPE vllm:generation_tokens_total counter
            vllm:generation_tokens_total{model_name="\(configuration.model.labelValue)"} \(counts.1)

            """
        if let slots {
            text += """
                # HELP vllm:num_requests_running Requests that have a slot.
                # TYPE vllm:num_requests_running gauge
                vllm:num_requests_running{model_name="\(configuration.model.labelValue)"} \(slots.runningCount)

                """
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}

extension String {
    /// As the value of a label.
    fileprivate var labelValue: String {
        replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
