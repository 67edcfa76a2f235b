import ApeCore
import NIOCore

/// The products of the demo shop. They never change, so their answers are encoded once.
struct Catalogue: Sendable {
    struct Product: Sendable, Equatable {
        var id: String
        var name: String
        var category: String
        var priceCents: Int64
        /// The most pieces in one order; 0 where the product is sold out.
        var stock: Int64
    }

    static let shared = Catalogue(products: [
        Product(id: "p-101", name: "Studio headphones", category: "audio", priceCents: 12_990, stock: 20),
        Product(id: "p-102", name: "Wireless earbuds", category: "audio", priceCents: 8_900, stock: 20),
        Product(id: "p-103", name: "Desk microphone", category: "audio", priceCents: 14_950, stock: 10),
        Product(id: "p-104", name: "Vintage turntable", category: "audio", priceCents: 49_900, stock: 0),
        Product(id: "p-201", name: "Compact keyboard", category: "keyboards", priceCents: 7_990, stock: 20),
        Product(id: "p-202", name: "Mechanical keyboard", category: "keyboards", priceCents: 15_900, stock: 20),
        Product(id: "p-203", name: "Number pad", category: "keyboards", priceCents: 3_450, stock: 20),
        Product(id: "p-301", name: "27-inch display", category: "displays", priceCents: 32_900, stock: 5),
        Product(id: "p-302", name: "Portable display", category: "displays", priceCents: 18_900, stock: 5),
        Product(id: "p-401", name: "USB-C cable, 2 m", category: "cables", priceCents: 1_290, stock: 50),
        Product(id: "p-402", name: "HDMI cable, 3 m", category: "cables", priceCents: 1_590, stock: 50),
        Product(id: "p-403", name: "Network cable, 10 m", category: "cables", priceCents: 1_990, stock: 50),
    ])

    let products: [Product]
    private let indexByID: [String: Int]
    private let productAnswers: [ByteBuffer]
    private let listAnswers: [String: ByteBuffer]
    private let wholeListAnswer: ByteBuffer

    init(products: [Product]) {
        func list(_ products: [Product]) -> ByteBuffer {
            let body: JSONValue = ["products": .array(products.map(\.json)), "count": .integer(Int64(products.count))]
            return ByteBuffer(bytes: body.utf8)
        }
        self.products = products
        indexByID = Dictionary(uniqueKeysWithValues: products.enumerated().map { ($1.id, $0) })
        productAnswers = products.map { ByteBuffer(bytes: $0.json.utf8) }
        listAnswers = Dictionary(grouping: products, by: \.category).mapValues(list)
        wholeListAnswer = list(products)
    }

    func index(of id: String) -> Int? { indexByID[id] }

    /// The answer that lists one category, or everything; an unknown category has no products.
    func list(category: String?) -> ByteBuffer {
        guard let category else { return wholeListAnswer }
        return listAnswers[category] ?? ByteBuffer(string: #"{"products":[],"count":0}"#)
    }

    func answer(productAt index: Int) -> ByteBuffer { productAnswers[index] }
}

extension Catalogue.Product {
    fileprivate var json: JSONValue {
        [
            "id": .string(id), "name": .string(name), "category": .string(category), "price": Money.json(priceCents),
            "currency": "EUR", "stock": .integer(stock),
        ]
    }
}
