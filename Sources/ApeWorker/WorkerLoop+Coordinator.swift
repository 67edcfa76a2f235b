import ApeChannel
import ApeCore
import ApeFleet
import ApeProgram
import ApeWire

/// The connection to the coordinator.
extension WorkerLoop {
    func connect() {
        lastConnection += 1
        let id = lastConnection
        let (address, tls) = (configuration.coordinator, configuration.tls)
        jobs.yield {
            do throws(ApeError) {
                let connection = try await ControlClient.connect(to: address, id: id, tls: tls)
                await self.connected(connection)
                let broken = await connection.receive { await self.handle(.received(id, $0)) }
                await self.disconnected(id, broken)
            } catch {
                await self.handle(.connectFailed("\(error)", isRefusal: error.code == .certificate))
            }
        }
    }

    func connected(_ connection: ControlConnection) {
        connections[connection.id] = connection
        handle(.connected(connection.id, nonce: Nonce(SecureRandom.bytes(Nonce.bytes))))
    }

    func disconnected(_ id: ConnectionID, _ broken: ApeError?) {
        connections[id] = nil
        handle(.disconnected(id, reason: broken?.message, isRefusal: broken?.code == .certificate))
    }
}
