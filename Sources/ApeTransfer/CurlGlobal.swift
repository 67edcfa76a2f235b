import CCurl

/// libcurl's process-wide state.
enum CurlGlobal {
    /// Initialises libcurl, once in a process.
    static let ready: Void = {
        let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        precondition(code == CURLE_OK, "libcurl cannot be initialised: \(String(cString: curl_easy_strerror(code)))")
    }()

    /// The content codings that libcurl can decode, as `Accept-Encoding` lists them; empty for none.
    static let codings: String = {
        guard let version = curl_version_info(CURLVERSION_FIRST) else { return "" }
        let features = Int(version.pointee.features)
        let known = [(CURL_VERSION_LIBZ, "deflate, gzip"), (CURL_VERSION_BROTLI, "br"), (CURL_VERSION_ZSTD, "zstd")]
        return known.filter { features & Int($0.0) != 0 }.map(\.1).joined(separator: ", ")
    }()

    /// Whether a connection that was opened for HTTP/2 by prior knowledge can take a second request. Before 8.0.0
    /// libcurl set up HTTP/2 on it again and failed.
    static let reusesPriorKnowledge: Bool = {
        guard let version = curl_version_info(CURLVERSION_FIRST) else { return false }
        return version.pointee.version_num >= 0x080000
    }()
}
