import ApeScenario

@testable import ApeCore

/// Scenarios that tests read, and the ways to read them.
enum ScenarioSamples {
    /// The least that reads: one target, one script.
    static let least = """
        targets: {shop: "http://127.0.0.1:8080"}
        goals:
          look: {script: [GET /api/products]}
        """

    /// Every key that a file can hold, none with its default.
    static let full = #"""
        name: full
        targets:
          shop:
            url: http://127.0.0.1:8080/base/
            endpoints:
              - GET /api/products: List products
              - POST /api/checkout
              - GET /api/orders/{id}: ""
              - POST /api/login:
                  summary: Log in
                  body: {type: object, properties: {user: {type: string}}}
                  body_type: application/json
                  listen: 5s
            headers: {X-Env: test, Authorization: "Basic {{base64 username:password}}"}
            http_version: 1.1
            proxy: http://proxy:3128
            ca_file: /etc/ca.pem
            client_certificate: /etc/user.pem
            client_key: /etc/user.key
          pay: {url: "https://[::1]:8443", http_version: 2}
        inference:
          api: responses
          url: https://api.example.com/v1/?api-version=2024-10-21
          model: demo
          api_key_env: EXAMPLE_API_KEY
          api_key_header: api-key
          tool_mode: json
          temperature: 0.2
          max_completion_tokens: 256
          token_limit_key: max_tokens
          parallel_tool_calls: false
          strict_schemas: false
          headers: {X-Team: load}
          body: {reasoning_effort: low, top_k: 3, store: null, nested: [null, {a: 1.5}]}
          connect_timeout: 3s
          first_byte_timeout: 20s
          total_timeout: 90s
          http_version: "2"
          proxy: https://proxy:3129
          ca_file: ca.pem
          requests_per_minute: 600
          price: {input: 0.25, cached_input: 0.025, cache_write: 0.31, output: 2}
          budget: 12.5
        goals:
          buy:
            weight: 3
            prompt: |
              Buy two headphones.
            data:
              - {username: "user-{{agent}}", password: 1234}
              - {username: ada, password: "true"}
            capture:
              order_id: {json: $.order_id, path: /api/checkout}
              csrf: {header: X-CSRF}
              total: $.total
              form: {between: ['value="', '"'], path: /login}
              xsrf: {cookie: XSRF-TOKEN, path: /login}
            success:
              - answer: POST /api/checkout
                name: paid
                target: shop
                status: 201
                json:
                  $.status: confirmed
                  $.total: {greater: 0, at_most: 1e3, exists: true}
                  "$['a b'][-1]": {contains: "{{order_id}}"}
                  $.none: null
                  $.map: {equals: {a: [1, "{{total}}"]}, not_equals: null}
                  $.gone: {exists: false}
                headers: {Content-Type: {matches: ^application/json}, X-Count: {at_least: 2}, X-Id: {exists: true}}
                body_matches: '"order_id":\s*\d+'
              - verify: GET /api/orders/{{order_id}}?full=1
                target: pay
                status: 2xx
                send_headers: {X-Order: "{{order_id}}"}
                send_body: {id: "{{order_id}}", n: 1}
            max_steps: 12
            timeout: 45s
          baseline:
            script:
              - GET /api/products: {target: shop}
              - POST /api/login:
                  target: shop
                  query: {lang: en, id: "{{agent}}"}
                  headers: {X-Run: "{{run}}"}
                  body: {user: "u{{random}}", list: [1, 2.5, null, true]}
                  expect: 200-204
              - PATCH /api/x/{{session}}: {target: pay, body: plain}
              - PUT /api/files: {target: shop, query: {tag: [a, 2, true], none: []}, body_base64: AP8=}
        connections: session
        pacing: {think: 200ms..1.5s, between_sessions: 2}
        limits:
          response_bytes: 2048
          feedback_bytes: 512
          prompt_endpoints: 40
          context_tokens: 4096
          target_retries: 0
          inference_retries: 5
          backoff: 100ms
          backoff_max: 4s
          retry_after_max: 30s
          connect_timeout: 1s
          first_byte_timeout: 5s
          total_timeout: 15s
          redirects: 1
        kpi_targets:
          mtba_threshold: 1.25
          mtba_high_load: 2
          cognitive_latency_ttft: 0.5
          successful_stateful_sessions: 90
          max_concurrent_agents: 250
          agent_startup_time: 10
          system_memory_efficiency: 70
          system_cpu_efficiency: 75.5
        thresholds:
          - p95(target{route=POST /api/checkout}) < 500ms
          - {when: "rate(actions{status=5xx}) < 1/s", window: 5s, after: 1s, abort: true}
        scrape:
          - name: vllm
            url: http://127.0.0.1:8000/metrics?format=text
            every: 2s
            timeout: 500ms
            series: [vllm:num_requests_waiting, 'queue{model="m",zone="a"}']
            party: target
            headers: {X-Scope: load}
            token_env: SCRAPE_TOKEN
            ca_file: /etc/scrape.pem
        plan:
          - {name: warm, agents: 10, ramp: 0, warmup: 1s, hold: 5s}
          - {agents: 100, hold: 1m}
          - {name: arrivals, agents: 200, sessions: 30/s, pattern: even, hold: 1m}
          - {name: rise, agents: 200, sessions: {from: 0.5/s, to: 90/m}, hold: 1m}
        """#

    /// A plan that searches.
    static let search =
        least + """

            plan:
              search: {of: agents, from: 20, to: 400, agents: 50, hold: 20s, ramp: 3s, warmup: 4s, precision: 2.5%}
            """

    static func read(_ yaml: String, file: String = "shop.yml") throws -> ReadScenario {
        try Scenario.read(Array(yaml.utf8), file: file) { path in
            throw ApeError(.file, "no such file: \(path)")
        }
    }

    /// The problems of a scenario, one a line; empty for one that reads.
    static func problems(_ yaml: String) -> [String] {
        do {
            _ = try read(yaml)
            return []
        } catch {
            return "\(error)".split(separator: "\n").map(String.init)
        }
    }
}
