package shop.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/** The command line of the benchmarks. */
@Command(
        name = "benchmarks",
        description = "Measures the shop's parts on this machine, each beside its limit in the same run.",
        subcommands = {OutboxCommand.class, DoorCommand.class, DrainCommand.class, WholeCommand.class},
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT)
public final class Benchmarks {

    private Benchmarks() {}

    public static void main(String[] arguments) {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            if (!thread.getName().startsWith("smtp:")) { // what those of the mail server die of is their client's end
                failure.printStackTrace();
            }
        });
        System.exit(new CommandLine(new Benchmarks()).execute(arguments));
    }
}
