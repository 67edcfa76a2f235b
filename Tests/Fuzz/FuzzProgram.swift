import Dispatch
import Glibc

/// The target that `APE_FUZZ_TARGET` names.
private let target: FuzzTarget = {
    let name = getenv("APE_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        fatalError("APE_FUZZ_TARGET is one of \(FuzzTarget.allCases.map(\.rawValue))")
    }
    return target
}()

/// Where libFuzzer, whose program this is, hands in one input after the other.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let isDone = DispatchSemaphore(value: 0)
    Task.detached {
        do throws(BrokenProperty) {
            try await target.take(bytes)
        } catch {
            fatalError(error.description)
        }
        isDone.signal()
    }
    isDone.wait()
    return 0
}
