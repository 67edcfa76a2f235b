import ApeCore

/// Who tells: the resource and the scope of everything that a run exports.
package struct OTLPOrigin: Sendable {
    /// The version of the semantic conventions whose names are used, those for generative AI included.
    package static let schemaURL = "https://opentelemetry.io/schemas/1.41.1"
    private static let scopeName = "ape"

    package var resource = OTLPAttributes()
    private let version: String

    /// - Parameters:
    ///   - run: the run's identifier.
    ///   - scenario: the scenario's name.
    ///   - version: APE's own.
    package init(run: String, scenario: String?, version: String = ApeVersion.text) {
        self.version = version
        resource.set("service.name", "ape")
        resource.set("service.version", version)
        resource.set("service.instance.id", run)
        resource.set("ape.run.id", run)
        resource.set("ape.scenario", scenario)
    }

    /// A request with this origin: `ResourceSpans` and `ScopeSpans`, or their equals for metrics, which have the same
    /// numbers.
    ///
    /// - Parameters:
    ///   - names: the members of the request and of the resource's part in JSON.
    ///   - items: the spans or metrics, with their name in JSON.
    /// - Returns: the request.
    func request(_ names: (resources: String, scopes: String), _ items: (name: String, [OTLPMessage])) -> OTLPMessage {
        var attributes = OTLPMessage()
        attributes.addUnlessDefault(1, "attributes", .messages(resource.messages))
        var scope = OTLPMessage()
        scope.add(1, "name", .text(Self.scopeName))
        scope.add(2, "version", .text(version))
        var part = OTLPMessage()
        part.add(1, "scope", .message(scope))
        part.addUnlessDefault(2, items.name, .messages(items.1))
        part.add(3, "schemaUrl", .text(Self.schemaURL))
        var whole = OTLPMessage()
        whole.add(1, "resource", .message(attributes))
        whole.add(2, names.scopes, .messages([part]))
        whole.add(3, "schemaUrl", .text(Self.schemaURL))
        var request = OTLPMessage()
        request.add(1, names.resources, .messages([whole]))
        return request
    }
}
