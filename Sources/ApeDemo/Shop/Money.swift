import ApeCore

/// Amounts of money, counted in cents and written as decimal numbers.
enum Money {
    static func json(_ cents: Int64) -> JSONValue {
        .number(Double(cents) / 100)
    }
}
