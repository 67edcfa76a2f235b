import CCurl

/// The cookies of one session, kept by libcurl and shared by the session's transfers.
///
/// It is freed with the last reference: the client's, or that of the last transfer.
final class CookieJar {
    let share: UnsafeMutableRawPointer
    /// Whether a server has set a cookie. Until then no request can carry one.
    var hasReceived = false

    init() {
        _ = CurlGlobal.ready
        guard let share = curl_share_init() else { preconditionFailure("no memory for a cookie jar") }
        let code = ape_share_cookies(share)
        precondition(code == CURLSHE_OK, "libcurl was built without cookies")
        self.share = share
    }

    deinit {
        let code = curl_share_cleanup(share)
        precondition(code == CURLSHE_OK, "a cookie jar was freed under a transfer")
    }
}
