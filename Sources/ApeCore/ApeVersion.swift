/// The version of this build of APE, as programs, handshakes and reports tell it.
package enum ApeVersion {
    package static let text = "0.1.0"
    /// What requests name as their `User-Agent`, unless a scenario says otherwise.
    package static let userAgent = "APE/" + text
}
