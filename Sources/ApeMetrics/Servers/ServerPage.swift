import ApeCore

/// The answer of a server that was asked for its figures: a page, or a few words on why there is none.
package enum ServerPage: Sendable, Equatable {
    case shown(MetricsPage)
    case missing(reason: String)

    /// What asks for a page in a format that is read.
    package static let accept = "text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.9, */*;q=0.1"

    /// Reads an answer.
    ///
    /// - Parameters:
    ///   - status: of HTTP.
    ///   - contentType: the header; nil where there was none.
    ///   - body: the body, not compressed.
    ///   - isCut: whether the body was longer than what was kept of it.
    ///   - isWanted: whether samples of a name are kept.
    package init(
        status: Int,
        contentType: String?,
        body: [UInt8],
        isCut: Bool,
        isWanted: @escaping (String) -> Bool = { _ in true }
    ) {
        guard status == 200 else {
            self = .missing(reason: "status \(status)")
            return
        }
        guard !isCut else {
            self = .missing(reason: "its page has more than \(ScrapeTarget.maximumAnswerBytes >> 20) MiB")
            return
        }
        let isOpenMetrics = contentType?.lowercased().contains("application/openmetrics-text") ?? false
        do throws(MetricsPageFault) {
            let page = try MetricsPage(body, isOpenMetrics: isOpenMetrics, isWanted: isWanted)
            self = page.names.isEmpty ? .missing(reason: "its page shows no figures") : .shown(page)
        } catch {
            self = .missing(reason: "its page is none in Prometheus' format: \(error)")
        }
    }
}
