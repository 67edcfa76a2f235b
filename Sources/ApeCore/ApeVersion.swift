/// The version of this build of APE, as programs, handshakes and reports tell it.
package enum ApeVersion {
    package static let text = "0.1.0"
}
