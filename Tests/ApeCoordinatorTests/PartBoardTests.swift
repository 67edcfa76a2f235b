import ApeReport
import Testing

@testable import ApeCoordinator

@Suite struct PartBoardTests {
    private func part(_ id: String, _ bytes: Int, _ mark: Character = "x") -> HTMLPart {
        HTMLPart(id, html: String(repeating: mark, count: bytes))
    }

    @Test func onlyWhatChangedIsSentAgain() {
        var board = PartBoard()
        let first = board.take([part("a", 10), part("b", 20)], elapsed: 0, isBounded: true)
        #expect(first.map(\.part.id) == ["a", "b"] && first.map(\.version) == [1, 2])
        #expect(board.take([part("a", 10), part("b", 20)], elapsed: 1, isBounded: true).isEmpty)
        let third = board.take([part("a", 10), part("b", 20, "y")], elapsed: 1, isBounded: true)
        #expect(third.map(\.part.id) == ["b"] && third.map(\.version) == [3])
        #expect(board.parts == [part("a", 10), part("b", 20, "y")])
    }

    @Test func aReaderWhoComesBackHasWhatIsNewer() {
        var board = PartBoard()
        _ = board.take([part("a", 1), part("b", 1)], elapsed: 0, isBounded: true)
        _ = board.take([part("a", 1, "y"), part("b", 1)], elapsed: 1, isBounded: true)
        #expect(board.parts(after: 0).map(\.part.id) == ["b", "a"])
        #expect(board.parts(after: 2).map(\.part) == [part("a", 1, "y")])
        #expect(board.parts(after: 3).isEmpty)
    }

    /// Two large parts and a small one that all change each second.
    @Test func whatIsSentStaysWithinTheBudget() {
        var board = PartBoard()
        var sent: [String: Int] = [:]
        var bytes = 0
        for second in 0..<600 {
            let mark = Character(UnicodeScalar(UInt8(97 + second % 26)))
            let fresh = [part("large", 300_000, mark), part("wide", 100_000, mark), part("small", 2_000, mark)]
            for (_, part) in board.take(fresh, elapsed: 1, isBounded: true) {
                sent[part.id, default: 0] += 1
                bytes += part.html.utf8.count
            }
        }
        #expect(Double(bytes) / 600 <= PartBoard.bytesPerSecond * 1.02)
        #expect(Double(bytes) / 600 >= PartBoard.bytesPerSecond * 0.9)
        // All of them come in their turn: the whole page of 402,000 bytes every 6.1 s.
        #expect(sent["large"] == sent["wide"])
        #expect((95...100).contains(sent["large"] ?? 0))
        #expect((95...101).contains(sent["small"] ?? 0))
    }

    @Test func nothingWaitsWhereNobodyIsSentAnything() {
        var board = PartBoard()
        let large = (0..<10).map { part("p\($0)", 500_000) }
        #expect(board.take(large, elapsed: 0, isBounded: false).count == 10)
        // It took nothing of the budget.
        #expect(board.take([part("p3", 10)], elapsed: 0, isBounded: true).count == 1)
    }
}
