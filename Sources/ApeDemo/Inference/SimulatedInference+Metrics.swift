import NIOCore

extension SimulatedInference {
    /// What the endpoint does now, in Prometheus' format and under the names that vLLM has for it, so that whoever reads a
    /// model server's page can read this one.
    var metrics: DemoAnswer {
        let sum = stats.sum
        let model = configuration.model.labelValue
        var text = """
            # HELP vllm:num_requests_waiting Requests that wait for a slot.
            # TYPE vllm:num_requests_waiting gauge
            vllm:num_requests_waiting{model_name="\(model)"} \(slots?.waitingCount ?? 0)
            # HELP vllm:prompt_tokens_total Tokens of all prompts that were answered.
            # TYPE vllm:prompt_tokens_total counter
            vllm:prompt_tokens_total{model_name="\(model)"} \(sum.tokensIn)
            # HELP vllm:generation_tokens_total Tokens of all answers.
            # TYPE vllm:generation_tokens_total counter
            vllm:generation_tokens_total{model_name="\(model)"} \(sum.tokensOut)
            # HELP vllm:request_success_total Requests that are over, by why.
            # TYPE vllm:request_success_total counter
            vllm:request_success_total{finished_reason="stop",model_name="\(model)"} \(sum[.decision])
            vllm:request_success_total{finished_reason="abort",model_name="\(model)"} \(stats.droppedCount)

            """
        if let slots {
            text += """
                # HELP vllm:num_requests_running Requests that have a slot.
                # TYPE vllm:num_requests_running gauge
                vllm:num_requests_running{model_name="\(model)"} \(slots.runningCount)

                """
        }
        let type = "text/plain; version=0.0.4; charset=utf-8"
        return DemoAnswer(status: 200, contentType: type, body: ByteBuffer(string: text))
    }
}

extension String {
    /// As the value of a label.
    fileprivate var labelValue: String {
        replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
