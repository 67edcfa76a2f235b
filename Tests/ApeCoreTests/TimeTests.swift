@testable import ApeCore
import Testing

@Suite("Times and lengths of time")
struct TimeTests {
    private let noon = FleetTime(micros: 1_700_000_000_250_000)

    @Test("A time moves by a length, and two times are a length apart")
    func arithmetic() {
        #expect(noon + .seconds(2) == FleetTime(micros: 1_700_000_002_250_000))
        #expect(noon - .milliseconds(250) == FleetTime(micros: 1_700_000_000_000_000))
        #expect((noon + .seconds(3)) - noon == Micros(3_000_000))
        #expect(noon - (noon + .second) == Micros(-1_000_000))
        #expect(Micros.seconds(10) * 2 / 4 == .seconds(5))
        #expect(Micros.seconds(10).scaled(by: 0.02) == .milliseconds(200))
    }

    @Test("Sums hold at the bounds")
    func bounds() {
        #expect(FleetTime.distantFuture + .second == .distantFuture)
        #expect(LocalTime.distantPast - .second == .distantPast)
        #expect(FleetTime.distantPast - FleetTime(micros: 1) == Micros(.min))
        #expect(FleetTime.distantFuture - .distantPast == .max)
        #expect(Micros.max * 2 == .max)
        #expect(Micros.max * -2 == Micros(.min))
    }

    @Test("A part of a length never overflows, whatever the factor is")
    func scaling() {
        #expect(Micros(10).scaled(by: 0.75) == Micros(7))
        #expect(Micros(-10).scaled(by: 0.75) == Micros(-7))
        #expect(Micros.max.scaled(by: 2) == .max)
        #expect(Micros.max.scaled(by: -2) == Micros(.min))
        #expect(Micros(1).scaled(by: .infinity) == .max)
        #expect(Micros(1).scaled(by: .nan) == .zero)
    }

    @Test("Whole seconds lie at or before and at or after a time, on either side of zero")
    func wholeSeconds() {
        #expect(noon.secondFloor == FleetTime(micros: 1_700_000_000_000_000))
        #expect(noon.secondCeiling == FleetTime(micros: 1_700_000_001_000_000))
        #expect(LocalTime(micros: -1).secondFloor == LocalTime(micros: -1_000_000))
        #expect(LocalTime(micros: -1).secondCeiling == LocalTime(micros: 0))
        #expect(LocalTime.distantPast.secondFloor == .distantPast)
        #expect(WholeSeconds.inside(noon, noon + .seconds(2)) == 1_700_000_001..<1_700_000_002)
        #expect(WholeSeconds.covered(noon, noon + .seconds(1)) == 1_700_000_000..<1_700_000_002)
    }

    @Test("A timeline's moments follow from its start and its parts")
    func timeline() {
        let stage = Stage(name: "s", agents: 1, rampMicros: 2_000_000, warmupMicros: 1_000_000, holdMicros: 5_000_000)
        let timeline = StageTimeline(stage: 0, of: Plan(stages: [stage]), start: FleetTime(micros: 10_000_000))
        #expect(timeline.holdStart == FleetTime(micros: 13_000_000))
        #expect(timeline.end == FleetTime(micros: 18_000_000))
        #expect(timeline.seconds == 10..<18)
        #expect(timeline.holdSeconds == 13..<18)
    }
}
