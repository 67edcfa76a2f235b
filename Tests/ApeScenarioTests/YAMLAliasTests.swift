@testable import ApeCore
@testable import ApeScenario
import Testing

/// Aliases, which OpenAPI documents that programs wrote are full of, and what they could do to a reader.
@Suite struct YAMLAliasTests {
    private func read(_ text: String, nodes: Int = 1000) throws(ApeError) -> JSONValue {
        var limits = DocumentLimits()
        (limits.nodes, limits.areAliasesRead) = (nodes, true)
        return try YAMLDocument.read(Array(text.utf8), file: "x.yaml", limits: limits).json
    }

    @Test func aliasesAreWhatTheyStandFor() throws {
        let text = """
            base: &base {a: 1, b: 2}
            "/users/{id}": &ref_0
              tags: [&tag one]
            "/users/{id}/x": *ref_0
            list: [*tag, *tag, two]
            own:
              <<: *base
              b: 3
              c: {<<: [*base, {d: 4}], a: 5}
            note: |
              * bullet: one, *bold*: two, **strong**: three, see {id}: four and [x](y): five
            """
        let document = try read(text)
        #expect(document["/users/{id}/x"] == ["tags": ["one"]])
        #expect(document["list"] == ["one", "one", "two"])
        #expect(document["own"] == ["b": 3, "c": ["a": 5, "b": 2, "d": 4], "a": 1])
    }

    @Test func aliasesCountEachTimeThatTheyStandSomewhere() {
        let levels = (1..<30).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" }
        #expect {
            try read("a0: &a0 x\n" + levels.joined(separator: "\n"))
        } throws: { error in
            "\(error)".contains("the file has more than 1000 values")
        }
    }

    @Test(arguments: [
        "? *a\n: 1", "{*a : 1}", "*a : 1", "{[*a]: 1}", "- [*a, *a]: 1", "{x: y, {z: *a}: 1}", "{? *a : 1}", "- ? [*a]",
        "[[*a]: 1]",
    ])
    func noKeyIsAListOrAMap(key: String) {
        #expect {
            try read("- &a [x, y]\n- *a\n" + (key.hasPrefix("-") ? key : "-\n  " + key.replacing("\n", with: "\n  ")))
        } throws: { error in
            "\(error)".contains("anchors and aliases (&a, *a) are not read")
        }
    }

    @Test func scenariosHaveNone() {
        #expect { try YAMLDocument.read(Array("a: &a 1\nb: *a".utf8), file: "x.yml") } throws: { error in
            "\(error)".contains("anchors and aliases (&a, *a) are not read")
        }
    }
}
