import ApeProgram

@main
enum ApeWorkerProgram {
    static func main() async {
        await Program.main(WorkerCommand.self, files: OpenFileLimit.filesOfWorker)
    }
}
