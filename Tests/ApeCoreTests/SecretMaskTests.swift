import ApeCore
import Foundation
import Testing

@Suite struct SecretMaskTests {
    private static let key = "sk-proj-Qw7Er9Ty2Ui4/Op6As8Df0+Gh1Jk3_Lz5"

    private static var mask: SecretMask {
        var mask = SecretMask()
        mask.hide(secret: key)
        return mask
    }

    /// A key in every way of writing that somebody may echo it in.
    static let writings: [(name: String, text: String)] = [
        ("plain", key), ("upper case", key.uppercased()),
        ("JSON, slashes", key.replacing("/", with: "\\/")),
        ("JSON, one escape", key.replacing("-", with: "\\u002d")),
        ("JSON, upper case", key.replacing("_", with: "\\u005F")),
        ("JSON, all", each { "\\u00" + hex($0) }), ("JavaScript", each { "\\x" + hex($0) }),
        ("braces", each { "\\u{" + hex($0) + "}" }),
        ("percent, all", each { "%" + hex($0) }), ("percent, upper case", each { "%" + hex($0).uppercased() }),
        ("percent, partial", key.replacing("/", with: "%2f").replacing("+", with: "%2B")),
        ("percent, twice", each { "%25" + hex($0) }), ("percent in JSON", each { "\\u0025" + hex($0) }),
        ("HTML", each { "&#\($0);" }), ("HTML, hexadecimal", each { "&#x" + hex($0) + ";" }),
        (
            "HTML, names",
            key.replacing("/", with: "&sol;").replacing("+", with: "&plus;").replacing("_", with: "&lowbar;")
        ),
        ("mail", each { "=" + hex($0).uppercased() }), ("hexadecimal", each(hex)),
        ("folded", "Bearer " + key.prefix(13) + "\r\n " + key.dropFirst(13)),
        ("blanks", key.map { "\($0)" }.joined(separator: " ")),
        (
            "in events",
            "data: " + key.prefix(5) + "\n\ndata: " + key.dropFirst(5).prefix(6) + "\r\n\r\ndata:" + key.dropFirst(11)
        ),
        ("Base64", base64("", "")), ("Base64, behind a user", base64("u:", "")), ("Base64, in JSON", base64("{", "}")),
        (
            "Base64, URLs",
            base64("ab", "c").replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        ),
        ("Base64, percent", base64("", "").replacing("+", with: "%2B").replacing("=", with: "%3D")),
    ]

    private static func hex(_ byte: UInt8) -> String { Hexadecimal.text(of: [byte]) }
    private static func each(_ write: (UInt8) -> String) -> String { key.utf8.map(write).joined() }
    private static func base64(_ before: String, _ after: String) -> String {
        Data((before + key + after).utf8).base64EncodedString()
    }

    @Test(arguments: writings.map(\.text))
    func noWayOfWritingShowsAKey(text: String) {
        let masked = Self.mask.masked("wrong key: \(text), they said")
        #expect(masked.hasPrefix("wrong key: ") && masked.hasSuffix(", they said"), "\(masked)")
        #expect(masked.contains("***"))
        // What Base64 has at both ends depends on what stands there, and tells of less than a character each.
        let rest = masked.replacing("wrong key: ", with: "").replacing(", they said", with: "").replacing(
            "Bearer ",
            with: ""
        )
        #expect(rest.replacing("***", with: "").replacing("data:", with: "").utf8.count <= 9, "\(masked)")
    }

    @Test func noCutShowsMoreThanSevenCharacters() {
        for (name, text) in Self.writings where !name.hasPrefix("Base64") && name != "in events" {
            let step = text.utf8.count / Self.key.utf8.count
            for length in stride(from: 0, to: text.utf8.count, by: 3) {
                let cut = String(text.prefix(length))
                let shown = Self.mask.masked("x " + cut).dropFirst(2).replacing("***", with: "")
                #expect(shown.utf8.count < 8 * max(step, 1) + 8, "\(name), \(length): \(shown)")
            }
        }
        #expect(Self.mask.masked("the key sk-pro...") == "the key ***...")
        #expect(Self.mask.masked("the key sk-pro …") == "the key *** …")
    }

    @Test func piecesOfAKeyAreHiddenWhereverTheyStand() {
        let (head, middle) = (Self.key.prefix(12), Self.key.dropFirst(20).prefix(8))
        #expect(Self.mask.masked("a \(head) b \(middle) c") == "a *** b *** c")
        #expect(Self.mask.masked("nothing of it: sk-other-key") == "nothing of it: sk-other-key")
    }

    @Test func aValueIsHiddenWhereItStandsWhole() {
        var mask = SecretMask()
        mask.hide(value: "Wireless headphones")
        mask.hide(value: "prod-1")
        mask.hide(value: "prod-12")
        mask.hide(value: "abc")
        let text = "Wireless headphones, wireless%20headphones, wireless+headphones, wireless mice, prod-12, abc"
        #expect(mask.masked(text) == "***, ***, ***, wireless mice, ***, abc")
    }

    @Test func aURLShowsNoUser() {
        let text = "http://me:hunter2@proxy:3128/a@b, https%3A%2F%2Fu%3Ap%40host, http://host/@x, a@b.example"
        #expect(
            SecretMask().masked(text)
                == "http://***@proxy:3128/a@b, https%3A%2F%2F***%40host, http://host/@x, a@b.example"
        )
    }

    @Test func noScalarIsTakenApart() {
        var mask = SecretMask()
        mask.hide(secret: "pässwörter-für-alle")
        #expect(mask.masked("é pässwörter-für-alle é") == "é *** é")
        #expect(mask.masked("sswörter-für-a") == "***")
    }
}
