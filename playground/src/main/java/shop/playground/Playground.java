package shop.playground;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command line of the playground. */
@Command(
        name = "playground",
        description = "The whole shop on one machine, and the story that shows what it does.",
        subcommands = {RunCommand.class, StoryCommand.class, RushCommand.class},
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Playground.Version.class)
public final class Playground {

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show the stack trace of an error, too.")
    private boolean verbose;

    private Playground() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        Playground playground = new Playground();
        // What a thread of the mail server dies of when its client is killed is no news.
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            if (playground.verbose) {
                failure.printStackTrace();
            }
        });
        CommandLine commandLine = new CommandLine(playground);
        commandLine.setExecutionExceptionHandler((error, command, parsed) -> {
            command.getErr().println(command.getColorScheme().errorText(playground.sentence(error)));
            if (playground.verbose) {
                error.printStackTrace(command.getErr());
            }
            return command.getCommandSpec().exitCodeOnExecutionException();
        });
        return commandLine;
    }

    private String sentence(Exception error) {
        @Nullable String message = error.getMessage();
        return message == null ? error.toString() : message.stripTrailing();
    }

    /** From the jar's manifest. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Playground.class.getPackage().getImplementationVersion();
            return new String[] {"mq-shop playground " + (version == null ? "(not packaged)" : version)};
        }
    }
}
