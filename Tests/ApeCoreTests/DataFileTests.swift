import Testing

@testable import ApeCore

/// Files of rows, as people and programs write them.
@Suite struct DataFileTests {
    /// What a file holds, read in pieces of so many bytes.
    private static func read(
        _ bytes: [UInt8],
        _ path: String = "users.csv",
        pieces: Int = 1000
    ) throws -> (file: DataFile, rows: [DataRow]) {
        let format = try #require(DataFormat(path: path))
        var reader = DataFileReader(file: path, format: format)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            try reader.take(Array(bytes[start..<min(bytes.count, start + pieces)]))
        }
        let (file, offsets) = try reader.finish(name: path)
        let rows = try (0..<file.count).map { row in
            try format.row(Array(bytes[Int(offsets[row])..<Int(offsets[row + 1])]), columns: file.columns)
        }
        return (file, rows)
    }

    private static func problem(_ text: String, _ path: String = "users.csv") -> String {
        do {
            _ = try read(Array(text.utf8), path)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func readsWhatRFC4180Allows(pieces: Int) throws {
        let text = "\u{FEFF}name,note\r\nada,\"says \"\"hi\"\", twice\"\r\n\r\nbob,\"two\nlines\"\nczesława,\n"
        let (file, rows) = try Self.read(Array(text.utf8), pieces: pieces)
        #expect(file.columns == ["name", "note"])
        #expect(file.count == 3)
        #expect(file.bytes == text.utf8.count)
        #expect(file.hash == "b5257dc2d0e812d0")
        #expect(rows == [["ada", "says \"hi\", twice"], ["bob", "two\nlines"], ["czesława", ""]])
    }

    @Test func theLastLineNeedsNoEnd() throws {
        #expect(try Self.read(Array("a\n1\n2".utf8)).rows == [["1"], ["2"]])
        #expect(try Self.read(Array("a\tb\n1\t2,5".utf8), "x.tsv").rows == [["1", "2,5"]])
    }

    @Test func objectsKeepTheDigitsOfTheirNumbers() throws {
        let text = """
            {"id": 12345678901234567890123, "price": 1.10, "ok": true, "note": "a\\u00e9"}

            {"price": 2e3, "id": -0.50, "note": null, "ok": false}
            """
        let (file, rows) = try Self.read(Array(text.utf8), "users.jsonl", pieces: 5)
        #expect(file.columns == ["id", "price", "ok", "note"])
        #expect(rows == [["12345678901234567890123", "1.10", "true", "aé"], ["-0.50", "2e3", "false", nil]])
    }

    @Test func namesFileAndLineOfWhatIsWrong() {
        #expect(Self.problem("a,b\n1,2\n\"3\n\",4,5\n") == "users.csv:3: has 3 values, the first line names 2 columns")
        #expect(Self.problem("a,b\n\"1\n\n\",2\n3\n") == "users.csv:5: has 1 value, the first line names 2 columns")
        #expect(Self.problem("a,b,a\n1,2,3\n") == "users.csv:1: the column \"a\" stands twice")
        #expect(
            Self.problem("a,first name\n1,2\n")
                == "users.csv:1: the column \"first name\" cannot be named by a template: letters, digits, _, - and ., a "
                + "letter or _ first"
        )
        #expect(
            Self.problem("agent\n1\n")
                == "users.csv:1: the column \"agent\" has a name that every session knows already"
        )
        #expect(
            Self.problem("a,b\n1,5\" nail\n2,3\n")
                == "users.csv:2: a quote stands inside value 2, which does not begin with one: quote the whole value, and "
                + "double the quotes inside"
        )
        #expect(Self.problem("a\n1\n\"2\n3\n") == "users.csv:3: a quote is opened and never closed")
        #expect(
            Self.problem("a,b\n\"1\"2,3\n") == "users.csv:2: something stands behind the closing quote of value 1"
        )
        #expect(Self.problem("a,b\n") == "users.csv has no rows")
        #expect(Self.problem("") == "users.csv has no rows")
        #expect(Self.problem("a\n1\nb\0\n") == "users.csv:3: holds a NUL character")
        #expect(throws: ApeError(.scenario, "users.csv:2: is not UTF-8")) {
            try Self.read(Array("a\nM".utf8) + [0xFC, 0x6C, 0x0A])
        }
        #expect(
            Self.problem(#"{"a": 1}"# + "\n" + #"{"b": 1}"#, "u.jsonl")
                == "u.jsonl:2: lacks `a`, which the first line has"
        )
        #expect(
            Self.problem(#"{"a": 1}"# + "\n" + #"{"a": 1, "b": 2}"#, "u.jsonl")
                == "u.jsonl:2: has `b`, which the first line has not"
        )
        #expect(
            Self.problem(#"{"a": {}}"#, "u.ndjson") == "u.ndjson:1: `a` is neither a text, a number, true nor false"
        )
        #expect(Self.problem("[1]", "u.ndjson") == "u.ndjson:1: is no JSON object")
    }

    @Test func holdsToItsLimits() {
        let long = String(repeating: "x", count: DataFile.maximumValueBytes)
        #expect(Self.problem("a\n\(long)\n") == "")
        #expect(Self.problem("a\n\(long)x\n") == "users.csv:2: value 1 has more than 8192 bytes")
        let row = Array(repeating: long, count: 8).joined(separator: ",")
        #expect(
            Self.problem("a,b,c,d,e,f,g,h\n\(row)\n") == "users.csv:2: the row has more than 65536 bytes"
        )
        let quoted = "a\n\"" + String(repeating: "1\n", count: 40_000)
        #expect(Self.problem(quoted).contains("users.csv:2: "))
        let names = (0...DataFile.maximumColumns).map { "c\($0)" }.joined(separator: ",")
        #expect(Self.problem(names + "\n") == "users.csv:1: names 101 columns, not 1 to 100")
    }
}
