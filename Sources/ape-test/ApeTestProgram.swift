import ApeCLI
import ApeProgram

@main
enum ApeTestProgram {
    static func main() async {
        await Program.main(ApeTestCommand.self)
    }
}
