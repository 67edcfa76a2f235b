@testable import ApeCore
import Testing

/// What a user is told of a wrong scenario: place, key, reason, way out.
@Suite struct ScenarioProblemTests {
    @Test func tellsAllProblemsAtOnceInTheFilesOrder() {
        let problems = ScenarioSamples.problems(
            """
            name: shop
            targets:
              shop:
                url: 127.0.0.1:8080
                header: {A: b}
            goals:
              buy:
                prompt: Buy two headphones.
                max_step: 5
                success:
                  - answer: PSOT /api/checkout
                    status: 2001
                  - verify: GET /api/orders/{{order_id}}
                    target: shp
                    status: 200
            pacing: {thnk: 1s}
            """
        )
        #expect(
            problems == [
                "shop.yml:1:1: `inference` is missing: the goal buy has a prompt, so a model must decide its steps",
                "shop.yml:4:10: targets.shop.url: must be a URL such as http://127.0.0.1:8080: it starts with http:// or https://",
                "shop.yml:5:5: targets.shop.header: unknown key; did you mean `headers`?",
                "shop.yml:9:5: goals.buy.max_step: unknown key; did you mean `max_steps`?",
                "shop.yml:11:17: goals.buy.success[0].answer: unknown method PSOT; did you mean POST?",
                "shop.yml:14:17: goals.buy.success[1].target: there is no target shp; did you mean `shop`?",
                "shop.yml:16:10: pacing.thnk: unknown key; did you mean `think`?",
            ]
        )
    }

    /// One change to a scenario that reads, and what is said about it.
    @Test(arguments: [
        ("name: [a]", "", "1:7: name: must be a text, not a list"),
        ("name: \" \"", "", "1:7: name: is empty"),
        ("targets: {}", "targets", "must name at least one target"),
        ("targets: [a]", "targets", "must be a map, not a list"),
        ("targets: {\"a b\": \"http://h\"}", "targets", "targets[\"a b\"]: is no name"),
        ("targets: {s: {url: \"http://u:p@h\"}}", "targets", "user and password do not belong in it"),
        ("targets: {s: {url: \"http://h:99999\"}}", "targets", "its host or port is wrong"),
        ("targets: {s: {url: \"ftp://h\"}}", "targets", "it starts with http:// or https://"),
        ("targets: {s: {url: \"http://h/?q=1\"}}", "targets", "it has no query and no fragment"),
        ("targets: {s: {url: \"http://{{host}}\"}}", "targets", "characters that a URL cannot hold"),
        ("targets: {s: {endpoints: []}}", "targets", "targets.s: `url` is missing"),
        ("targets: {s: {url: \"http://h\", client_key: k.pem}}", "targets", "`client_key` needs `client_certificate`"),
        ("connections: user", "", "connections: must be one of session, agent, shared, not the text"),
        ("targets: {s: {base_url: \"http://h\"}}", "targets", "targets.s.base_url: is called `url` here"),
        ("targets: {s: {url: \"http://h\", endpoints: [GET]}}", "targets", "`GET` must be a method and a path"),
        ("targets: {s: {url: \"http://h\", endpoints: [GET x]}}", "targets", "must start with / and hold no spaces"),
        ("targets: {s: {url: \"http://h\", endpoints: [\"GET /{a\"]}}", "targets", "unmatched braces"),
        ("targets: {s: {url: \"http://h\", endpoints: [{a: b, c: d}]}}", "targets", "must be written as `GET"),
        ("targets: {s: {url: \"http://h\", headers: {\"a b\": c}}}", "targets", "is no name of a header"),
        ("targets: {s: {url: \"http://h\", headers: {A: \"b\\nc\"}}}", "targets", "which no header can"),
        ("targets: {s: {url: \"http://h\", headers: {A: b, a: c}}}", "targets", "the header stands twice"),
        ("targets: {s: {url: \"http://h\", http_version: 3}}", "targets", "must be one of auto, 1.1, 2, not 3"),
        ("targets: {s: {url: \"http://h\", openapi: none.json}}", "targets", "cannot read none.json: no such file"),
        ("targets: {s: {url: \"http://h\", openapi: \"http://h/o\"}}", "targets", "must be a file beside the scenario"),
        ("goals: {}", "goals", "must name at least one goal"),
        ("goals: {g: {}}", "goals", "goals.g: needs a `prompt` for the model, or a `script`"),
        ("goals: {g: {prompt: a, script: [GET /]}}", "goals", "goals.g.prompt: stands beside `script`"),
        ("goals: {g: {script: []}}", "goals", "goals.g.script: has no steps"),
        ("goals: {g: {script: [GET /, GET /], max_steps: 1}}", "goals", "the script has 2 steps, more than this"),
        ("goals: {g: {script: [GET /], weight: 0}}", "goals", "goals.g.weight: must be a number from 1e-06"),
        ("goals: {g: {script: [GET /], timeout: 10}}", "", ""),
        ("goals: {g: {script: [GET /], timeout: 10ms}}", "goals", "must be a duration from 1s to 24h"),
        ("goals: {g: {script: [GET /], data: [{agent: x}]}}", "goals", "is given to every session already"),
        ("goals: {g: {script: [GET /], data: [{a b: x}]}}", "goals", "cannot be named by a template"),
        ("goals: {g: {script: [GET /], data: [{a: \"{{b}}\"}]}}", "goals", "nothing provides {{b}}"),
        ("goals: {g: {script: [\"GET /{{usernme}}\"], data: [{username: x}]}}", "goals", "did you mean {{username}}?"),
        (
            "goals: {g: {script: [POST /: {body: [{a: \"{{x}}\"}]}]}}", "goals",
            "script[0].body[0].a: nothing provides {{x}}"
        ),
        (
            "goals: {g: {script: [POST /: {expect: 99}]}}", "goals",
            "must be a status such as 201, 2xx or 200-204, not 99"
        ),
        ("goals: {g: {script: [POST /: {target: t}]}}", "goals", "there is no target t; did you mean `s`?"),
        (
            "goals: {g: {script: [GET /], capture: {x: {}}}}", "goals",
            "needs one of `json` (a JSON path), `header` and `cookie` (a name) and `between` (two texts)"
        ),
        ("goals: {g: {script: [GET /], capture: {x: {between: [a, b], json: $.a}}}}", "goals", "needs one of `json`"),
        ("goals: {g: {script: [GET /], capture: {x: {between: a}}}}", "goals", "must be a list, not"),
        ("goals: {g: {script: [GET /], capture: {x: {between: [a]}}}}", "goals", "must list two texts"),
        ("goals: {g: {script: [GET /], capture: {x: {between: [a, b, c]}}}}", "goals", "has 3 elements"),
        ("goals: {g: {script: [GET /], capture: {x: {between: [a, \"\"]}}}}", "goals", "is empty"),
        ("goals: {g: {script: [GET /], capture: {x: {between: [a, \"\\n\"]}}}}", "goals", ""),
        ("goals: {g: {script: [GET /], capture: {x: a.b}}}", "goals", "it starts with $, as in $.items[0].id"),
        ("goals: {g: {script: [GET /], capture: {x: {json: $.a, path: \"/a?b\"}}}}", "goals", "a pattern has no query"),
        ("goals: {g: {script: [GET /], success: [{status: 200}]}}", "goals", "needs one of `answer`"),
        ("goals: {g: {script: [GET /], success: [{answer: GET /}]}}", "goals", "checks nothing"),
        (
            "goals: {g: {script: [GET /], success: [{answer: \"GET /{{id}}\", status: 1xx}]}}", "goals",
            "not {{templates}}"
        ),
        (
            "goals: {g: {script: [GET /], success: [{answer: GET /, status: 200, send_body: 1}]}}", "goals",
            "belongs to a `verify`"
        ),
        (
            "goals: {g: {script: [GET /], success: [{answer: GET /, json: {a: 1}}]}}", "goals",
            "success[0].json.a: the JSON path"
        ),
        (
            "goals: {g: {script: [GET /], success: [{answer: GET /, json: {$.a: {grater: 1}}}]}}", "goals",
            "did you mean `greater`?"
        ),
        (
            "goals: {g: {script: [GET /], success: [{answer: GET /, json: {$.a: {less: x}}}]}}", "goals",
            "must be a number or a template"
        ),
        (
            "goals: {g: {script: [GET /], success: [{answer: GET /, json: {$.a: {exists: 1}}}]}}", "goals",
            "must be true or false"
        ),
        (
            "goals: {g: {script: [GET /], success: [{answer: GET /, body_matches: \"(\"}]}}", "goals",
            "is no regular expression"
        ),
        ("goals: {g: {prompt: a}}", "goals", "`success` is missing"),
        ("pacing: {think: 2s..1s}", "", "must be a duration or a range such as 200ms..2s"),
        ("limits: {redirects: 1.5}", "", "must be a whole number from 0 to 20, not 1.5"),
        ("limits: {backoff: 20s}", "", "`backoff_max` is below `backoff`, which is 20s"),
        ("kpi_targets: {mtba_treshold: 1}", "", "did you mean `mtba_threshold`?"),
        ("kpi_targets: {successful_stateful_sessions: 101}", "", "must be a number from 0 to 100, not 101"),
        ("plan: []", "", "leave `plan` out for the validation plan"),
        ("plan: [{agents: 5}]", "", "`hold` is missing"),
        ("plan: [{agents: 5, sessions: 30, hold: 1s}]", "", "must be a rate from 1/h to 1000000/s, such as 30/s"),
        ("plan: [{agents: 5, sessions: 0/s, hold: 1s}]", "", "must be a rate from 1/h to 1000000/s, such as 30/s"),
        ("plan: [{agents: 5, sessions: 2000000/s, hold: 1s}]", "", "must be a rate from 1/h to 1000000/s"),
        ("plan: [{agents: 5, sessions: -1/s, hold: 1s}]", "", "must be a rate from 1/h to 1000000/s"),
        ("plan: [{agents: 5, sessions: {from: 5/s}, hold: 1s}]", "", "`to` is missing: a rate such as 5/s"),
        ("plan: [{agents: 5, sessions: {from: 0/s, to: 0/s}, hold: 1s}]", "", "lets no session arrive"),
        ("plan: [{agents: 5, sessions: {from: 1/d, to: 1/s}, hold: 1s}]", "", "to 1000000/s, or 0/s, such as"),
        ("plan: [{agents: 5, pattern: even, hold: 1s}]", "", "say how many, such as `sessions: 30/s`"),
        ("plan: [{agents: 5, sessions: 1/s, pattern: steady, hold: 1s}]", "", "must be one of poisson, even"),
        ("plan: [{agents: 5, hold: 1500ms}]", "", "must be whole seconds"),
        ("plan: [{agents: 0, hold: 1s}]", "", "must be a whole number from 1 to 1000000, not 0"),
        ("plan: [{name: a, agents: 1, hold: 1s}, {name: a, agents: 1, hold: 1s}]", "", "another stage is named a"),
    ])
    func saysWhatIsWrong(line: String, replacing key: String, says: String) {
        var lines = ["targets: {s: \"http://h\"}", "goals: {g: {script: [GET /]}}"]
        let replaced = key.isEmpty ? String(line.prefix { $0 != ":" }) : key
        lines.removeAll { $0.hasPrefix(replaced + ":") }
        let problems = ScenarioSamples.problems(([line] + lines).joined(separator: "\n"))
        if says.isEmpty {
            #expect(problems == [])
        } else {
            #expect(problems.contains { $0.contains(says) && $0.hasPrefix("shop.yml:1:") }, "\(problems)")
        }
    }

    @Test func aTargetMustBeNamedWhereThereAreSeveral() {
        let problems = ScenarioSamples.problems(
            """
            targets: {a: "http://a", b: "http://b"}
            goals:
              g:
                script:
                  - GET /
                  - POST /x: {body: 1}
                success: [{verify: GET /, status: 200}, {answer: GET /, status: 200}]
            """
        )
        #expect(
            problems == [
                "shop.yml:5:9: goals.g.script[0]: `target` is missing: one of a, b",
                "shop.yml:6:9: goals.g.script[1]: `target` is missing: one of a, b",
                "shop.yml:7:15: goals.g.success[0]: `target` is missing: one of a, b",
            ]
        )
    }

    @Test(arguments: ["api_key", "apikey", "token", "API_KEY"])
    func refusesAKeyAndNeverRepeatsIt(name: String) {
        let problems = ScenarioSamples.problems(
            ScenarioSamples.least + "\ninference: {url: \"http://h\", model: m, \(name): csk-very-secret}"
        )
        #expect(problems.count == 1)
        #expect(problems.allSatisfy { $0.contains("under `api_key_env`") && !$0.contains("very-secret") })
    }

    @Test(arguments: [
        "api_key_env: csk-very-secret", "api_key_env: {a: very-secret}", "headers: {Authorization: Bearer very-secret}",
        "headers: {X-Api-Key: very-secret}",
    ])
    func refusesAKeyElsewhere(line: String) {
        let problems = ScenarioSamples.problems(
            ScenarioSamples.least + "\ninference: {url: \"http://h\", model: m, \(line)}"
        )
        #expect(problems.count == 1)
        #expect(
            problems.allSatisfy { $0.contains("under `api_key_env`") && !$0.contains("very-secret") },
            "\(problems)"
        )
    }

    @Test func listsAtMostFifty() {
        let keys = (0..<80).map { "odd\($0): 1" }.joined(separator: "\n")
        let problems = ScenarioSamples.problems(ScenarioSamples.least + "\n" + keys)
        #expect(problems.count == 51)
        #expect(problems.last == "shop.yml: and 30 more problems")
    }

    @Test func warnsOfWhatIsOdd() throws {
        let read = try ScenarioSamples.read(
            """
            targets:
              s: {url: "http://h", endpoints: [GET /a], headers: {X: "{{csrf}}"}}
            inference: {url: "http://h", model: m}
            goals:
              p:
                prompt: Do it.
                data: [{a: 1}, {b: 2}]
                success:
                  - {answer: GET /b, status: 200}
                  - {verify: "GET /{{thing}}", status: 200, send_headers: {X: "{{my thing}}"}}
            """
        )
        #expect(
            read.warnings.map(\.description) == [
                "shop.yml:2:58: targets.s.headers.X: nothing provides its values in the goal p, where it is never sent",
                "shop.yml:7:20: goals.p.data[1]: has other names than the first row, so some sessions lack values",
                "shop.yml:9:18: goals.p.success[0].answer: no target lists the endpoint GET /b",
                "shop.yml:10:18: goals.p.success[1].verify: only the model itself can provide {{thing}}; "
                    + "add it to `data` or `capture`",
                "shop.yml:10:67: goals.p.success[1].send_headers.X: `{{` opens no template here and stays as it is: "
                    + "a name has letters, digits, _, - and .",
            ]
        )
    }
}
