import ApeCore

/// The members of requests that each API knows.
enum KnownMembers {
    /// The shape of a request's body.
    ///
    /// - Parameters:
    ///   - api: the API that it is made in.
    ///   - reasoning: whether the endpoint sends reasoning, which may come back then.
    /// - Returns: a shape that knows every member.
    static func request(_ api: Scenario.InferenceAPI, reasoning: Bool) -> MemberShape {
        switch api {
        case .chat: reasoning ? chatWithReasoning : chat
        case .responses: responses
        case .messages: messages
        }
    }

    private static let chat = chat(reasoning: false)
    private static let chatWithReasoning = chat(reasoning: true)

    private static func chat(reasoning: Bool) -> MemberShape {
        let parts: MemberShape = .list(
            .tagged(
                key: "type",
                fallback: nil,
                [
                    "text": .members("type! text! prompt_cache_breakpoint"), "image_url": .members("type! image_url!"),
                    "refusal": .members("type! refusal!"),
                ]
            )
        )
        let extra: MemberShape = .members("", ["google": .members("thought_signature")])
        let function: MemberShape = .members("name! arguments!")
        let call: MemberShape = .members(
            "id! type! function!",
            reasoning ? ["function": function, "extra_content": extra] : ["function": function]
        )
        let told: MemberShape = .members("role! content! name", ["content": parts])
        let assistant: MemberShape = .members(
            "role! content name refusal audio" + (reasoning ? " reasoning_content" : ""),
            ["content": parts, "tool_calls": .list(call)]
        )
        let roles: [String: MemberShape] = [
            "system": told, "developer": told, "user": told, "assistant": assistant,
            "tool": .members("role! content! tool_call_id!", ["content": parts]),
        ]
        let tool: MemberShape = .members(
            "type! function!",
            ["function": .members("name! description parameters strict")]
        )
        return .members(
            "model! messages! stream max_completion_tokens max_tokens temperature top_p n stop seed presence_penalty "
                + "frequency_penalty logit_bias logprobs top_logprobs user metadata store tool_choice "
                + "parallel_tool_calls response_format reasoning_effort verbosity modalities prediction service_tier "
                + "prompt_cache_key prompt_cache_options prompt_cache_retention safety_identifier audio",
            [
                "messages": .list(.tagged(key: "role", fallback: nil, roles)), "tools": .list(tool),
                "stream_options": .members("include_usage include_obfuscation"),
            ]
        )
    }

    private static let responses: MemberShape = {
        let text: MemberShape = .members("type! text!")
        let parts: MemberShape = .list(
            .tagged(
                key: "type",
                fallback: nil,
                [
                    "input_text": .members("type! text! prompt_cache_breakpoint"),
                    "input_image": .members("type! image_url file_id detail"),
                    "output_text": .members("type! text! annotations logprobs"),
                    "refusal": .members("type! refusal!"),
                ]
            )
        )
        let items: [String: MemberShape] = [
            "message": .members("type id role! status content! phase", ["content": parts]),
            "function_call": .members("type! id call_id! name! arguments! status"),
            "function_call_output": .members("type! id call_id! output! status", ["output": parts]),
            "reasoning": .members(
                "type! id! summary! encrypted_content status",
                ["summary": .list(text), "content": .list(text)]
            ),
        ]
        return .members(
            "model! input! instructions stream store include tool_choice parallel_tool_calls max_output_tokens "
                + "max_tool_calls temperature top_p top_logprobs previous_response_id metadata user truncation "
                + "service_tier prompt_cache_key prompt_cache_options prompt_cache_retention safety_identifier "
                + "background conversation prompt",
            [
                "input": .list(.tagged(key: "type", fallback: "message", items)),
                "tools": .list(.members("type! name! description parameters! strict!")),
                "reasoning": .members("effort summary context"), "text": .members("format verbosity"),
                "stream_options": .members("include_obfuscation"),
            ]
        )
    }()

    private static let messages: MemberShape = {
        let cache: MemberShape = .members("type! ttl")
        let text: MemberShape = .members("type! text! citations", ["cache_control": cache])
        let image: MemberShape = .members("type! source!", ["cache_control": cache])
        let blocks: MemberShape = .list(
            .tagged(
                key: "type",
                fallback: nil,
                [
                    "text": text, "image": image,
                    "document": .members("type! source! title context citations", ["cache_control": cache]),
                    "tool_use": .members("type! id! name! input! caller", ["cache_control": cache]),
                    "tool_result": .members(
                        "type! tool_use_id! is_error",
                        [
                            "content": .list(.tagged(key: "type", fallback: nil, ["text": text, "image": image])),
                            "cache_control": cache,
                        ]
                    ),
                    "thinking": .members("type! thinking! signature!"), "redacted_thinking": .members("type! data!"),
                ]
            )
        )
        let tool: MemberShape = .members(
            "type name! description input_schema! strict eager_input_streaming defer_loading",
            ["cache_control": cache]
        )
        return .members(
            "model! max_tokens! messages! stream temperature top_p top_k stop_sequences metadata service_tier "
                + "container context_management mcp_servers inference_geo",
            [
                "messages": .list(.members("role! content!", ["content": blocks])),
                "system": .list(text), "tools": .list(tool), "cache_control": cache,
                "tool_choice": .members("type! name disable_parallel_tool_use"),
                "thinking": .members("type! budget_tokens display"), "output_config": .members("effort format"),
            ]
        )
    }()
}
