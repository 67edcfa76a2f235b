import CCurl

/// A libcurl easy handle, for one transfer at a time, with typed options and results.
///
/// An option that libcurl refuses is a programming error or a lack of memory: values from outside are checked before.
struct CurlEasy {
    let handle: UnsafeMutableRawPointer

    init() {
        _ = CurlGlobal.ready
        guard let handle = curl_easy_init() else { preconditionFailure("no memory for a libcurl handle") }
        self.handle = handle
    }

    func set(_ option: CURLoption, _ value: Int) {
        check(ape_curl_set_long(handle, option, value), option)
    }

    func set(_ option: CURLoption, _ value: Bool) {
        check(ape_curl_set_long(handle, option, value ? 1 : 0), option)
    }

    /// Sets an option to a string, which libcurl copies.
    func set(_ option: CURLoption, _ value: String?) {
        check(ape_curl_set_string(handle, option, value), option)
    }

    /// Sets an option unless it has the value from an earlier request, which is kept.
    func set(_ option: CURLoption, _ value: String?, unlessIs last: inout String?) {
        guard last != value else { return }
        set(option, value)
        last = value
    }

    func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
        check(ape_curl_set_pointer(handle, option, value), option)
    }

    func set(_ option: CURLoption, list: UnsafeMutablePointer<curl_slist>?) {
        check(ape_curl_set_list(handle, option, list), option)
    }

    /// Sets the body to send, which libcurl reads where it is; nil for none.
    func setBody(_ body: SentBody?) {
        let size = curl_off_t(body?.count ?? 0)
        check(ape_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, size), CURLOPT_POSTFIELDSIZE_LARGE)
        set(CURLOPT_POSTFIELDS, body?.address)
    }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        _ = ape_curl_get_long(handle, info, &value)
        return value
    }

    func size(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        _ = ape_curl_get_size(handle, info, &value)
        return Int64(value)
    }

    func string(_ info: CURLINFO) -> String? {
        var value: UnsafePointer<CChar>?
        _ = ape_curl_get_string(handle, info, &value)
        return value.map { String(cString: $0) }
    }

    func check(_ code: CURLcode, _ option: CURLoption) {
        precondition(
            code == CURLE_OK,
            "libcurl refuses option \(option.rawValue): \(String(cString: curl_easy_strerror(code)))"
        )
    }
}
