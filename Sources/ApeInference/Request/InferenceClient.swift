/// Who asks the model: by which endpoint, over what, and within which rate.
package struct InferenceClient: Sendable {
    let prepared: PreparedInference
    let transport: any InferenceTransport
    let governor: RateGovernor

    package init(prepared: PreparedInference, transport: any InferenceTransport, governor: RateGovernor) {
        self.prepared = prepared
        self.transport = transport
        self.governor = governor
    }
}
