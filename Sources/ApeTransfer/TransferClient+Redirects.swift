extension TransferClient {
    /// Goes where a hop's answer leads, and makes the last answer that of the hop.
    @inline(never) nonisolated(nonsending) func follow(_ first: Hop) async throws(TransferError) {
        var (hop, response) = (first, try first.takeResponse())
        let startedMicros = response.startedMicros
        var (sentCookie, cookieTrouble) = (response.sentCookie, response.cookieTrouble)
        var redirectedFrom: [TransferResponse] = []
        do throws(TransferError) {
            while response.isRedirect, let location = response.header("location") {
                guard redirectedFrom.count < first.request.maxRedirects else {
                    throw TransferError(.tooManyRedirects, "more than \(first.request.maxRedirects) redirects")
                }
                let next = try hop.request.following(location, status: response.status)
                redirectedFrom.append(response)
                if !reactor.mayBegin { try await waitForPermission() }
                hop = try self.hop(next, totalDeadline: first.totalDeadline, first.onBytes)
                try await make(hop)
                response = try hop.takeResponse()
                sentCookie = sentCookie || response.sentCookie
                cookieTrouble = cookieTrouble ?? response.cookieTrouble
            }
        } catch {
            var error = error
            error.startedMicros = startedMicros
            error.redirectedFrom = redirectedFrom
            throw error
        }
        response.startedMicros = startedMicros
        response.sentCookie = sentCookie
        response.cookieTrouble = cookieTrouble
        response.redirectedFrom = redirectedFrom
        first.end(.success(response))
    }
}

extension TransferRequest {
    fileprivate func following(_ location: String, status: Int) throws(TransferError) -> TransferRequest {
        guard let origin = URLParts(url), let target = URLParts(location, relativeTo: url) else {
            throw TransferError(.invalidURL, "a redirect leads to what is neither an http nor an https URL")
        }
        return redirected(status: status, from: origin, to: target)
    }
}
