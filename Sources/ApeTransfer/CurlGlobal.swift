import CCurl

/// libcurl's state of the whole process.
enum CurlGlobal {
    /// Initialises libcurl, once in the process.
    static let ready: Void = {
        let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        precondition(code == CURLE_OK, "libcurl cannot be initialised: \(String(cString: curl_easy_strerror(code)))")
    }()
}
