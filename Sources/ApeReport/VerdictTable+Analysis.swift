import ApeAnalysis
import ApeMetrics
import ApeRun

extension VerdictTable {
    /// Of a comprehensive report the readiness and the first recommendations.
    var analysisLines: [String] {
        guard report.isComprehensive else { return [] }
        let optimization = OptimizationReport(report)
        let readiness = Readiness(optimization.analysis)
        return WrappedText.lines("Readiness: \(readiness.rawValue). \(readiness.reason)", width: width)
            + OptimizationText(optimization, width: width, isColoured: isColoured).brief
    }
}
