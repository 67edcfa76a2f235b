import ApeCore

/// What a program shows, and what it does for whoever may control it.
package protocol HTTPSite: Sendable {
    /// Its pages, beside those that every program has: what is not among them takes GET and HEAD alone.
    var endpoints: [HTTPEndpoint] { get }

    /// Why the program is not ready for its work; nil when it is.
    func notReadyReason() async -> String?

    /// The answer to a request; nil where there is no such page. HEAD comes as GET. A request of any other method comes
    /// from somebody who may control the program, and has JSON as its body, or none.
    func answer(_ request: HTTPRequest) async -> HTTPAnswer?
}
