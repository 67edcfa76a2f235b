import ApeCore
import ApeTransfer

extension SessionState {
    /// A value that an answer has to give.
    private struct Offer {
        var name: String
        var value: String
        var origin: Origin
        var url: String
    }

    /// Takes what an answer has to give. An error's answer hands out nothing, since its `id` is the error's: it is not
    /// for here, unless it was expected.
    ///
    /// - Returns: what is new, or has another value than before. Where a redirect led is not told: it was followed.
    mutating func take(_ answer: inout TargetAnswer, captures: [PreparedCapture]) -> [Entry] {
        var offers: [Offer] = []
        for capture in captures {
            switch capture.look(into: &answer) {
            case .found(let value, let url):
                offers.append(Offer(name: capture.name, value: value, origin: .captured, url: url))
            case .missed(let reason):
                noteMiss(of: capture.name, "\(reason) (the answer to \(answer.method) \(answer.path.prefix(80)))")
            case .notAsked: break
            }
        }
        for hop in answer.earlier { offers += Self.offers(inHeadersOf: hop) }
        let followed = offers.filter { $0.name == Capture.addressName && $0.origin == .found }.last?.value
        offers += Self.offers(inHeadersOf: answer)
        let url = answer.response.finalURL
        offers += answer.usualValues().map { Offer(name: $0.name, value: $0.value, origin: .found, url: url) }
        var names: [String] = []
        for offer in offers {
            let isNew = value(offer.name) != offer.value
            guard set(offer.name, offer.value, offer.origin, url: offer.url), isNew, !names.contains(offer.name) else {
                continue
            }
            names.append(offer.name)
        }
        return names.compactMap { entry($0) }.filter { !$0.isAddress || $0.value != followed }
    }

    private static func offers(inHeadersOf answer: TargetAnswer) -> [Offer] {
        UsualNames.values(inHeadersOf: answer.response).map { found in
            Offer(
                name: found.value.name,
                value: found.value.value,
                origin: found.isCookie ? .cookie : .found,
                url: answer.response.finalURL
            )
        }
    }
}
