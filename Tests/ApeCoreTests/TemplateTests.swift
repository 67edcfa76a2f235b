@testable import ApeCore
import Testing

@Suite struct TemplateTests {
    private func value(_ name: String) -> String? {
        ["name": "Ada", "token": "a{{name}}", "username": "user-1", "password": "demo", "a.b-c": "x", "_": "y"][name]
    }

    @Test(arguments: [
        ("", ""), ("plain", "plain"), ("{{name}}", "Ada"), ("{{ name }}", "Ada"), ("<{{name}}{{name}}>", "<AdaAda>"),
        ("{{token}}", "a{{name}}"), ("{{a.b-c}}{{_}}", "xy"), ("é{{name}}ß", "éAdaß"), ("{{{name}}}", "{Ada}"),
        ("Basic {{base64 username:password}}", "Basic dXNlci0xOmRlbW8="), ("{{ base64  name }}", "QWRh"),
    ])
    func renders(text: String, rendered: String) throws {
        #expect(try Template.render(text, value) == rendered)
        #expect(try Template(text).render(value) == rendered)
    }

    @Test(arguments: [
        "{", "{{", "{{}}", "{{ }}", "{{name", "{{name}", "{name}", "{{1name}}", "{{na me}}", "{{name:password}}",
        "}}{{",
        "{{base64:name}}", "{{base64 name:}}", "{{base64 :name}}", "{{base64 a b}}", "{{\"a\": 1}}", "{{name\n}}",
        "{{base64 name password}}", "{{" + String(repeating: "n", count: 65) + "}}",
    ])
    func leavesOtherBracesAlone(text: String) throws {
        #expect(try Template.render(text, value) == text)
        #expect(Template(text).names.isEmpty)
    }

    @Test func namesTheMissingValue() {
        #expect(throws: ApeError(.missingValue, "there is no value for {{cart}}")) {
            try Template.render("{{name}} {{cart}} {{x}}", value)
        }
        #expect(throws: ApeError(.missingValue, "there is no value for {{x}}")) {
            try Template.render("{{base64 name:x}}", value)
        }
    }

    @Test func fillsWhatIsKnownAndKeepsTheRest() {
        let template = Template("{{name}} {{ cart }} {{base64 username:password}} {{base64 name:cart}} {{odd one}}")
        #expect(template.renderKnown(value) == "Ada {{cart}} dXNlci0xOmRlbW8= {{base64 name:cart}} {{odd one}}")
    }

    @Test func listsItsNames() {
        #expect(Template("{{a}} {{base64 b:c}} {{a}}").names == ["a", "b", "c", "a"])
    }

    @Test func fillsTheStringsInsideJSON() throws {
        let body: JSONValue = ["{{name}}": ["{{name}}", 1, nil, ["deep": "<{{password}}>"]], "quantity": "{{name}}"]
        let filled: JSONValue = ["{{name}}": ["Ada", 1, nil, ["deep": "<demo>"]], "quantity": "Ada"]
        #expect(try body.rendered(value) == filled)
        #expect(body.templateNames == ["name", "password", "name"])
        #expect(throws: ApeError(.missingValue, "there is no value for {{gone}}")) {
            try JSONValue.array(["{{gone}}"]).rendered(value)
        }
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func encodesBase64AsRFC4648Shows(plain: String, encoded: String) {
        #expect(Base64.text(of: Array(plain.utf8)) == encoded)
        #expect(Base64.text(of: [0xFB, 0xFF, 0xFE]) == "+//+")
    }
}
