/// Why a request is refused, in the provider's words.
struct Refusal: Error, Equatable {
    var status = 400
    var message: String
    /// The error's code where its API has one of its own.
    var code: String?
}
