import CCurl

/// The fields of a server's certificate, as libcurl formats them.
package struct PeerCertificate: Sendable, Equatable {
    /// Such as `CN = shop.example.com`.
    package var subject = ""
    package var issuer = ""
    /// The end of its validity, such as `Jun  1 12:00:00 2026 GMT`.
    package var expires = ""

    package init() {}

    /// Reads libcurl's lines, such as `Subject:...`; unknown fields are left out.
    init(lines: [String]) {
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = String(line[line.index(after: colon)...])
            switch line[..<colon] {
            case "Subject": subject = value
            case "Issuer": issuer = value
            case "Expire date": expires = value
            default: break
            }
        }
    }

    /// The certificates that the server of the handle's last transfer sent, its own first.
    static func chain(of easy: CurlEasy) -> [PeerCertificate] {
        var info: UnsafeMutablePointer<curl_certinfo>?
        // libcurl owns what it points at, until the handle's next transfer.
        guard ape_curl_get_certificates(easy.handle, &info) == CURLE_OK, let info = info?.pointee,
            let lists = info.certinfo
        else { return [] }
        return (0..<Int(info.num_of_certs)).map { number in
            var lines: [String] = []
            var item = lists[number]
            while let line = item {
                if let data = line.pointee.data { lines.append(String(cString: data)) }
                item = line.pointee.next
            }
            return PeerCertificate(lines: lines)
        }
    }
}
