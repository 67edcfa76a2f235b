import ApeCoordinator
import ApeCore
import ApeReport

extension NotifyOptions {
    /// Who is told, by the flags and the environment; nil for nobody.
    ///
    /// - Throws: ``ApeError`` for a URL or a secret that is none, and for a file that others can read.
    func settings() throws(ApeError) -> NoticeSettings? {
        try NoticeSettings(
            urls: notify,
            chats: notifyChat,
            secretFile: notifySecretFile,
            environment: OTLPSettings.processEnvironment
        )
    }
}
