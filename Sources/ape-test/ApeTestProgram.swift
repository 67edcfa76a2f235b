import ApeCLI
import ApeCoordinatorCLI
import ApeProgram

/// One file is two programs, which share nearly all that they are made of: the name by which it is called says which.
@main
enum ApeTestProgram {
    static func main() async {
        if Program.isCalled(CoordinatorCommand.name) {
            await Program.main(CoordinatorCommand.self)
        } else {
            await Program.main(ApeTestCommand.self)
        }
    }
}
